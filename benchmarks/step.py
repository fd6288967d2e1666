"""The step alone: ordinary readings of the sample estate through the rules, on one core.

`python -m benchmarks.step` makes the batches beforehand; only `rules.step` is timed, with a tick
after each batch as in the engine. Best of several rounds, each from a new state. Then what a
snapshot of the state costs.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice

import yaml

from benchmarks.machine import describe
from rules import snapshot
from rules.catalogue import device_types, rulebook
from rules.state.inputs import EstateChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MILLISECOND, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from simulators.devices import models
from simulators.estate import SAMPLE, load_estate

START: Instant = 1_782_864_000 * SECOND
EVERY = 2 * MILLISECOND
"""Event time between two messages: 500 a second."""


def rows(readings: int) -> Iterator[Row]:
    """What the estate's devices report in turn when nothing is wrong."""
    estate, types = load_estate(), device_types()
    signals_of = {device.id: types.by_id[device.type].signals for device in estate.devices.values()}

    def every() -> Iterator[Row]:
        for number, (device, model) in enumerate(cycle(models(estate, 1).items())):
            at = START + number * EVERY
            for name, value in model.read(at).signals.items():
                yield device, name, at, signals_of[device][name].read(value)

    return islice(every(), readings)


def batches(readings: int, size: int) -> list[ReadingBatch]:
    """`readings` in batches of `size`, each taken in at its last event time."""
    found, rest = [], rows(readings)
    while part := list(islice(rest, size)):
        found.append(ReadingBatch(part[-1][2], part))
    return found


def new_state() -> State:
    """The sample estate, in which nothing has been heard yet."""
    state = State.empty("riverside", rulebook())
    step(state, EstateChanged(1, yaml.safe_load(SAMPLE.read_text("utf-8"))), START)
    return state


def rate(work: list[ReadingBatch]) -> tuple[float, int]:
    """Readings per second, and how many events came of them."""
    state, events = new_state(), 0
    begun = time.perf_counter()
    for batch in work:
        events += len(step(state, batch, batch.received_at))
        events += len(step(state, Tick(), batch.received_at))
    took = time.perf_counter() - begun
    return sum(len(batch.rows) for batch in work) / took, events


def restart(work: list[ReadingBatch], rounds: int) -> tuple[float, float, float]:
    """After `work`: bytes of the snapshot for each device, best ms to save it, and to load it."""
    state = new_state()
    for batch in work:
        step(state, batch, batch.received_at)
        step(state, Tick(), batch.received_at)
    data = snapshot.save(state)
    save_ms = min(timed_ms(lambda: snapshot.save(state)) for _ in range(rounds))
    load_ms = min(timed_ms(lambda: snapshot.load(data, rulebook())) for _ in range(rounds))
    return len(data) / len(state.estate.devices), save_ms, load_ms


def timed_ms(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Print a table by batch size, and one of the snapshot."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__)
    parser.add_argument("--readings", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(describe())
    print("| readings a batch | readings/s | events |")
    print("| ---: | ---: | ---: |")
    work: list[ReadingBatch] = []
    for size in (10, 100, 1000):
        work = batches(options.readings, size)
        best, events = max(rate(work) for _ in range(options.rounds))
        print(f"| {size} | {best:,.0f} | {events} |", flush=True)
    size_bytes, save_ms, load_ms = restart(work, options.rounds)
    print("| snapshot, bytes a device | save, ms | load, ms |")
    print("| ---: | ---: | ---: |")
    print(f"| {size_bytes:,.0f} | {save_ms:.1f} | {load_ms:.1f} |")


if __name__ == "__main__":
    main()
