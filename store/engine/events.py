"""Reading events: all after a number, an incident's, those that a command caused.

The engine writes them, gapless in commit order, and announces each batch on `CHANNEL`.
"""

from typing import Any, LiteralString

from msgspec import Raw, Struct
from psycopg.sql import SQL, Identifier

from rules.vocabulary.instant import from_datetime, to_rfc3339
from store.database.connection import Connection

CHANNEL = "gatehouse_event"
"""Notified at commit with {"estate", "last_seq", "commands_upto"}."""

_HEAD = "SELECT seq FROM event_head"

_FIRST = "SELECT min(seq) FROM event"

_AFTER = """
SELECT seq, estate_id, kind, at, by, reason, record::text FROM event
 WHERE seq > %(seq)s ORDER BY seq LIMIT %(limit)s
"""

_OF_INCIDENT = """
SELECT seq, estate_id, kind, at, by, reason, record::text FROM event
 WHERE incident_id = %(incident)s ORDER BY seq
"""

_CAUSED_BY_COMMAND = """
SELECT seq, estate_id, kind, at, by, reason, record::text FROM event
 WHERE estate_id = %(estate)s AND lane = 0 AND inbox_seq = %(seq)s ORDER BY seq
"""


class StoredEvent(Struct, frozen=True, gc=False):
    """One event as the API gives it; `record` is the JSON that the engine wrote."""

    seq: int
    estate: str
    kind: str
    at: str
    by: str
    reason: str
    record: Raw


def head(db: Connection) -> int:
    """The number of the last event; 0 before the first."""
    row = db.execute(_HEAD).fetchone()
    return int(row[0]) if row else 0


def first(db: Connection) -> int | None:
    """The number of the oldest event that is still kept."""
    row = db.execute(_FIRST).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def after(db: Connection, seq: int, *, limit: int) -> list[StoredEvent]:
    """Up to `limit` events behind `seq`, oldest first, of all estates."""
    return _read(db, _AFTER, {"seq": seq, "limit": limit})


def of_incident(db: Connection, incident_id: str) -> list[StoredEvent]:
    """The incident's timeline, oldest first."""
    return _read(db, _OF_INCIDENT, {"incident": incident_id})


def caused_by_command(db: Connection, *, estate_id: str, seq: int) -> list[StoredEvent]:
    """What the command at `seq` in lane 0 led to, in order; empty until the engine has read it."""
    return _read(db, _CAUSED_BY_COMMAND, {"estate": estate_id, "seq": seq})


def listen(db: Connection) -> None:
    """Ask to be told of every batch; `db` must be in autocommit mode."""
    db.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))


def announcements(db: Connection, *, within_s: float) -> list[str]:
    """Payloads of the batches announced by now; waits for the first at most `within_s` seconds."""
    return [notify.payload for notify in db.notifies(timeout=within_s, stop_after=1)]


def _read(db: Connection, query: LiteralString, params: dict[str, Any]) -> list[StoredEvent]:
    return [
        StoredEvent(
            seq, estate, kind, to_rfc3339(from_datetime(at)), by, reason, Raw(record.encode())
        )
        for seq, estate, kind, at, by, reason, record in db.execute(query, params)
    ]
