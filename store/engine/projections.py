"""Writing events, and the current state that they add up to, in the engine's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from psycopg.types.json import Json

from rules.records.alarms import Alarm
from rules.records.callouts import Callout
from rules.records.drills import Drill
from rules.records.events import DeviceStatus, Event, Record, as_json, record_from_json
from rules.records.floods import AlarmFlood
from rules.records.handovers import Handover
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.reviews import Review, files_of_review
from rules.records.suppressions import Suppression
from rules.records.ticket_clocks import next_due
from rules.records.tickets import Ticket, files_of
from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

_TAKE_SEQS = "UPDATE event_head SET seq = seq + %(n)s RETURNING seq - %(n)s + 1, seq"

_COPY_EVENTS = """
COPY event (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, incident_id, lane,
            inbox_seq, record) FROM STDIN
"""

_ALARM = """
INSERT INTO alarm (id, estate_id, device_id, rule, priority, state, raised_at, incident_id, record)
VALUES (%(id)s, %(estate)s, %(device)s, %(rule)s, %(priority)s, %(state)s, %(raised_at)s,
        %(incident_id)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, priority = EXCLUDED.priority,
    incident_id = EXCLUDED.incident_id, record = EXCLUDED.record
"""

_INCIDENT = """
INSERT INTO incident (id, estate_id, kind, level, state, opened_at, record)
VALUES (%(id)s, %(estate)s, %(kind)s, %(level)s, %(state)s, %(opened_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, level = EXCLUDED.level,
    state = EXCLUDED.state, record = EXCLUDED.record
"""

_TICKET = """
INSERT INTO ticket (id, estate_id, incident_id, class, state, opened_at, assignee, household_id,
                    due_at, record)
VALUES (%(id)s, %(estate)s, %(incident_id)s, %(class)s, %(state)s, %(opened_at)s, %(assignee)s,
        %(household)s, %(due_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET incident_id = EXCLUDED.incident_id, class = EXCLUDED.class,
    state = EXCLUDED.state, assignee = EXCLUDED.assignee, due_at = EXCLUDED.due_at,
    record = EXCLUDED.record
"""

# What is no longer there is not proof any more; the event still names it.
_ATTACHMENT_USE = """
INSERT INTO attachment_use (hash, ticket_id)
SELECT hash, %(id)s FROM attachment WHERE hash = ANY(%(files)s) ON CONFLICT DO NOTHING
"""

_NOTICE = """
INSERT INTO notice (id, estate_id, incident_id, household_id, template, version, state,
                    requested_at, record)
VALUES (%(id)s, %(estate)s, %(incident_id)s, %(household)s, %(template)s, %(version)s, %(state)s,
        %(requested_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, record = EXCLUDED.record
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

_REVIEW = """
INSERT INTO review (id, estate_id, incident_id, state, measures_open, opened_at, record)
VALUES (%(id)s, %(estate)s, %(incident_id)s, %(state)s, %(measures_open)s, %(opened_at)s,
        %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, measures_open = EXCLUDED.measures_open,
    record = EXCLUDED.record
"""

_CALLOUT = """
INSERT INTO callout (id, estate_id, incident_id, user_id, state, requested_at, record)
VALUES (%(id)s, %(estate)s, %(incident_id)s, %(user)s, %(state)s, %(requested_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, record = EXCLUDED.record
"""

_DRILL = """
INSERT INTO drill (id, estate_id, kind, plan, state, made_at, ended_at, is_void, incident_id,
                   households, record)
VALUES (%(id)s, %(estate)s, %(kind)s, %(plan)s, %(state)s, %(made_at)s, %(ended_at)s, %(is_void)s,
        %(incident_id)s, %(households)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, ended_at = EXCLUDED.ended_at,
    is_void = EXCLUDED.is_void, incident_id = EXCLUDED.incident_id, record = EXCLUDED.record
"""

_HANDOVER = """
INSERT INTO handover (id, estate_id, state, proposed_at, record)
VALUES (%(id)s, %(estate)s, %(state)s, %(proposed_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, record = EXCLUDED.record
"""

_SUPPRESSION = """
INSERT INTO suppression (id, estate_id, kind, since_at, ended_at, record)
VALUES (%(id)s, %(estate)s, %(kind)s, %(since_at)s, %(ended_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET ended_at = EXCLUDED.ended_at, record = EXCLUDED.record
"""

_FLOOD = """
INSERT INTO alarm_flood (id, estate_id, began_at, ended_at, record)
VALUES (%(id)s, %(estate)s, %(began_at)s, %(ended_at)s, %(record)s)
ON CONFLICT (id) DO UPDATE SET ended_at = EXCLUDED.ended_at, record = EXCLUDED.record
"""

_DEVICE = "UPDATE device SET state = %(state)s WHERE estate_id = %(estate)s AND id = %(id)s"

_ANNOUNCE = "SELECT pg_notify('gatehouse_event', %(payload)s)"

_EVENTS_OF_BATCH = """
SELECT kind, at, by, reason, lane, inbox_seq, record::text FROM event
 WHERE estate_id = %(estate)s AND batch_no = %(no)s ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Caused:
    """An event and the inbox entry that caused it: (lane, seq), or None for the clock."""

    event: Event
    entry: tuple[int, int] | None


class Recorded(NamedTuple):
    """An event as stored; two are equal where a replay reproduced it to the last byte."""

    kind: str
    at: datetime
    by: str
    reason: str
    lane: int | None
    inbox_seq: int | None
    record: str


def write_state(db: Connection, events: Iterable[Caused]) -> None:
    """Bring the current-state tables to the records of `events`, and fill the outbox."""
    latest: dict[tuple[type, str], Record] = {}
    routed: dict[str, dict[str, Any]] = {}
    calls: list[dict[str, Any]] = []
    for caused in events:
        record = caused.event.record
        latest[type(record), record.id] = record
        if caused.event.kind in _CALLED:
            calls.append({**_row(record), "now": to_datetime(caused.event.at)})
        if caused.event.kind in _ROUTED and _may_go_out(record):
            routed[record.id] = {**_row(record), "now": to_datetime(caused.event.at)}
    for kind, statement in _STATEMENTS.items():
        rows = [_row(record) for record in latest.values() if type(record) is kind]
        if rows:
            db.cursor().executemany(statement, rows)
    proven = [r for r in latest.values() if isinstance(r, Ticket) and files_of(r)]
    uses = [{"id": ticket.id, "files": sorted(files_of(ticket))} for ticket in proven]
    uses += [
        {"id": review.ticket_id, "files": sorted(files_of_review(review))}
        for review in latest.values()
        if isinstance(review, Review) and files_of_review(review)
    ]
    if uses:
        db.cursor().executemany(_ATTACHMENT_USE, uses)
    if routed:
        db.cursor().executemany(_OUTBOX, routed.values())
    if calls:
        db.cursor().executemany(_CALL, calls)


def write_events(
    db: Connection, estate_id: str, batch_no: int, now: Instant, events: Sequence[Caused]
) -> tuple[int, int] | None:
    """Append `events`, numbered over all estates; gives the first and last number.

    Taking the numbers locks their head until the transaction ends: do it late.
    """
    if not events:
        return None
    row = db.execute(_TAKE_SEQS, {"n": len(events)}).fetchone()
    assert row is not None, "the schema makes the one row of event_head"
    recorded_at = to_datetime(now)
    with db.cursor().copy(_COPY_EVENTS) as copy:
        for seq, caused in enumerate(events, row[0]):
            event, (lane, inbox_seq) = caused.event, caused.entry or (None, None)
            copy.write_row(
                (
                    seq, estate_id, batch_no, event.kind, to_datetime(event.at), recorded_at,
                    event.by, event.reason, _incident_of(event.record), lane, inbox_seq,
                    _json(event.record),
                )
            )  # fmt: skip
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
    return Recorded(event.kind, at, event.by, event.reason, lane, seq, _json(event.record))


def as_written_now(row: Recorded) -> Recorded:
    """A stored event with the fields that its record has got since then, at their defaults."""
    record = record_from_json(row.kind, msgspec.json.decode(row.record))
    return row._replace(record=_json(record))


def _json(record: Record) -> str:
    return msgspec.json.encode(as_json(record)).decode()


def _may_go_out(record: Record) -> bool:
    return isinstance(record, Notice) and record.state != "awaiting_approval"


def _incident_of(record: Record) -> str | None:
    if isinstance(record, Incident):
        return record.id
    if isinstance(record, Alarm | Ticket | Notice | Review | Callout | Drill):
        return record.incident_id
    return None


def _row(record: Record) -> dict[str, Any]:
    body = as_json(record)
    return {**body, **_looked_for(record), "record": Json(body)}


def _looked_for(record: Record) -> dict[str, Any]:
    """What a list is chosen by, beside the record's own fields."""
    match record:
        case Ticket():
            return _looked_for_in_ticket(record)
        case Drill():
            return {"is_void": record.void_from_at is not None}
        case Review():
            return {"measures_open": sum(m.state == "open" for m in record.measures)}
    return {}


def _looked_for_in_ticket(ticket: Ticket) -> dict[str, Any]:
    due_at = next_due(ticket)
    return {
        "household": ticket.report.household if ticket.report else None,
        "due_at": None if due_at is None else to_datetime(due_at),
    }


_ROUTED = frozenset({"notice.requested", "notice.approved", "notice.released"})
"""Events after which a notice may go out by further channels."""

_CALLED = frozenset({"callout.requested", "callout.repeated"})
"""Events that call a member of staff."""

_STATEMENTS: dict[type, str] = {
    Alarm: _ALARM,
    Incident: _INCIDENT,
    Ticket: _TICKET,
    Notice: _NOTICE,
    Review: _REVIEW,
    Callout: _CALLOUT,
    Drill: _DRILL,
    Handover: _HANDOVER,
    Suppression: _SUPPRESSION,
    AlarmFlood: _FLOOD,
    DeviceStatus: _DEVICE,
}
