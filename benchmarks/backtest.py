"""Backtests of a recorded month of a 2,000-device estate, each of changed rules of one kind.

`python -m benchmarks.backtest --home DIR` records the month first where DIR has none: about
139 million readings, 22 GB, a quarter of an hour. What it tries: `benchmarks.backtest_data`.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks import backtest_data
from benchmarks.machine import describe
from hub.backtest import prepared, run
from hub.clock import system_clock
from hub.versions.estate import import_estate
from rules.catalogue import rulebook
from rules.rulebook.rule import Rule
from rules.vocabulary.instant import DAY, Instant, from_rfc3339
from store.database.connection import connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres

CASES = {
    "wet sensors": ["leak"],
    "garage and pits": ["garage-water", "pit-high"],
    "one limit of the riser pressure": ["pressure-low"],
    "every rule on pressure": [
        "pressure-low", "pressure-very-low", "pressure-high", "pressure-very-high",
        "pressure-loss",
    ],
    "burst: pressure, flow, leaks, pumps": ["pipe-burst"],
    "fire detectors": ["smoke-fire"],
    "the whole catalogue": [],
}  # fmt: skip
"""Rules that are changed, by case; none: all of them."""


def changed(rule: Rule) -> Rule:
    """The rule with ten seconds more of delay."""
    return rule.model_copy(update={"on_delay_s": rule.on_delay_s + 10})


@contextmanager
def month(home: Path, days: int) -> Iterator[EmbeddedPostgres]:
    """A server with the recorded estate, recorded now where it is not yet."""
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    server = EmbeddedPostgres(home, log=home / "postgres.log")
    server.start()
    try:
        migrate(server.dsn())
        with connect(server.dsn(), name="benchmark") as db:
            estates = db.execute("SELECT count(*) FROM estate").fetchone()
            readings = db.execute("SELECT 1 FROM reading LIMIT 1").fetchone()
            if readings is None:
                for day, count in enumerate(backtest_data.fill(db, days=days), 1):
                    print(f"day {day}: {count:,} readings", flush=True)
        if estates == (0,):
            file = home / "estate.yaml"
            file.write_text(backtest_data.estate_file(), "utf-8")
            import_estate(server.dsn(), file, by="benchmark", now=system_clock())
        yield server
    finally:
        server.stop()


def trial(server: EmbeddedPostgres, rules: list[str], days: int, processes: int) -> str:
    """One case as a line of the table."""
    dsn = server.dsn()
    known = rulebook().rules
    begins: Instant = from_rfc3339(f"{backtest_data.BEGINS}T00:00:00Z")
    job = prepared(
        dsn,
        estate=backtest_data.ESTATE,
        rulebook=rulebook(),
        rules=[changed(known[id_]) for id_ in rules or known if id_ in known],
        from_at=begins,
        to_at=begins + days * DAY,
    )
    begun, busy = time.monotonic(), busy_s(server)
    report = run(job, processes=processes)
    took_s = time.monotonic() - begun
    alarms = sum(rule.count.current for rule in report.rules.values())
    cpu_s = busy_s(server) - busy
    return (
        f"{len(report.rules)} | {report.points:,} | {report.readings:,} | {alarms:,} | "
        f"{len(report.differences):,} | {took_s:.1f} | {cpu_s:.1f}"
    )


def busy_s(server: EmbeddedPostgres) -> float:
    """Seconds of processor that ended workers, ended database connections and we have used."""
    assert server.pid is not None
    ended = psutil.Process(server.pid).cpu_times()
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ours = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return float(ended.children_user + ended.children_system + ours)


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backtest", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="kept between runs")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--case", choices=CASES, action="append", help="default: all")
    options = parser.parse_args()
    with month(options.home, options.days) as server:
        print(describe())
        print("| tried | rules | points | readings | alarms | differ | s | CPU s |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name in options.case or CASES:
            line = trial(server, CASES[name], options.days, options.processes)
            print(f"| {name} | {line} |", flush=True)


if __name__ == "__main__":
    main()
