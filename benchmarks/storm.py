"""A storm: 2,000 leak sensors turn wet within 10 s, on an estate of 10,000 devices.

`python -m benchmarks.storm` appends what the gateway would to the inbox of an embedded database,
in 100 batches, and lets one engine drain it. Told is how long it takes until the last alarm is an
event, and what the operator and the residents get of it. The baseline of the same run is as many
readings that raise nothing.
"""

import argparse
import time
from collections import Counter
from typing import Any

import yaml

from benchmarks.machine import describe
from benchmarks.towers import estate_file
from hub.engine.estate_engine import EstateEngine
from hub.versions.estate import import_estate
from rules.catalogue import device_types, rulebook
from rules.estate.file import expand, parse
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.databases import temporary_home

START: Instant = 1_782_864_000 * SECOND
ALARMS, WITHIN_S, BATCHES = 2_000, 10, 100
TOWERS = 45
ESTATE = "storm"

_KINDS = "SELECT kind, count(*) FROM event WHERE estate_id = %s GROUP BY kind"


def append(db: Connection, sensors: list[str], value: float, begin: Instant) -> Instant:
    """`sensors` report `value` one after the other within `WITHIN_S`; gives the last time."""
    every = WITHIN_S * SECOND // len(sensors)
    rows: list[Row] = [(s, "wet", begin + n * every, value) for n, s in enumerate(sensors)]
    size = len(rows) // BATCHES
    for first in range(0, len(rows), size):
        part = rows[first : first + size]
        batch = ReadingBatch(part[-1][2], part)
        inbox.append(
            db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=batch, at=part[-1][2]
        )
    return rows[-1][2]


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> Instant:
        return self.now


def drained(engine: EstateEngine) -> float:
    """How many seconds the engine needs until nothing is left to do."""
    begun = time.perf_counter()
    while engine.advance():
        pass
    return time.perf_counter() - begun


def storm(dsn: str, file: dict[str, Any]) -> None:
    """Print what becomes of it."""
    with connect(dsn, name="storm", autocommit=True) as db:
        assert batches.own(db, ESTATE)
        clock = SetClock()
        engine = EstateEngine(db, ESTATE, rulebook(), clock, clock)
        drained(engine)
        estate = expand(parse(file), device_types())
        sensors = [d.id for d in estate.devices.values() if d.type == "leak"][:ALARMS]
        clock.now = append(db, sensors, 0.0, START)
        calm_s = drained(engine)
        clock.now = append(db, sensors, 1.0, START + 60 * SECOND)
        storm_s = drained(engine)
        clock.now += (
            30 * SECOND
        )  # the on-delays of the last ones, and the wait before residents hear
        storm_s += drained(engine)
        kinds = Counter(dict(db.execute(_KINDS, (ESTATE,)).fetchall()))
    print("| what | figure |\n| --- | ---: |")
    print(f"| readings that raise nothing, until drained | {calm_s:.2f} s |")
    print(f"| storm, until the last alarm is an event | {storm_s:.2f} s |")
    print(f"| ratio to the calm | {storm_s / calm_s:.1f} |")
    for kind in ("alarm.raised", "incident.opened", "ticket.opened", "flood.began",
                 "notice.requested"):  # fmt: skip
        print(f"| {kind} | {kinds[kind]:,} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.parse_args()
    print(describe(), "\n", flush=True)
    body = estate_file(ESTATE, TOWERS)
    with temporary_home() as home:
        server = EmbeddedPostgres(home, log=home / "postgres.log")
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            path = home / "storm.yaml"
            path.write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
            import_estate(dsn, path, by="benchmark", now=START)
            storm(dsn, body)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
