"""Writing events, and the current state that they add up to, in the engine's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, NamedTuple

import msgspec
from psycopg.abc import Params, Query
from psycopg.sql import SQL, Identifier, Placeholder

from rules.records.callouts import Callout
from rules.records.events import DeviceStatus, Event, Record
from rules.records.json_form import encoded
from rules.records.notices import Notice
from rules.records.noun import Table
from rules.records.nouns import NOUNS, of_record, record_from_json
from rules.records.reviews import Review, files_of_review
from rules.records.tickets import Ticket, files_of
from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

_TAKE_SEQS = """
INSERT INTO event_head (estate_id, last_seq) VALUES (%(estate)s, %(n)s)
ON CONFLICT (estate_id) DO UPDATE SET last_seq = event_head.last_seq + %(n)s
RETURNING last_seq - %(n)s + 1, last_seq
"""

_EVENT = """
INSERT INTO event (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, incident_id, lane,
                   inbox_seq, record)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

# What is no longer there is not proof any more; the event still names it.
_ATTACHMENT_USE = """
INSERT INTO attachment_use (hash, ticket_id)
SELECT hash, %(id)s FROM attachment WHERE hash = ANY(%(files)s) ON CONFLICT DO NOTHING
"""

# One row for the router, which knows the household's ways; told anew, it looks at them again.
_OUTBOX = """
INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave, created_at,
                    next_at)
VALUES (%(id)s || '/route', %(estate)s, %(id)s, %(household)s, 'route', %(urgency)s, %(wave)s,
        %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET sent_at = NULL, failed_at = NULL, attempts = 0,
    next_at = EXCLUDED.next_at
"""

# One row for each time that somebody is called.
_CALL = """
INSERT INTO outbox (key, estate_id, user_id, callouts, channel, urgency, wave, created_at, next_at)
VALUES (concat_ws('/', %(id)s::text, %(times)s::int, 'route'), %(estate)s, %(user)s,
        ARRAY[%(id)s::text], 'route', %(priority)s, 0, %(now)s, %(now)s)
ON CONFLICT (key) DO NOTHING
"""

_DEVICE = "UPDATE device SET state = %(state)s WHERE estate_id = %(estate)s AND id = %(id)s"

_ANNOUNCE = "SELECT pg_notify('gatehouse_event', %(payload)s)"

_EVENTS_OF_BATCH = """
SELECT kind, at, by, reason, lane, inbox_seq, record::text FROM event
 WHERE estate_id = %(estate)s AND batch_no = %(no)s ORDER BY seq
"""


@dataclass(frozen=True)
class Caused:
    """An event and the inbox entry that caused it: (lane, seq), or None for the clock."""

    event: Event
    entry: tuple[int, int] | None

    @cached_property
    def json(self) -> str:
        """The record, for the event and for its table."""
        return encoded(self.event.record).decode()


class Recorded(NamedTuple):
    """An event as stored; two are equal where a replay reproduced it to the last byte."""

    kind: str
    at: datetime
    by: str
    reason: str
    lane: int | None
    inbox_seq: int | None
    record: str


def write_state(db: Connection, events: Sequence[Caused]) -> None:
    """Bring the current-state tables to the records of `events`, and fill the outbox."""
    latest: dict[tuple[type, str], Caused] = {}
    for caused in events:
        latest[type(caused.event.record), caused.event.record.id] = caused
    for noun in NOUNS:
        if noun.table is not None:
            rows = [_row(noun.table, c) for (kind, _), c in latest.items() if kind is noun.record]
            columns = (*noun.table.columns, *noun.table.derived, "record")
            _each(db, _put_into(noun.table.name, columns), rows)
    records = [caused.event.record for caused in latest.values()]
    _each(db, _DEVICE, [_device(r) for r in records if isinstance(r, DeviceStatus)])
    _each(db, _ATTACHMENT_USE, [use for record in records for use in _uses(record)])
    _each(db, _OUTBOX, _routed(events))
    _each(db, _CALL, _calls(events))


def _each(db: Connection, statement: Query, rows: Sequence[Params]) -> None:
    if rows:
        db.cursor().executemany(statement, rows)


@cache
def _put_into(table: str, columns: tuple[str, ...]) -> bytes:
    """Inserts a row of `_row`, or brings the one of its id to what it holds."""
    names = ["id", "estate_id", *columns]
    put = SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, names)),
        SQL(", ").join(map(Placeholder, names)),
        SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(Identifier(name)) for name in columns),
    )
    return put.as_bytes()


