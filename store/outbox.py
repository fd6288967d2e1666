"""The outbox: what must leave the house, one row per notice and channel.

The engine writes rows; a dispatcher claims, sends, and records the outcome. A claim is a lease:
it moves `next_at` behind the time that sending may take, so that a dispatcher's death makes the
row due again, and counts the attempt before it is made.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rules.instant import Instant, from_datetime, to_datetime
from rules.notices import Channel, Urgency
from store.connection import Connection

_CLAIM = """
UPDATE outbox SET attempts = attempts + 1, next_at = %(leased_until)s
 WHERE key IN (
    SELECT key FROM outbox
     WHERE channel = %(channel)s AND next_at <= %(now)s
       AND sent_at IS NULL AND failed_at IS NULL
     ORDER BY urgency, wave, next_at, key
     LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING key, estate_id, notice_id, household_id, urgency, wave, attempts
"""

_DONE = """
UPDATE outbox SET sent_at = %(now)s, evidence = %(evidence)s
 WHERE key = %(key)s AND sent_at IS NULL AND failed_at IS NULL
"""

_RETRY = """
UPDATE outbox SET next_at = %(next_at)s, evidence = %(evidence)s
 WHERE key = %(key)s AND sent_at IS NULL AND failed_at IS NULL
"""

_GIVE_UP = """
UPDATE outbox SET failed_at = %(now)s, evidence = %(evidence)s
 WHERE key = %(key)s AND sent_at IS NULL AND failed_at IS NULL
"""

_NEXT_DUE = """
SELECT min(next_at) FROM outbox
 WHERE channel = %(channel)s AND sent_at IS NULL AND failed_at IS NULL
"""

_BACKLOG = """
SELECT channel, count(*), min(created_at) FROM outbox
 WHERE sent_at IS NULL AND failed_at IS NULL GROUP BY channel
"""


@dataclass(frozen=True, slots=True)
class Errand:
    """One claimed row. `key` is the idempotency key; `attempts` counts this attempt too."""

    key: str
    estate_id: str
    notice_id: str
    household_id: str
    urgency: Urgency
    wave: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a channel still has to send, and since when the oldest of it waits."""

    channel: str
    rows: int
    oldest_at: Instant


def claim(
    db: Connection, channel: Channel, *, now: Instant, lease_us: int, limit: int
) -> list[Errand]:
    """Take up to `limit` due rows, most urgent first, for `lease_us` microseconds.

    Rows that another dispatcher is just taking are passed over.
    """
    moment = to_datetime(now)
    params = {
        "channel": channel,
        "now": moment,
        "leased_until": moment + timedelta(microseconds=lease_us),
        "limit": limit,
    }
    errands = [Errand(*row) for row in db.execute(_CLAIM, params)]
    return sorted(errands, key=lambda errand: (errand.urgency, errand.wave, errand.key))


def done(db: Connection, evidence: dict[str, str], *, now: Instant) -> set[str]:
    """Mark rows as sent, each key with the channel's evidence; gives the keys that were open."""
    return _each(db, _DONE, evidence, {"now": to_datetime(now)})


def give_up(db: Connection, evidence: dict[str, str], *, now: Instant) -> set[str]:
    """Mark rows as failed for good; gives the keys that were open."""
    return _each(db, _GIVE_UP, evidence, {"now": to_datetime(now)})


def retry(db: Connection, key: str, *, evidence: str, next_at: Instant) -> None:
    """Make a row due again at `next_at`."""
    db.execute(_RETRY, {"key": key, "evidence": evidence, "next_at": to_datetime(next_at)})


def next_due(db: Connection, channel: Channel) -> Instant | None:
    """When the channel's earliest open row is due; None where nothing is open."""
    row = db.execute(_NEXT_DUE, {"channel": channel}).fetchone()
    return from_datetime(row[0]) if row and row[0] else None


def backlog(db: Connection) -> list[Backlog]:
    """Channels with something left to send."""
    return [Backlog(c, rows, from_datetime(at)) for c, rows, at in db.execute(_BACKLOG)]


def _each(db: Connection, query: Any, evidence: dict[str, str], params: dict[str, Any]) -> set[str]:
    return {
        key
        for key, text in evidence.items()
        if db.execute(query, {**params, "key": key, "evidence": text}).rowcount
    }
