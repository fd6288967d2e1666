"""The outbox: what must leave the house, one row per notice, channel and contact.

Callouts of staff are in it too: see `store.oncall.outbox`.

The engine writes one row for the router, which adds a row for each channel that the household
has, and for each of its contacts where the channel goes to a person; a dispatcher claims, sends,
and records the outcome. A claim is a lease: it moves `next_at` behind the time that sending may
take, so that a dispatcher's death makes the row due again, and counts the attempt before it is
made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from rules.records.notices import Channel, Urgency
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection

_CLAIM = """
UPDATE outbox SET attempts = attempts + 1, next_at = %(leased_until)s
 WHERE key IN (
    SELECT key FROM outbox
     WHERE channel = %(channel)s AND urgency = ANY(%(urgencies)s) AND next_at <= %(now)s
       AND sent_at IS NULL AND failed_at IS NULL
     ORDER BY urgency, wave, next_at, key
     LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING urgency, wave, key, estate_id, attempts, unless_reached, notice_id, household_id, contact,
          user_id, callouts
"""

# A row that waits for a later time may be called for sooner, never the other way round.
_ADD = """
INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave, created_at,
                    next_at, unless_reached, contact)
SELECT concat_ws('/', n.notice_id, n.channel, n.contact), n.estate_id, n.notice_id,
       n.household_id, n.channel, n.urgency, n.wave, %(now)s, n.next_at, n.unless_reached, n.contact
  FROM unnest(%(estate)s::text[], %(notice)s::text[], %(household)s::text[], %(channel)s::text[],
              %(urgency)s::text[], %(wave)s::int[], %(next_at)s::timestamptz[],
              %(unless)s::boolean[], %(contact)s::int[])
    AS n (estate_id, notice_id, household_id, channel, urgency, wave, next_at, unless_reached,
          contact)
ON CONFLICT (key) DO UPDATE SET next_at = least(outbox.next_at, EXCLUDED.next_at)
 WHERE outbox.attempts = 0 AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL
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
SELECT estate_id, channel, count(*), min(next_at) FROM outbox
 WHERE sent_at IS NULL AND failed_at IS NULL AND (attempts > 0 OR next_at <= %(now)s)
 GROUP BY estate_id, channel
"""

ROUTE = "route"
"""The router's own channel name in the outbox."""


class Row(NamedTuple):
    """One claimed row as it is stored; it sorts by urgency, wave and key."""

    urgency: Any
    wave: int
    key: str
    estate_id: str
    attempts: int
    unless_reached: bool
    notice_id: Any
    household_id: Any
    contact: int | None
    user_id: Any
    callouts: Any


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """One claimed row. `key` is the idempotency key; `attempts` counts this attempt too.

    `contact` is the number of the household's contact that it goes to; None: to the household.
    """

    key: str
    estate_id: str
    notice_id: str
    household_id: str
    urgency: Urgency
    wave: int
    attempts: int
    unless_reached: bool = False
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class NewNoticeDelivery:
    """A row to add: `channel` for the delivery that the router was given, from `next_at` on.

    `contact`: to this one of the household's contacts.
    """

    of: NoticeDelivery
    channel: Channel
    next_at: Instant
    unless_reached: bool
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a channel has to send of an estate now, and since when the oldest of it is due."""

    estate: str
    channel: str
    rows: int
    oldest_at: Instant


def claim(
    db: Connection,
    channel: str,
    *,
    now: Instant,
    lease_us: int,
    limit: int,
    urgencies: Sequence[str] = ("N1", "N2", "N3", "N4"),
) -> list[NoticeDelivery]:
    """Take up to `limit` due rows, most urgent first, for `lease_us` microseconds.

    Rows that another dispatcher is just taking are passed over.
    """
    rows = claim_rows(db, channel, urgencies, now=now, lease_us=lease_us, limit=limit)
    return [
        NoticeDelivery(
            r.key, r.estate_id, r.notice_id, r.household_id, r.urgency, r.wave, r.attempts,
            r.unless_reached, r.contact,
        )
        for r in rows
    ]  # fmt: skip


def claim_rows(
    db: Connection,
    channel: str,
    urgencies: Sequence[str],
    *,
    now: Instant,
    lease_us: int,
    limit: int,
) -> list[Row]:
    """As `claim`, for whomever: notices have urgencies, callouts have priorities."""
    moment = to_datetime(now)
    params = {
        "channel": channel,
        "urgencies": list(urgencies),
        "now": moment,
        "leased_until": moment + timedelta(microseconds=lease_us),
        "limit": limit,
    }
    return sorted(Row(*row) for row in db.execute(_CLAIM, params))


def add(db: Connection, deliveries: Sequence[NewNoticeDelivery], *, now: Instant) -> None:
    """Write the rows of channels; one that is there and not yet tried becomes due sooner."""
    if not deliveries:
        return
    db.execute(
        _ADD,
        {
            "now": to_datetime(now),
            "estate": [e.of.estate_id for e in deliveries],
            "notice": [e.of.notice_id for e in deliveries],
            "household": [e.of.household_id for e in deliveries],
            "channel": [e.channel for e in deliveries],
            "urgency": [e.of.urgency for e in deliveries],
            "wave": [e.of.wave for e in deliveries],
            "next_at": [to_datetime(e.next_at) for e in deliveries],
            "unless": [e.unless_reached for e in deliveries],
            "contact": [e.contact for e in deliveries],
        },
    )


def done(db: Connection, evidence: dict[str, str], *, now: Instant) -> None:
    """Mark rows as sent, each key with the channel's evidence."""
    db.execute(_DONE, _answers(evidence, now))


def give_up(db: Connection, evidence: dict[str, str], *, now: Instant) -> None:
    """Mark rows as failed for good, each key with the channel's last evidence."""
    db.execute(_GIVE_UP, _answers(evidence, now))


def retry(db: Connection, key: str, *, evidence: str, next_at: Instant) -> None:
    """Make a row due again at `next_at`."""
    db.execute(_RETRY, {"key": key, "evidence": evidence, "next_at": to_datetime(next_at)})


def backlog(db: Connection, *, now: Instant) -> list[Backlog]:
    """Channels with something left to send; what waits for its time is not among it."""
    rows = db.execute(_BACKLOG, {"now": to_datetime(now)})
    return [
        Backlog(estate, channel, count, from_datetime(at)) for estate, channel, count, at in rows
    ]


def _answers(evidence: dict[str, str], now: Instant) -> dict[str, Any]:
    texts = list(evidence.values())
    return {"now": to_datetime(now), "keys": list(evidence), "evidence": texts}
