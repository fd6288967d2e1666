"""Messages to staff in the outbox: one row per callout, time of calling, and channel.

The engine writes a row for the router, which adds the others. When a person gets too many, a row
gathers further callouts for as long as nobody has claimed it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rules.records.notices import Channel
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from rules.vocabulary.priority import Priority
from store.database.connection import Connection
from store.notices import outbox

PRIORITIES: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")

_LATELY = """
SELECT user_id, channel, count(*) FROM outbox
 WHERE user_id = ANY(%(users)s) AND channel <> 'route' AND created_at > %(since)s
 GROUP BY user_id, channel
"""

# What one message gathers is of one estate; its urgency is that of the gravest.
_JOIN = """
UPDATE outbox SET callouts = callouts || %(callout)s::text, urgency = least(urgency, %(priority)s),
       next_at = least(next_at, %(next_at)s)
 WHERE key = (
    SELECT key FROM outbox
     WHERE user_id = %(user)s AND estate_id = %(estate)s AND channel = %(channel)s AND gathers
       AND attempts = 0 AND sent_at IS NULL AND failed_at IS NULL
     ORDER BY created_at, key LIMIT 1 FOR UPDATE)
   AND attempts = 0
"""

_ADD = """
INSERT INTO outbox (key, estate_id, user_id, callouts, channel, urgency, wave, created_at, next_at,
                    unless_reached, gathers)
VALUES (%(key)s, %(estate)s, %(user)s, ARRAY[%(callout)s::text], %(channel)s, %(priority)s, 0,
        %(now)s, %(next_at)s, %(unless)s, %(gathers)s)
ON CONFLICT (key) DO NOTHING
"""

_WHAT = """
SELECT estate_id, user_id, channel, callouts, attempts, sent_at FROM outbox
 WHERE key = %(key)s AND user_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class CallDelivery:
    """One claimed row; `callouts` are several where it gathers. `key` is the idempotency key."""

    key: str
    estate_id: str
    user: str
    callouts: tuple[str, ...]
    priority: Priority
    attempts: int
    unless_reached: bool = False


@dataclass(frozen=True, slots=True)
class NewCallDelivery:
    """A row to add for what the router was given, from `next_at` on; `gathers`: others may join."""

    of: CallDelivery
    channel: Channel
    next_at: Instant
    unless_reached: bool
    gathers: bool


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """What was sent under a key; `sent_at` is None until that is noted."""

    estate: str
    user: str
    channel: Channel
    callouts: list[str]
    attempts: int
    sent_at: Instant | None


def claim(
    db: Connection,
    channel: str,
    *,
    now: Instant,
    lease_us: int,
    limit: int,
    urgencies: Sequence[str] = PRIORITIES,
) -> list[CallDelivery]:
    """Take up to `limit` due rows, gravest first, for `lease_us` microseconds."""
    rows = outbox.claim_rows(db, channel, urgencies, now=now, lease_us=lease_us, limit=limit)
    return [
        CallDelivery(r.key, r.estate_id, r.user_id, tuple(r.callouts), r.urgency, r.attempts,
                    r.unless_reached)
        for r in rows
    ]  # fmt: skip


def lately(
    db: Connection, users: Collection[str], *, since: Instant
) -> dict[tuple[str, Channel], int]:
    """How many messages each user was sent by each channel after `since`."""
    params = {"users": list(users), "since": to_datetime(since)}
    return {(user, channel): n for user, channel, n in db.execute(_LATELY, params)}


def add(db: Connection, deliveries: Sequence[NewCallDelivery], *, now: Instant) -> None:
    """Write the rows of channels; what gathers joins a row that does, and is not yet tried."""
    for delivery in deliveries:
        params = {
            "key": f"{delivery.of.key.rpartition('/')[0]}/{delivery.channel}",
            "estate": delivery.of.estate_id,
            "user": delivery.of.user,
            "callout": delivery.of.callouts[0],
            "channel": delivery.channel,
            "priority": delivery.of.priority,
            "now": to_datetime(now),
            "next_at": to_datetime(delivery.next_at),
            "unless": delivery.unless_reached,
            "gathers": delivery.gathers,
        }
        if not (delivery.gathers and db.execute(_JOIN, params).rowcount):
            db.execute(_ADD, params)


def what(db: Connection, key: str) -> StaffMessage | None:
    """The message with this key; None where it is none to staff."""
    row = db.execute(_WHAT, {"key": key}).fetchone()
    if row is None:
        return None
    estate, user, channel, callouts, attempts, sent_at = row
    noted_at = None if sent_at is None else from_datetime(sent_at)
    return StaffMessage(estate, user, channel, callouts, attempts, noted_at)