def _row(table: Table, caused: Caused) -> dict[str, Any]:
    record = caused.event.record
    found = {name: getattr(record, name) for name in table.columns}
    found |= {name: derive(record) for name, derive in table.derived.items()}
    return {
        **{name: _value(name, value) for name, value in found.items()},
        "id": record.id,
        "estate_id": record.estate,
        "record": caused.json,
    }


def _value(column: str, value: Any) -> Any:
    if column.endswith("_at") and value is not None:
        return to_datetime(value)
    return list(value) if isinstance(value, tuple) else value


def _device(status: DeviceStatus) -> dict[str, Any]:
    return {"id": status.id, "estate": status.estate, "state": status.state}


def _uses(record: Record) -> list[dict[str, Any]]:
    """The files that a ticket or a review names; those of a review belong to its ticket."""
    if isinstance(record, Ticket) and (files := files_of(record)):
        return [{"id": record.id, "files": sorted(files)}]
    if isinstance(record, Review) and (files := files_of_review(record)):
        return [{"id": record.ticket_id, "files": sorted(files)}]
    return []


def _routed(events: Iterable[Caused]) -> list[dict[str, Any]]:
    """Of each notice that may now go out by further channels."""
    found = {}
    for event in (caused.event for caused in events):
        notice = event.record
        if (
            event.kind in _ROUTED
            and isinstance(notice, Notice)
            and notice.state != "awaiting_approval"
        ):
            found[notice.id] = {
                "id": notice.id,
                "estate": notice.estate,
                "household": notice.household,
                "urgency": notice.urgency,
                "wave": notice.wave,
                "now": to_datetime(event.at),
            }
    return list(found.values())


def _calls(events: Iterable[Caused]) -> list[dict[str, Any]]:
    """Of each time that somebody is called."""
    return [
        {
            "id": record.id,
            "estate": record.estate,
            "times": record.times,
            "user": record.user,
            "priority": record.priority,
            "now": to_datetime(event.at),
        }
        for event in (caused.event for caused in events)
        for record in (event.record,)
        if event.kind in _CALLED and isinstance(record, Callout)
    ]


def write_events(
    db: Connection, estate_id: str, batch_no: int, now: Instant, events: Sequence[Caused]
) -> tuple[int, int] | None:
    """Append `events`, numbered on the estate; gives the first and last number."""
    if not events:
        return None
    row = db.execute(_TAKE_SEQS, {"estate": estate_id, "n": len(events)}).fetchone()
    assert row is not None, "an insert that returns gives a row"
    recorded_at = to_datetime(now)
    rows = []
    for seq, caused in enumerate(events, row[0]):
        event, (lane, inbox_seq) = caused.event, caused.entry or (None, None)
        rows.append(
            (
                seq, estate_id, batch_no, event.kind, to_datetime(event.at), recorded_at,
                event.by, event.reason, _incident_of(event.record), lane, inbox_seq,
                caused.json,
            )
        )  # fmt: skip
    _each(db, _EVENT, rows)
    return row[0], row[1]


def announce(db: Connection, estate_id: str, *, last_seq: int | None, commands_upto: int) -> None:
    """Tell the hub, at commit, how far events and commands have come."""
    payload = {"estate": estate_id, "last_seq": last_seq, "commands_upto": commands_upto}
    db.execute(_ANNOUNCE, {"payload": msgspec.json.encode(payload).decode()})


def recorded(db: Connection, estate_id: str, batch_no: int) -> list[Recorded]:
    """A batch's events as stored, in order."""
    rows = db.execute(_EVENTS_OF_BATCH, {"estate": estate_id, "no": batch_no})
    return [Recorded(*row) for row in rows]


def as_recorded(caused: Caused) -> Recorded:
    """An event in the form of `recorded`, to compare a replay with what happened."""
    event, (lane, seq) = caused.event, caused.entry or (None, None)
    at = to_datetime(event.at)
    return Recorded(event.kind, at, event.by, event.reason, lane, seq, caused.json)


def as_written_now(row: Recorded) -> Recorded:
    """A stored event with the fields that its record has got since then, at their defaults."""
    record = record_from_json(row.kind, msgspec.json.decode(row.record))
    return row._replace(record=encoded(record).decode())


def _incident_of(record: Record) -> str | None:
    field = of_record(type(record)).incident
    return getattr(record, field) if field else None


_ROUTED = frozenset({"notice.requested", "notice.approved", "notice.released"})
"""Events after which a notice may go out by further channels."""

_CALLED = frozenset({"callout.requested", "callout.repeated"})
"""Events that call a member of staff."""
