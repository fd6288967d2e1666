"""Whether the processes around the database do their work, asked of the database."""

from dataclasses import dataclass

from rules.vocabulary.instant import Instant, from_datetime
from store.database.clock import database_clock
from store.database.connection import Connection
from store.engine.batches import LOCK_CLASS

# The lock of store.engine.batches.own, in the two halves that pg_locks shows.
_UNOWNED = """
SELECT id FROM estate e
 WHERE NOT EXISTS (
    SELECT FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND classid = %(class)s
       AND objid::bigint = (hashtext(e.id)::bigint & 4294967295)
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
 ORDER BY id
"""

_OLDEST_UNREAD = """
SELECT h.estate_id, h.lane, h.seq - coalesce(b.upto[h.lane + 1], 0), i.at
  FROM inbox_head h
  LEFT JOIN LATERAL
       (SELECT upto FROM batch WHERE estate_id = h.estate_id ORDER BY no DESC LIMIT 1) b ON true
  JOIN inbox i ON i.estate_id = h.estate_id AND i.lane = h.lane
       AND i.seq = coalesce(b.upto[h.lane + 1], 0) + 1
"""

_AHEAD = """
SELECT e.id, b.now FROM estate e
  JOIN LATERAL (SELECT now FROM batch WHERE estate_id = e.id ORDER BY no DESC LIMIT 1) b ON true
 ORDER BY e.id
"""

_DEAD_LETTERS = "SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL"


@dataclass(frozen=True, slots=True)
class Unread:
    """Inbox entries that no engine has taken into account yet; `oldest_at` of the first."""

    estate: str
    lane: int
    entries: int
    oldest_at: Instant


def unowned_estates(db: Connection) -> list[str]:
    """Estates that no engine has taken."""
    return [id_ for (id_,) in db.execute(_UNOWNED, {"class": LOCK_CLASS})]


def unread(db: Connection) -> list[Unread]:
    """Lanes with something left to read."""
    return [
        Unread(estate, lane, entries, from_datetime(at))
        for estate, lane, entries, at in db.execute(_OLDEST_UNREAD)
    ]


def ahead(db: Connection) -> list[tuple[str, Instant]]:
    """By how many microseconds each estate's newest batch is ahead of the database's clock."""
    rows = db.execute(_AHEAD).fetchall()
    now = database_clock(db)
    return [(estate, from_datetime(at) - now) for estate, at in rows]


def dead_letters(db: Connection) -> int:
    """How many messages could not be understood and were not replayed since."""
    row = db.execute(_DEAD_LETTERS).fetchone()
    return int(row[0]) if row else 0
