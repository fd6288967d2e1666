"""Messages that could not be understood, kept whole until somebody mends what they lack."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection

# The same message again keeps its row, and opens it again if it had been replayed.
_APPEND = """
INSERT INTO dead_letter (key, received_at, topic, payload, reason, detail)
SELECT * FROM unnest(%(keys)s::bytea[], %(received)s::timestamptz[], %(topics)s::text[],
                     %(payloads)s::bytea[], %(reasons)s::text[], %(details)s::text[])
ON CONFLICT (key) DO UPDATE
   SET reason = excluded.reason, detail = excluded.detail, replayed_at = NULL
 WHERE dead_letter.replayed_at IS NOT NULL OR dead_letter.reason <> excluded.reason
"""

_OPEN = """
SELECT id, received_at, topic, payload, reason, detail FROM dead_letter
 WHERE replayed_at IS NULL AND id > %(after)s
   AND (%(reason)s::text IS NULL OR reason = %(reason)s)
 ORDER BY id LIMIT %(limit)s
"""

_COUNTS = """
SELECT reason, count(*) FROM dead_letter WHERE replayed_at IS NULL GROUP BY reason ORDER BY reason
"""

_REPLAYED = "UPDATE dead_letter SET replayed_at = %(now)s WHERE id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused message. `reason` is short and countable, `detail` names field and remedy."""

    received_at: Instant
    topic: str
    payload: bytes
    reason: str
    detail: str

    @property
    def key(self) -> bytes:
        """Alike for the same topic and payload, so that a redelivered message is kept once."""
        return hashlib.sha256(self.topic.encode() + b"\0" + self.payload).digest()


@dataclass(frozen=True, slots=True)
class Stored:
    """A dead letter with its number; higher is later."""

    id: int
    letter: DeadLetter


def append(db: Connection, letters: Iterable[DeadLetter]) -> None:
    """Keep `letters` within the caller's transaction."""
    # By key, so that two writers take their rows in the same order and never wait in a circle.
    by_key = sorted({letter.key: letter for letter in letters}.items())
    if not by_key:
        return
    db.execute(
        _APPEND,
        {
            "keys": [key for key, _ in by_key],
            "received": [to_datetime(letter.received_at) for _, letter in by_key],
            "topics": [letter.topic for _, letter in by_key],
            "payloads": [letter.payload for _, letter in by_key],
            "reasons": [letter.reason for _, letter in by_key],
            "details": [letter.detail for _, letter in by_key],
        },
    )


def open_(db: Connection, *, reason: str | None, after: int, limit: int) -> list[Stored]:
    """Letters that were not replayed, behind number `after`, of one reason or of all."""
    rows = db.execute(_OPEN, {"reason": reason, "after": after, "limit": limit})
    return [
        Stored(id_, DeadLetter(from_datetime(at), topic, bytes(payload), why, detail))
        for id_, at, topic, payload, why, detail in rows
    ]


def counts(db: Connection) -> dict[str, int]:
    """How many letters wait, by reason."""
    return dict(db.execute(_COUNTS).fetchall())


def mark_replayed(db: Connection, ids: Sequence[int], *, now: Instant) -> None:
    """The messages of these letters were understood after all."""
    db.execute(_REPLAYED, {"ids": list(ids), "now": to_datetime(now)})
