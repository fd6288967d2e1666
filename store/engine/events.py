"""Reading events: all behind those that were seen, an incident's, those that a command caused.

Each estate's engine writes them, numbered on the estate, gapless in commit order, and announces
each batch on `CHANNEL`. As it is the one writer, whoever sees a number sees all below it.
"""

from collections.abc import Collection, Mapping
from typing import Any, LiteralString

from msgspec import Raw, Struct
from psycopg.sql import SQL, Identifier

from rules.vocabulary.instant import from_datetime, to_rfc3339
from store.database.connection import Connection

CHANNEL = "gatehouse_event"
"""Notified at commit with {"estate", "last_seq", "commands_upto"}."""

Seen = Mapping[str, int]
"""By estate, the last event that was seen; of an estate that is not in it, none was."""

_HEADS = """
SELECT estate_id, last_seq FROM event_head
 WHERE %(only)s::text[] IS NULL OR estate_id = ANY(%(only)s) ORDER BY estate_id
"""

_KEPT = """
SELECT h.estate_id,
       coalesce((SELECT min(seq) - 1 FROM event WHERE estate_id = h.estate_id), h.last_seq),
       h.last_seq
  FROM event_head h
 WHERE %(only)s::text[] IS NULL OR h.estate_id = ANY(%(only)s) ORDER BY h.estate_id
"""

_AFTER = """
SELECT e.seq, e.estate_id, e.kind, e.at, e.by, e.reason, e.record::text
  FROM (SELECT h.estate_id, coalesce(s.seq, 0) AS seq
          FROM event_head h
          LEFT JOIN unnest(%(estates)s::text[], %(seqs)s::bigint[]) AS s (estate_id, seq)
               USING (estate_id)
         WHERE h.last_seq > coalesce(s.seq, 0)
           AND (%(only)s::text[] IS NULL OR h.estate_id = ANY(%(only)s))) AS seen
 CROSS JOIN LATERAL (SELECT * FROM event
                      WHERE estate_id = seen.estate_id AND seq > seen.seq
                      ORDER BY seq LIMIT %(limit)s) e
 ORDER BY seen.estate_id, e.seq LIMIT %(limit)s
"""

_COUNT_AFTER = SQL("SELECT count(*) FROM ({}) AS missed").format(SQL(_AFTER))

_SHARED_COUNT = "SELECT estate_id, first_seq, last_seq FROM event_shared_count"

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


def heads(db: Connection, only: Collection[str] | None = None) -> dict[str, int]:
    """Each estate's last number, or those of the estates `only`; without events it has none."""
    return dict(db.execute(_HEADS, {"only": _listed(only)}).fetchall())


def kept(db: Connection, only: Collection[str] | None = None) -> dict[str, tuple[int, int]]:
    """By estate, the first and the last number behind which every event is still kept."""
    rows = db.execute(_KEPT, {"only": _listed(only)})
    return {estate: (first, last) for estate, first, last in rows}


def after(
    db: Connection, seen: Seen, *, limit: int, only: Collection[str] | None = None
) -> list[StoredEvent]:
    """Up to `limit` events behind `seen`, estate after estate, each in the order of its numbers.

    Of all estates, or of the estates `only`.
    """
    return _read(db, _AFTER, _behind(seen, limit, only))


def count_after(
    db: Connection, seen: Seen, *, limit: int, only: Collection[str] | None = None
) -> int:
    """How many events `after` would give."""
    row = db.execute(_COUNT_AFTER, _behind(seen, limit, only)).fetchone()
    return int(row[0]) if row else 0


def behind_shared(db: Connection, number: int) -> Seen | None:
    """Where `number` was when one count ran over all estates; None: the count never came so far."""
    spans = db.execute(_SHARED_COUNT).fetchall()
    if number > max((last for _, _, last in spans), default=0):
        return None
    if number < min((first for _, first, _ in spans), default=1) - 1:
        return {}
    return {estate: min(max(number, first - 1), last) for estate, first, last in spans}


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


def _behind(seen: Seen, limit: int, only: Collection[str] | None) -> dict[str, Any]:
    told = seen if only is None else {estate: seen.get(estate, 0) for estate in only}
    return {
        "estates": list(told),
        "seqs": list(told.values()),
        "limit": limit,
        "only": _listed(only),
    }


def _listed(only: Collection[str] | None) -> list[str] | None:
    return None if only is None else list(only)


def _read(db: Connection, query: LiteralString, params: dict[str, Any]) -> list[StoredEvent]:
    return [
        StoredEvent(
            seq, estate, kind, to_rfc3339(from_datetime(at)), by, reason, Raw(record.encode())
        )
        for seq, estate, kind, at, by, reason, record in db.execute(query, params)
    ]
