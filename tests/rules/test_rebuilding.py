"""A state that is rebuilt from what is on record goes on as the one that remembers does."""

from hypothesis import given, settings

from rules.catalogue import device_types
from rules.conditions.absence import HEARD
from rules.estate.file import expand, parse
from rules.rebuilding import OnRecord, rebuild
from rules.records.alarms import can_realarm
from rules.records.events import Event, Record, SystemAlarm
from rules.state.inputs import Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import HOUR, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row, Value
from tests.rules.oncall.test_escalation import FIRE, FULL, calls
from tests.rules.test_step_properties import Batch, batches, world
from tests.rules.timeline import Timeline

TABLES = (
    "alarms", "incidents", "tickets", "suppressions", "reviews", "callouts", "numbers",
    "incident_ids", "told",
)  # fmt: skip


class Tables:
    """The newest record of each id, and the newest reading of each point."""

    def __init__(self) -> None:
        self.records: dict[tuple[type, str], Record] = {}
        self.readings: dict[tuple[str, str], tuple[Instant, Value]] = {}

    def keep(self, events: list[Event]) -> None:
        for event in events:
            self.records[type(event.record), event.record.id] = event.record

    def play(self, state: State, batch: Batch) -> None:
        for entry in [*batch.entries(), Tick()]:
            self.keep(step(state, entry, batch.now))
        for device, signal, at, value in sorted(batch.rows, key=lambda row: row[2]):
            self._hear(device, signal, at, value)
            self._hear(device, HEARD, batch.now, 0.0)

    def _hear(self, device: str, signal: str, at: Instant, value: Value) -> None:
        if at > self.readings.get((device, signal), (0, 0.0))[0]:
            self.readings[device, signal] = at, value

    def rebuilt(self, true: State, now: Instant) -> State:
        rows: list[Row] = [(*point, *newest) for point, newest in self.readings.items()]
        return rebuild(
            OnRecord(
                estate=expand(parse(true.estate_file), device_types()),
                rulebook=true.rulebook,
                estate_version=true.estate_version,
                estate_file=true.estate_file,
                records=[r for r in self.records.values() if not isinstance(r, SystemAlarm)],
                numbers=true.numbers,
                roster=true.roster,
                readings=rows,
            ),
            now,
        )


def course(all_: list[Batch]) -> tuple[State, State, Instant]:
    """The true state after all batches, the rebuilt one, and what time it is."""
    true, tables = world(), Tables()
    for batch in all_:
        tables.play(true, batch)
    return true, tables.rebuilt(true, all_[-1].now), all_[-1].now


def matters(state: State, kind: str, target: str) -> bool:
    """Whether anything happens when the timer runs out: it may have been overtaken."""
    alarm = state.alarms.get(target)
    match kind:
        case "stale":
            return alarm is not None and not alarm.stale
        case "realarm":
            return alarm is not None and can_realarm(alarm)
        case "tell_of_rule":
            watch = state.watches.by_key(target)
            return watch is not None and watch.alarm_id in state.alarms
        case "cause":
            return target in state.incidents
    return not kind.startswith("forget")


@settings(max_examples=12)
@given(batches())
def test_what_is_current_is_as_it_was(all_: list[Batch]) -> None:
    true, rebuilt, _ = course(all_)
    for table in TABLES:
        assert getattr(rebuilt, table) == getattr(true, table), table
    assert bool(rebuilt.flood) == bool(true.flood), "its count is on record as it began only"
    missing = true.timers.running.keys() - rebuilt.timers.running.keys()
    assert [key for key in missing if matters(true, *key)] == []


@settings(max_examples=12)
@given(batches())
def test_next_word_of_a_detector_is_judged_as_it_would_have_been(all_: list[Batch]) -> None:
    true, rebuilt, now = course(all_)
    now += HOUR
    raised = []
    for state in (true, rebuilt):
        step(state, Tick(), now)
        smoke = ReadingBatch(now, [("b3-10-lobby-smoke", "panel_state", now, "fire")])
        step(state, smoke, now)
        step(state, Tick(), now + 20 * SECOND)
        raised.append(
            {a.device for a in state.alarms.values() if a.rule == "smoke-fire" and a.standing}
        )
    assert raised[0] == raised[1]
    assert "b3-10-lobby-smoke" in raised[0]


def test_escalation_goes_on_with_the_level_that_it_had_reached(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(100)
    tables = Tables()
    tables.keep(timeline.events)
    rebuilt = Timeline(tables.rebuilt(timeline.state, timeline.now), now=timeline.now)
    rebuilt.ledger = timeline.ledger
    rebuilt.at(300)
    assert calls(rebuilt.events) == [(190, "manager-1", "L3")]
