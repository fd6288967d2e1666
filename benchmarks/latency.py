"""Latency: from a device's publish to the event on the console's stream, at a steady load.

`python -m benchmarks.latency` runs Mosquitto as in production, the embedded database and one
process of each kind. Among ordinary readings, smoke detectors turn to fire and back: each turn is
an event at once, whose event time is the moment of its publishing.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

from benchmarks.machine import describe
from hub.clock import system_clock
from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import MILLISECOND, Instant, from_datetime
from simulators.devices import Signals
from simulators.estate import load_estate
from simulators.native import Packet, reading_packet
from store.database.connection import connect
from store.embedded.server import EmbeddedPostgres
from tests.rig import brokers
from tests.rig.databases import temporary_home
from tests.rig.hubs import following
from tests.rig.stack import Publisher, Stack, running

PROBES_PER_S = 20
TURNS = ("alarm.raised", "alarm.raised_again", "alarm.cleared")
WARM_UP_S = 5.0
QUIET_S = 3.0

# By event: when its input was appended, and the engine's time as it took that in.
_STAGES = """
SELECT e.estate_id, e.seq, e.at, i.at, e.recorded_at
  FROM event e JOIN inbox i ON (i.estate_id, i.lane, i.seq) = (e.estate_id, e.lane, e.inbox_seq)
 WHERE e.kind = ANY(%s)
"""


@dataclass(frozen=True)
class Sample:
    """One turn's way in milliseconds: until it was appended, decided on, and on the stream."""

    to_inbox: float
    to_engine: float
    to_stream: float

    @property
    def total(self) -> float:
        return self.to_inbox + self.to_engine + self.to_stream


def packets(estate: Estate, rate: int) -> Iterator[tuple[Signals, str]]:
    """Signals and device of each message: the probes spread evenly among pressures."""
    smoke = [d.id for d in estate.devices.values() if (d.type, d.location) == ("smoke", "corridor")]
    ordinary = cycle(d.id for d in estate.devices.values() if d.type in ("pressure", "flow"))
    turns = cycle((state, device) for state in ("fire", "normal") for device in smoke)
    for number in count():
        if number % (rate // PROBES_PER_S) == 0:
            state, device = next(turns)
            yield {"panel_state": state}, device
        else:
            device = next(ordinary)
            name = "pressure_mpa" if estate.devices[device].type == "pressure" else "flow_m3h"
            yield {name: 0.28}, device


def publish(broker: brokers.Broker, rate: int, for_s: float) -> None:
    """`rate` messages a second for `for_s` seconds, each with the time of its sending."""
    estate = load_estate()
    with Publisher(broker) as publisher:
        begun = time.monotonic()
        for number, (signals, device) in enumerate(packets(estate, rate)):
            due = begun + number / rate
            if due > begun + for_s:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            packet = _packet(estate, device, signals)
            publisher.publish(packet.topic, packet.payload)
        publisher.drain()


def _packet(estate: Estate, device: str, signals: Signals) -> Packet:
    return reading_packet(estate, device_types(), device, signals, system_clock())


class Stream:
    """Follows the live feed and notes when each event arrived."""

    def __init__(self, stack: Stack) -> None:
        self.arrivals: dict[tuple[str, int], Instant] = {}
        self._ready = threading.Event()
        threading.Thread(target=self._follow, args=(stack,), daemon=True).start()
        assert self._ready.wait(10), "the live feed does not open"

    def _follow(self, stack: Stack) -> None:
        with (
            suppress(EOFError),
            stack.client() as client,
            following(client.http, "/live") as messages,
        ):
            self._ready.set()
            while True:
                kind, data = messages.next()
                if kind == "message":
                    self.arrivals[data["estate"], data["seq"]] = system_clock()


def samples(dsn: str, arrivals: dict[tuple[str, int], Instant], since: Instant) -> list[Sample]:
    """Every turn that was published after `since`. Raises KeyError: an event never arrived."""
    with connect(dsn, name="benchmark") as db:
        rows = db.execute(_STAGES, (list(TURNS),)).fetchall()
    found = []
    for estate, seq, *moments in rows:
        published, appended, decided = (from_datetime(moment) for moment in moments)
        if published >= since:
            found.append(
                Sample(
                    (appended - published) / MILLISECOND,
                    (decided - appended) / MILLISECOND,
                    (arrivals[estate, seq] - decided) / MILLISECOND,
                )
            )
    return found


def measure(folder: Path, rate: int, for_s: float) -> list[Sample]:
    """One run. SystemExit: Mosquitto is absent."""
    program = brokers.mosquitto_program()
    if program is None:
        sys.exit("mosquitto is missing: apt-get install mosquitto")
    with temporary_home() as home:
        postgres = EmbeddedPostgres(home, log=folder / "postgres.log")
        postgres.start()
        try:
            with (
                brokers.started(brokers.mosquitto(folder, program)) as broker,
                running(folder, dsn=postgres.dsn(), broker=broker) as stack,
            ):
                stack.settle("riverside")
                stream = Stream(stack)
                since = system_clock() + round(WARM_UP_S * 1e6)
                _publish_elsewhere(broker, rate, for_s + WARM_UP_S)
                time.sleep(QUIET_S)
                return samples(stack.dsn, stream.arrivals, since)
        finally:
            postgres.stop()


def _publish_elsewhere(broker: brokers.Broker, rate: int, for_s: float) -> None:
    """Publish in a process of its own, so that it does not take turns with the measuring."""
    numbers = (broker.port, broker.device_username, broker.device_password, rate, for_s)
    command = [sys.executable, "-m", "benchmarks.latency", "publish", *map(str, numbers)]
    subprocess.run(command, check=True)


def main() -> None:
    """Print a table of the stages."""
    if sys.argv[1:2] == ["publish"]:
        port, username, password, rate, for_s = sys.argv[2:]
        broker = brokers.Broker(
            [], int(port), Path(), device_username=username, device_password=password
        )
        publish(broker, int(rate), float(for_s))
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="messages a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gatehouse-latency-") as folder:
        found = measure(Path(folder), options.rate, options.seconds)
    print(describe())
    print(f"{options.rate} msg/s for {options.seconds:g} s, {len(found)} events\n")
    print("| stage | p50 ms | p95 ms | p99 ms | most ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for stage, values in {
        "publish → appended to the inbox": [s.to_inbox for s in found],
        "appended → engine has it": [s.to_engine for s in found],
        "engine has it → on the stream": [s.to_stream for s in found],
        "publish → on the stream": [s.total for s in found],
    }.items():
        centiles = statistics.quantiles(values, n=100, method="inclusive")
        print(
            f"| {stage} | {centiles[49]:.1f} | {centiles[94]:.1f} | {centiles[98]:.1f} "
            f"| {max(values):.1f} |"
        )


if __name__ == "__main__":
    main()
