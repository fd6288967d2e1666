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
UPDATE outbox SET sent_at = %(now)s, evidence = answer.evidence
  FROM unnest(%(keys)s::text[], %(evidence)s::text[]) AS answer (key, evidence)
 WHERE outbox.key = answer.key AND sent_at IS NULL AND failed_at IS NULL
"""

_RETRY = """
UPDATE outbox SET next_at = %(next_at)s, evidence = %(evidence)s
 WHERE key = %(key)s AND sent_at IS NULL AND failed_at IS NULL
"""

_GIVE_UP = """
UPDATE outbox SET failed_at = %(now)s, evidence = answer.evidence
  FROM unnest(%(keys)s::text[], %(evidence)s::text[]) AS answer (key, evidence)
 WHERE outbox.key = answer.key AND sent_at IS NULL AND failed_at IS NULL
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


def done(db: Connection, evidence: dict[str, str], *, now: Instant) -> None:
    """Mark rows as sent, each key with the channel's evidence."""
    db.execute(_DONE, _answers(evidence, now))


def give_up(db: Connection, evidence: dict[str, str], *, now: Instant) -> None:
    """Mark rows as failed for good, each key with the channel's last evidence."""
    db.execute(_GIVE_UP, _answers(evidence, now))


def retry(db: Connection, key: str, *, evidence: str, next_at: Instant) -> None:
    """Make a row due again at `next_at`."""
    db.execute(_RETRY, {"key": key, "evidence": evidence, "next_at": to_datetime(next_at)})


def backlog(db: Connection) -> list[Backlog]:
    """Channels with something left to send."""
    return [Backlog(c, rows, from_datetime(at)) for c, rows, at in db.execute(_BACKLOG)]


def _answers(evidence: dict[str, str], now: Instant) -> dict[str, Any]:
    texts = list(evidence.values())
    return {"now": to_datetime(now), "keys": list(evidence), "evidence": texts}
