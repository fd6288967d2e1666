"""The alarm life cycle of ISA-18.2, transition by transition."""

import pytest

from rules import alarms
from rules.alarms import Alarm, AlarmState
from rules.places import Place
from rules.text import Text

S = AlarmState


def alarm(state: AlarmState, *, latching: bool = False) -> Alarm:
    text = Text("a", "甲")
    return Alarm(
        id="e-a1", estate="e", device="d", signal="wet", rule="leak", rule_version=1,
        priority="P3", state=state, latching=latching, title=text, advice=text,
        place=Place(text), value=1.0, unit="", source="", raised_at=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.RETURNED_UNACKNOWLEDGED, S.UNACKNOWLEDGED),
        (S.LATCHED_UNACKNOWLEDGED, S.UNACKNOWLEDGED),
        (S.LATCHED_ACKNOWLEDGED, S.UNACKNOWLEDGED),
        (S.ACKNOWLEDGED, S.ACKNOWLEDGED),
        (S.UNACKNOWLEDGED, S.UNACKNOWLEDGED),
    ],
)
def test_raising_again_asks_for_a_new_answer_unless_one_stands(
    before: AlarmState, after: AlarmState
) -> None:
    again = alarms.raise_again(alarm(before), value=2.0)
    assert (again.state, again.value, again.count) == (after, 2.0, 2)


@pytest.mark.parametrize(
    ("before", "latching", "after"),
    [
        (S.UNACKNOWLEDGED, False, S.RETURNED_UNACKNOWLEDGED),
        (S.ACKNOWLEDGED, False, S.NORMAL),
        (S.UNACKNOWLEDGED, True, S.LATCHED_UNACKNOWLEDGED),
        (S.ACKNOWLEDGED, True, S.LATCHED_ACKNOWLEDGED),
    ],
)
def test_clearing_ends_an_answered_alarm_and_latches_where_it_must(
    before: AlarmState, latching: bool, after: AlarmState
) -> None:
    cleared = alarms.clear(alarm(before, latching=latching), at=9)
    assert (cleared.state, cleared.cleared_at) == (after, 9)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.UNACKNOWLEDGED, S.ACKNOWLEDGED),
        (S.RETURNED_UNACKNOWLEDGED, S.NORMAL),
        (S.LATCHED_UNACKNOWLEDGED, S.LATCHED_ACKNOWLEDGED),
    ],
)
def test_acknowledging_names_who_and_when(before: AlarmState, after: AlarmState) -> None:
    answered = alarms.acknowledge(alarm(before), by="operator", at=7)
    assert answered.state is after
    assert (answered.acknowledged_by, answered.acknowledged_at) == ("operator", 7)


@pytest.mark.parametrize("state", [S.NORMAL, S.ACKNOWLEDGED, S.LATCHED_ACKNOWLEDGED])
def test_answered_alarm_cannot_be_acknowledged_again(state: AlarmState) -> None:
    assert not alarms.can_acknowledge(alarm(state))


def test_only_a_latched_and_acknowledged_alarm_can_be_reset() -> None:
    assert [s for s in AlarmState if alarms.can_reset(alarm(s))] == [S.LATCHED_ACKNOWLEDGED]
    assert alarms.reset(alarm(S.LATCHED_ACKNOWLEDGED)).state is S.NORMAL
