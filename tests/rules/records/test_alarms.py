"""The alarm life cycle of ISA-18.2, transition by transition: every state, every happening."""

from collections.abc import Callable

import pytest

from rules.records import alarms
from rules.records.alarms import Alarm, AlarmState
from rules.records.suppressions import Holder
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

A, B, C, D, E, F = AlarmState
IMPOSSIBLE = None
SHELF: Holder = ("shelved", "e-s1")


def alarm(
    state: AlarmState, *, latching: bool = False, by: Holder | None = None, stale: bool = False
) -> Alarm:
    text = Text("a", "甲")
    made = Alarm(
        id="e-a1", estate="e", device="d", signal="wet", rule="leak", rule_version=1,
        priority="P3", state=state, latching=latching, title=text, advice=text,
        place=Place(text), value=1.0, unit="", source="", raised_at=1, stale=stale,
    )  # fmt: skip
    return alarms.suppress(made, by) if by else made


def acknowledged(before: Alarm) -> Alarm | None:
    can = alarms.can_acknowledge(before)
    return alarms.acknowledge(before, by="operator", at=7) if can else IMPOSSIBLE


def reset(before: Alarm) -> Alarm | None:
    return alarms.reset(before) if alarms.can_reset(before) else IMPOSSIBLE


def realarmed(before: Alarm) -> Alarm | None:
    return alarms.realarm(before) if alarms.can_realarm(before) else IMPOSSIBLE


def raised(before: Alarm) -> Alarm:
    return alarms.raise_again(before, value=2.0)


def cleared(before: Alarm) -> Alarm | None:
    return alarms.clear(before, at=9) if before.standing else IMPOSSIBLE


TABLE: dict[Callable[[Alarm], Alarm | None], dict[AlarmState, AlarmState | None]] = {
    raised: {A: B, B: B, C: C, D: B, E: B, F: B},
    acknowledged: {A: IMPOSSIBLE, B: C, C: IMPOSSIBLE, D: A, E: F, F: IMPOSSIBLE},
    reset: {A: IMPOSSIBLE, B: IMPOSSIBLE, C: IMPOSSIBLE, D: IMPOSSIBLE, E: IMPOSSIBLE, F: A},
    realarmed: {
        A: IMPOSSIBLE, B: IMPOSSIBLE, C: B, D: IMPOSSIBLE, E: IMPOSSIBLE, F: IMPOSSIBLE,
    },
    cleared: {A: IMPOSSIBLE, B: D, C: A, D: IMPOSSIBLE, E: IMPOSSIBLE, F: IMPOSSIBLE},
    alarms.unsuppress: {A: A, B: B, C: B, D: D, E: E, F: F},
}  # fmt: skip
"""By what happens: the state before and the one after."""

EVERY = [
    pytest.param(happens, before, after, id=f"{happens.__name__} in {before.name}")
    for happens, row in TABLE.items()
    for before, after in row.items()
]


@pytest.mark.parametrize(("happens", "before", "after"), EVERY)
def test_every_state_has_one_answer_to_every_happening(
    happens: Callable[[Alarm], Alarm | None], before: AlarmState, after: AlarmState | None
) -> None:
    result = happens(alarm(before))
    assert (result and result.state) == after


def test_the_table_leaves_no_state_out() -> None:
    assert all(row.keys() == set(AlarmState) for row in TABLE.values())


@pytest.mark.parametrize(("before", "after"), [(B, E), (C, F)])
def test_a_latching_alarm_waits_for_its_reset(before: AlarmState, after: AlarmState) -> None:
    assert alarms.clear(alarm(before, latching=True), at=9).state is after


@pytest.mark.parametrize("latching", [False, True])
@pytest.mark.parametrize("before", [B, C])
def test_what_clears_while_held_back_asks_for_no_answer(before: AlarmState, latching: bool) -> None:
    assert alarms.clear(alarm(before, latching=latching, by=SHELF), at=9).state is A


@pytest.mark.parametrize("state", AlarmState)
def test_suppression_overlays_the_state_and_is_taken_off_again(state: AlarmState) -> None:
    held = alarms.suppress(alarm(state), SHELF)
    assert (held.state, held.suppression, held.suppression_kind) == (state, "e-s1", "shelved")
    free = alarms.unsuppress(held)
    assert (free.suppression, free.suppression_kind) == (None, None)


def test_a_held_back_alarm_is_not_annunciated_again() -> None:
    assert realarmed(alarm(C, by=SHELF)) is IMPOSSIBLE


@pytest.mark.parametrize("happens", [realarmed, alarms.unsuppress, raised])
def test_what_asks_for_a_new_answer_forgets_the_old_one(happens: Callable[[Alarm], Alarm]) -> None:
    answered = alarms.acknowledge(alarm(B), by="operator", at=7)
    asks = happens(answered)
    assert (asks.acknowledged_by, asks.acknowledged_at) == (None, None)


def test_an_alarm_that_comes_back_counts_and_is_judged_anew() -> None:
    over = alarms.clear(alarm(B, by=SHELF), at=9)
    again = alarms.raise_again(over, value=2.0)
    assert (again.count, again.value, again.cleared_at) == (2, 2.0, None)
    assert again.suppression is None


def test_clearing_ends_staleness() -> None:
    over = alarms.clear(alarm(B, stale=True), at=9)
    assert (over.stale, over.cleared_at) == (False, 9)


def test_acknowledging_names_who_and_when() -> None:
    answered = alarms.acknowledge(alarm(B), by="operator", at=7)
    assert (answered.acknowledged_by, answered.acknowledged_at) == ("operator", 7)


def test_an_alarm_is_active_until_it_is_normal_and_standing_while_its_condition_is() -> None:
    assert [s for s in AlarmState if alarm(s).active] == [B, C, D, E, F]
    assert [s for s in AlarmState if alarm(s).standing] == [B, C]
