"""What another run decided, taken into a state; and what a replay began, taken out again."""

from rules.records.alarms import Alarm
from rules.records.events import Event, Record
from rules.records.incidents import Incident
from rules.records.notices import Notice, told_key
from rules.records.nouns import of_kind, of_record
from rules.state.state import State


def adopt(state: State, record: Record) -> None:
    """`put` for a record that another run decided: its number is never given again."""
    state.put(record)
    if letter := of_record(type(record)).letter:
        number = int(record.id.rpartition(f"-{letter}")[2])
        state.numbers[letter] = max(state.numbers.get(letter, 0), number)
    if isinstance(record, Alarm):
        state.watches.tie(record)
    if isinstance(record, Notice):
        state.told.setdefault(record.incident_id, {})[_key(record)] = record.id


def retract(state: State, event: Event) -> None:
    """Undo what a replay began that was never recorded, so that `adopt` finds a clean slate.

    A condition whose alarm is retracted is judged again at the next tick.
    """
    record, noun = event.record, of_kind(event.kind)
    if event.kind != f"{noun.word}.{noun.begins}":
        return
    if isinstance(record, Alarm) and (watch := state.watches.watch_of(record)) is not None:
        watch.raised, watch.alarm_id = False, ""
        state.watches.judge_at(watch, watch.at)
    if isinstance(record, Incident):
        for key in (record.key, *record.merged_keys):
            state.incident_ids.pop(key, None)
    if isinstance(record, Notice):
        state.told.get(record.incident_id, {}).pop(_key(record), None)
    state.drop(record)


def _key(notice: Notice) -> str:
    return told_key(notice.template, notice.version, notice.household)
