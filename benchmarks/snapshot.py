"""Snapshots: what an engine's batches take while one is written, and while none is.

`python -m benchmarks.snapshot` drives one engine on an embedded database with an estate of 10,173
devices, a batch of 100 readings twenty times a second. In each round batches are timed with no
snapshot, then one is taken, and those are timed that begin until it is written.
"""

import argparse
import statistics
import time

import yaml

from benchmarks.machine import describe
from benchmarks.scale import START, rows
from benchmarks.storm import SetClock
from benchmarks.towers import estate_file
from hub.engine.estate_engine import EstateEngine
from hub.engine.snapshots import Snapshots
from hub.versions.estate import import_estate
from rules.catalogue import device_types, rulebook
from rules.estate.file import expand, parse
from rules.state.state import State
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.databases import temporary_home

ESTATE = "scale"
TOWERS = 45
READINGS, EVERY_S = 100, 0.05
QUIET_BATCHES = 100

_WRITTEN = "SELECT coalesce(max(batch_no), 0) FROM snapshot"


class Course:
    """An engine and what its estate's devices report."""

    def __init__(
        self, db: Connection, engine: EstateEngine, clock: SetClock, said: list[Row]
    ) -> None:
        self.db = db
        self.engine = engine
        self._clock = clock
        firsts = range(0, len(said), READINGS)
        self._parts = iter([said[first : first + READINGS] for first in firsts])

    def batch_ms(self) -> float:
        """The next batch, after a pause; how long it took."""
        time.sleep(EVERY_S)
        part = next(self._parts)
        now = self._clock.now = part[-1][2]
        with self.db.transaction():
            body = ReadingBatch(now, part)
            inbox.append(
                self.db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=body, at=now
            )
        begun = time.perf_counter()
        assert self.engine.advance()
        return (time.perf_counter() - begun) * 1e3

    def is_written(self, no: int) -> bool:
        row = self.db.execute(_WRITTEN).fetchone()
        return row is not None and row[0] >= no


def measure(dsn: str, db: Connection, rounds: int) -> None:
    """Print the table."""
    assert batches.own(db, ESTATE)
    clock = SetClock()
    engine = EstateEngine(db, ESTATE, rulebook(), clock, clock)
    while engine.advance():
        pass
    state = State.empty(ESTATE, rulebook())
    state.estate = expand(parse(estate_file(ESTATE, TOWERS)), device_types())
    warm_up = len(state.estate.devices) // READINGS + 1
    said = rows(state, (warm_up + 5 * rounds * QUIET_BATCHES) * READINGS)
    course = Course(db, engine, clock, said)
    del state, said
    for _ in range(warm_up):
        course.batch_ms()
    quiet, beside, taking = [], [], []
    with Snapshots(dsn) as snapshots:
        for _ in range(rounds):
            quiet += [course.batch_ms() for _ in range(QUIET_BATCHES)]
            begun = time.perf_counter()
            snapshots.take([engine])
            taking.append((time.perf_counter() - begun) * 1e3)
            no = engine.batch_no
            while not course.is_written(no):
                beside.append(course.batch_ms())
            snapshots.wait()
    print("| what | p50 ms | p99 ms | most ms | times |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, took in {
        "a batch with no snapshot": quiet,
        "a batch beside a snapshot": beside,
        "taking a snapshot, between two batches": taking,
    }.items():
        centiles = statistics.quantiles(took, n=100, method="inclusive")
        figures = f"{centiles[49]:.1f} | {centiles[98]:.1f} | {max(took):.1f} | {len(took)}"
        print(f"| {what} | {figures} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.snapshot", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(describe(), "\n", flush=True)
    with temporary_home() as home:
        server = EmbeddedPostgres(home, log=home / "postgres.log")
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            path = home / "scale.yaml"
            path.write_text(yaml.safe_dump(estate_file(ESTATE, TOWERS), allow_unicode=True))
            import_estate(dsn, path, by="benchmark", now=START)
            with connect(dsn, name="benchmark", autocommit=True) as db:
                measure(dsn, db, options.rounds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
