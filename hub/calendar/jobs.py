"""What the calendar does by itself: the daily roll-up, and deleting what is kept long enough.

Every job may run twice for the same hour without harm.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rules.vocabulary.instant import DAY, HOUR, MINUTE, Instant
from store.database.connection import Connection
from store.database.migrate import has_timescale
from store.readings import history
from store.upkeep import calendar_runs, retention

_YEAR = 365 * DAY

KEPT: dict[str, int] = {
    "readings": 400 * DAY,
    "inbox": 90 * DAY,
    "records": 3 * _YEAR,  # DOMAIN section 6: alarm and incident records 3 years
    "outbox": 90 * DAY,
    "credentials": DAY,
    "commands": 7 * DAY,
    "dead_letters": 90 * DAY,
    "households": 30 * DAY,  # personal data, after the household has left
    "attachments": DAY,  # that no ticket names, or none that is still kept
    "runs": _YEAR,
}
"""How long each kind of row is kept, in microseconds, by the kinds of `store.upkeep.retention`."""

_LATE = 3 * DAY
"""Readings that come later than this into the past do not change the roll-up any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """Due at every multiple of `every` after the epoch, plus `offset` (microseconds)."""

    name: str
    every: int
    offset: int
    run: Callable[[Connection, Instant], str]

    def last_due(self, now: Instant) -> Instant:
        """The latest due time that is not after `now`."""
        return (now - self.offset) // self.every * self.every + self.offset


def roll_up(db: Connection, now: Instant) -> str:
    """Bring the daily roll-up up to date: the last days, and all since it last ran.

    TimescaleDB does this itself.
    """
    if has_timescale(db):
        return "left to TimescaleDB"
    last = calendar_runs.last_due(db, "roll-up")
    since = (now if last is None else min(last, now)) - _LATE
    with db.transaction():
        return f"{history.roll_up(db, since_at=since, now=now)} rows"


def retire(db: Connection, now: Instant) -> str:
    """Delete what was kept long enough, in short transactions.

    TimescaleDB drops readings itself.
    """
    removed: dict[str, int] = {}
    for kind, queries in retention.QUERIES.items():
        if kind == "readings" and has_timescale(db):
            continue
        for query in queries:
            while count := _remove_some(db, query, now - KEPT[kind]):
                removed[kind] = removed.get(kind, 0) + count
    return ", ".join(f"{count} {kind}" for kind, count in removed.items()) or "nothing old"


def _remove_some(db: Connection, query: retention.Query, before: Instant) -> int:
    with db.transaction():
        return retention.remove_some(db, query, before_at=before)


JOBS = (
    Job("roll-up", HOUR, 5 * MINUTE, roll_up),
    Job("retention", DAY, 19 * HOUR, retire),  # 03:00 in China
)
