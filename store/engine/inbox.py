"""Appending to an estate's inbox (DESIGN contract 3). Reading it is the engine's business."""

from enum import IntEnum
from typing import Any

import msgspec

from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection
from store.database.errors import StoreError


class Lane(IntEnum):
    """What an estate's engine drains first: people before readings, live before late ones."""

    COMMANDS = 0
    LIVE = 1
    BACKFILL = 2


CHANNEL = "gatehouse_inbox"
"""Notified at commit with the estate's id as payload."""

# Raising the head is the append lock, held to the end of the transaction: seq is gapless and
# in commit order. One statement, so an unknown estate leaves the transaction usable.
_APPEND = """
WITH head AS (
    INSERT INTO inbox_head (estate_id, lane, seq)
    SELECT id, %(lane)s, 1 FROM estate WHERE id = %(estate)s
    ON CONFLICT (estate_id, lane) DO UPDATE SET seq = inbox_head.seq + 1
    RETURNING estate_id, lane, seq
), entry AS (
    INSERT INTO inbox (estate_id, lane, seq, at, kind, body)
    SELECT estate_id, lane, seq, %(at)s, %(kind)s, %(body)s::json FROM head
)
SELECT seq, pg_notify(%(channel)s, estate_id) FROM head
"""


class UnknownEstate(StoreError):
    """No estate has this id."""


def append(db: Connection, *, estate_id: str, lane: Lane, kind: str, body: Any, at: Instant) -> int:
    """Append one input within the caller's transaction and give its `seq` in the lane.

    `kind` and the form of `body` are those of `rules.state.inputs.KINDS`; `body` is whatever
    msgspec encodes as JSON, `msgspec.Raw` included. `at` is the time of appending.

    Takes the lane's append lock until the transaction ends: append as late as possible, and
    several in the order of (estate, lane), or two writers could wait for each other.

    Raises UnknownEstate: nothing was appended, the transaction stays usable.
    """
    row = db.execute(
        _APPEND,
        {
            "estate": estate_id,
            "lane": lane,
            "at": to_datetime(at),
            "kind": kind,
            "body": msgspec.json.encode(body).decode(),
            "channel": CHANNEL,
        },
    ).fetchone()
    if row is None:
        raise UnknownEstate(f"estate {estate_id!r}: not known here; import it first")
    return int(row[0])
