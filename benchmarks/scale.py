"""How the step grows with the estate: readings per second and state per device.

`python -m benchmarks.scale` runs the full catalogue on estates of about 450, 10,000 and 100,000
devices, each reporting in turn, nothing wrong; every size in a process of its own, one after the
other, the smallest once more at the end: its two figures show how steady the machine was. The
cycle collector is treated as the engine treats it. Times are of the processor.
"""

import argparse
import subprocess
import sys
import time
from itertools import cycle, islice

import psutil

from benchmarks.machine import describe
from benchmarks.towers import estate_file
from hub.engine.collector import Collector, paused
from rules import snapshot
from rules.catalogue import device_types, rulebook
from rules.rulebook.rulebook import as_data
from rules.state.inputs import EstateChanged, RulebookChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from simulators.devices import models

START: Instant = 1_782_864_000 * SECOND
TOWERS = (2, 45, 450, 2)
BATCH = 1000
EDITED = ("pressure-low", "leak", "battery-low")
"""Rules on few devices, on most of them, and on all."""
ROUND_S = 10
"""Event time in which every device reports once."""


def rows(state: State, readings: int) -> list[Row]:
    """What the devices report in turn, each once in `ROUND_S` seconds of event time."""
    types, devices = device_types().by_id, state.estate.devices.values()
    signals_of = {device.id: types[device.type].signals for device in devices}
    every = len(signals_of)
    found: list[Row] = []
    for number, (device, model) in enumerate(cycle(models(state.estate, 1).items())):
        at = START + number * ROUND_S * SECOND // every
        for name, value in model.read(at).signals.items():
            found.append((device, name, at, signals_of[device][name].read(value)))
        if len(found) >= readings:
            return found
    return found


def measure(towers: int, readings: int) -> str:
    """One line of the table."""
    process, collector, clock = psutil.Process(), Collector(), time.process_time
    state = State.empty("scale", rulebook())
    empty = process.memory_info().rss
    file, begun = estate_file("scale", towers), clock()
    with paused():
        step(state, EstateChanged(1, file), START)
    bind_s = clock() - begun
    devices = len(state.estate.devices)
    every = iter(rows(state, max(readings, 16 * devices)))
    work = []
    while part := list(islice(every, BATCH)):
        work.append(ReadingBatch(part[-1][2], part))
    warm, timed = work[: len(work) // 2], work[len(work) // 2 :]
    for number, batch in enumerate(warm):
        if number % 100 == 0:
            collector.keep({"scale": len(state.watches.points)})
        _judge(state, batch)
    collector.keep({"scale": len(state.watches.points), "warm": 0})
    begun = clock()
    for batch in timed:
        _judge(state, batch)
    rate = sum(len(batch.rows) for batch in timed) / (clock() - begun)
    memory = (process.memory_info().rss - empty) / devices
    edits = " | ".join(f"{edit_ms(state, rule, work[-1].received_at):,.0f}" for rule in EDITED)
    data = snapshot.save(state)
    begun = clock()
    with paused():
        snapshot.load(data, rulebook())
    load_s = clock() - begun
    figures = f"{bind_s:.2f} | {load_s:.2f} | {edits} | {rate:,.0f}"
    return f"| {devices:,} | {figures} | {len(data) / devices:,.0f} | {memory:,.0f} |"


def edit_ms(state: State, rule: str, now: Instant) -> float:
    """What a longer delay of one rule takes until it is in force."""
    body = as_data(state.rulebook)
    changed = {"on_delay_s": 77.0, "version": state.rulebook.rules[rule].version + 1}
    body["rules"] = {**body["rules"], rule: {**body["rules"][rule], **changed}}
    begun = time.process_time()
    step(state, RulebookChanged(state.rulebook_version + 1, body), now)
    return (time.process_time() - begun) * 1000


def _judge(state: State, batch: ReadingBatch) -> None:
    step(state, batch, batch.received_at)
    step(state, Tick(), batch.received_at)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--readings", type=int, default=400_000)
    parser.add_argument("--towers", type=int, help="measure this one size only")
    options = parser.parse_args()
    if options.towers:
        print(measure(options.towers, options.readings))
        return
    print(describe())
    edits = " | ".join(f"edit {rule}, ms" for rule in EDITED)
    print(
        f"| devices | bind, s | load, s | {edits} | readings/s | snapshot, bytes a device "
        "| memory, bytes a device |"
    )
    print("|" + " ---: |" * 9, flush=True)
    for towers in TOWERS:
        command = [sys.executable, "-m", "benchmarks.scale", "--towers", str(towers)]
        subprocess.run([*command, "--readings", str(options.readings)], check=True)


if __name__ == "__main__":
    main()
