"""What another run decided, taken into a state; and what a replay began, taken out again."""

from rules.records.alarms import Alarm
from rules.records.callouts import Callout
from rules.records.drills import Drill
from rules.records.events import Event, Record, SystemAlarm
from rules.records.floods import AlarmFlood
from rules.records.handovers import Handover
from rules.records.incidents import Incident
from rules.records.notices import Notice, told_key
from rules.records.reviews import Review
from rules.records.suppressions import Suppression
from rules.records.tickets import Ticket
from rules.state.state import State

_NUMBERED = (
    Alarm
    | Incident
    | Ticket
    | Notice
    | Review
    | Callout
    | Drill
    | Handover
    | Suppression
    | AlarmFlood
)
"""Records whose id ends in a number that is given once."""


def adopt(state: State, record: Record) -> None:
    """`put` for a record that another run decided: its number is never given again."""
    state.put(record)
    if isinstance(record, _NUMBERED):
        letter, number = _letter_and_number(record.id)
        state.numbers[letter] = max(state.numbers.get(letter, 0), number)
    if isinstance(record, Alarm):
        state.watches.tie(record)
    if isinstance(record, Notice):
        state.told.setdefault(record.incident_id, {})[_key(record)] = record.id


def retract(state: State, event: Event) -> None:
    """Undo what a replay began that was never recorded, so that `adopt` finds a clean slate.

    A condition whose alarm is retracted is judged again at the next tick.
    """
    record = event.record
    match event.kind, record:
        case "alarm.raised", Alarm():
            if (gone := state.alarms.pop(record.id, None)) is not None:
                state.index.drop(gone)
            if (watch := state.watches.watch_of(record)) is not None:
                watch.raised, watch.alarm_id = False, ""
                state.watches.judge_at(watch, watch.at)
        case "incident.opened", Incident():
            state.incidents.pop(record.id, None)
            for key in (record.key, *record.merged_keys):
                state.incident_ids.pop(key, None)
        case "ticket.opened", Ticket():
            state.tickets.pop(record.id, None)
        case "review.opened", Review():
            state.reviews.pop(record.id, None)
        case "callout.requested", Callout():
            state.callouts.pop(record.id, None)
        case "drill.planned", Drill():
            state.drills.pop(record.id, None)
        case "handover.proposed", Handover():
            state.handover = None
        case "suppression.began", Suppression():
            state.suppressions.pop(record.id, None)
        case "flood.began", AlarmFlood():
            state.flood = None
        case "system.alarm", SystemAlarm():
            state.unseen.pop(record.id, None)
        case "notice.requested", Notice():
            state.notices.pop(record.id, None)
            state.told.get(record.incident_id, {}).pop(_key(record), None)


def _key(notice: Notice) -> str:
    return told_key(notice.template, notice.version, notice.household)


def _letter_and_number(id_: str) -> tuple[str, int]:
    last = id_.rpartition("-")[2]
    return last[0], int(last[1:])
