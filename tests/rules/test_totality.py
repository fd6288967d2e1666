"""The step is total: whatever it is given, it goes on, and no alarm is left without its ticket."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook
from rules.commands import COMMANDS
from rules.commands.incidents import ConfirmIncident
from rules.conditions.leaves import OneOf
from rules.records.notices import NoticeState
from rules.state.inputs import (
    Command,
    Delivery,
    EstateChanged,
    Fault,
    Input,
    Ordered,
    Status,
    Tick,
)
from rules.step import step
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Value
from tests.rules.commands.making import making
from tests.rules.invariants import Ledger
from tests.rules.riverside import START, file, riverside
from tests.rules.timeline import Timeline, happened, raised, reading

DEVICES = (
    "b3-10-corridor-smoke", "b3-10-lobby-smoke", "b3-05-01-kitchen-leak", "b3-electrical-room-leak",
    "b3-r1-high-pressure", "b3-r1-high-flow", "b3-high-booster", "b3-l1", "rain-gauge",
    "b3-garage-level", "b3-pit-level", "nobody", "",
)  # fmt: skip
SIGNALS = (
    "panel_state", "temperature_c", "wet", "pressure_mpa", "flow_m3h", "running", "fault_code",
    "passenger", "alarm_button", "mode", "rain_mm", "depth_cm", "depth_pct", "unheard-of", "",
)  # fmt: skip
_words = st.sampled_from(["fire", "pre_alarm", "normal", "fault", "seen", ""]) | st.text(max_size=3)
_values = st.sampled_from([0.0, 1.0, 4.0, 0.04, 60.0, 100.0]) | st.floats() | _words
_instants = st.integers(0, 900).map(lambda s: START + s * SECOND) | st.integers(-(2**62), 2**62)
_targets = st.builds("riverside-{}{}".format, st.sampled_from("aitn"), st.integers(0, 6)) | _words
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _words,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(_words, parts, max_size=3),
    max_leaves=8,
)


def _aimed(form: type[Command]) -> st.SearchStrategy[Command]:
    """Commands of any content, at what may be there."""
    return making(form, **{form.__struct_fields__[0]: _targets})


def _file(field: str, value: Any) -> dict[str, Any]:
    """The estate's file with one field spoilt."""
    return {**file(), field: value}


_inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(
        ReadingBatch,
        _instants,
        st.lists(
            st.tuples(st.sampled_from(DEVICES), st.sampled_from(SIGNALS), _instants, _values),
            max_size=20,
        ),
    ),
    st.builds(
        Ordered,
        st.sampled_from(list(COMMANDS.values())).flatmap(_aimed),
        _words,
        st.sampled_from(["operator", "manager", "resident"]),
    ),
    st.builds(Status, st.sampled_from(DEVICES), st.booleans(), _instants),
    st.builds(
        Delivery,
        st.lists(_targets, max_size=4),
        _words,
        st.sampled_from(get_args(NoticeState)),
        _instants,
    ),
    st.builds(
        EstateChanged,
        st.integers(),
        st.dictionaries(_words, _json) | st.builds(_file, st.sampled_from(sorted(file())), _json),
    ),
    st.builds(Fault, _words, _words),
    st.just(Tick()),
)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 120), _inputs), max_size=25))
def test_nothing_stops_the_step_or_leaves_an_alarm_without_incident_and_ticket(
    inputs: list[tuple[int, Input]],
) -> None:
    state, now, ledger = riverside(*DEVICES[:-2]), START, Ledger()
    for later_s, entry in inputs:
        now += later_s * SECOND
        for each in (entry, Tick()):
            events = step(state, each, now)
            ledger.check(state, events)
            stopped = [e.record for e in events if e.record.id.startswith("step/")]
            assert not stopped
    again = snapshot.load(snapshot.save(state), rulebook())
    assert snapshot.save(again) == snapshot.save(state)


class Broken(OneOf):
    """A leaf that fails on the value 13."""

    def judge(self, at: int, value: Value) -> bool:
        if value == 13:
            raise ArithmeticError("thirteen")
        return super().judge(at, value)


def test_rule_that_fails_is_set_aside_alone_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.conditions.binding.OneOf", Broken)
    broken = Timeline()
    broken.at(0, reading("b3-l1", mode=1, passenger=0, fault_code=13))
    broken.at(10, reading("b3-l1", fault_code=13))
    rules = ["lift-door-fault", "lift-entrapment", "lift-fault", "lift-unintended-movement"]
    told = [event.record.id for event in broken.events if event.kind == "system.alarm"]
    assert sorted(told) == [f"{rule}/b3-l1" for rule in rules]
    broken.at(20, reading("b3-l2", fault_code=5), reading("b3-05-01-kitchen-leak", wet=1))
    broken.at(30)
    broken.expect((20, 20), raised("lift-unintended-movement", device="b3-l2"))
    broken.expect((25, 25), raised("leak"))
    broken.at(40, reading("b3-l1", fault_code=5))
    assert broken.alarms(device="b3-l1") == []


def test_failed_rule_stays_aside_over_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.conditions.binding.OneOf", Broken)
    broken = Timeline()
    broken.at(0, reading("b3-l1", fault_code=13))
    broken.state = snapshot.load(snapshot.save(broken.state), rulebook())
    broken.at(10, reading("b3-l1", fault_code=5))
    assert broken.alarms() == []


def fail(*_: object, **__: object) -> None:
    raise LookupError("no such word")


def test_failure_while_telling_leaves_alarm_incident_and_ticket(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rules.notices.telling.placeholders", fail)
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(20)
    timeline.expect((5, 5), raised("leak"))
    told_of = "tell_of_rule/leak/b3-05-01-kitchen-leak"
    timeline.expect((13, 13), happened("system.alarm", id=told_of))
    assert timeline.ticket().id in timeline.state.tickets


def test_command_that_fails_halfway_is_answered_by_a_system_alarm(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    monkeypatch.setattr("rules.notices.telling.placeholders", fail)
    events = timeline.at(10, ConfirmIncident(timeline.incident().id, reason="seen"))
    assert [event.kind for event in events][-1] == "system.alarm"
    assert "incident.confirm stopped halfway (LookupError: no such word)" in str(events[-1].record)
    monkeypatch.undo()
    timeline.at(20, reading("b3-10-lobby-smoke", panel_state="fire"))
    assert len(timeline.alarms()) == 2
