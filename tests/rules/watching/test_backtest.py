"""A backtest decides as the step does, and tells two versions of a rule apart."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import device_types, rulebook
from rules.records.events import SystemAlarm
from rules.rulebook.rule import Rule
from rules.state.inputs import Tick
from rules.step import step
from rules.vocabulary.instant import HOUR, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row, Value
from rules.watching.backtest import (
    Difference,
    Occurrence,
    begins_from,
    changed_rules,
    groups,
    matched,
    needs_hearing,
    warm_up,
)
from tests.rules import one_rule
from tests.rules.riverside import START, riverside
from tests.rules.test_step_properties import SIGNALS

Transition = tuple[Instant, str, str, str]
"""When, rule, device, and `raised` or `cleared`."""

END = START + 3 * HOUR
ALL = list(rulebook().rules.values())


@st.composite
def recordings(draw: st.DrawFn) -> list[Row]:
    """What a few devices of the sample estate reported within two hours, in order of time."""
    rows: dict[tuple[str, str, Instant], Value] = {}
    now = START
    for gap_s in draw(st.lists(st.integers(0, 400), min_size=1, max_size=40)):
        now += gap_s * SECOND
        for device, signal in draw(st.lists(st.sampled_from(sorted(SIGNALS)), max_size=3)):
            rows[device, signal, now] = draw(st.sampled_from(SIGNALS[device, signal]))
    return sorted(((*key, value) for key, value in rows.items()), key=lambda row: row[2])


def folded(rows: list[Row]) -> set[Transition]:
    """What the step raises and clears when each reading comes at its own time."""
    state, found = riverside(), set[Transition]()
    inputs: list[tuple[ReadingBatch | Tick, Instant]] = []
    for at in sorted({row[2] for row in rows}):
        inputs += [(ReadingBatch(at, [row for row in rows if row[2] == at]), at), (Tick(), at)]
    for input, now in [*inputs, (Tick(), END)]:
        for event in step(state, input, now):
            assert not isinstance(event.record, SystemAlarm), event
            if event.kind in ("alarm.raised", "alarm.raised_again", "alarm.cleared"):
                alarm: Any = event.record
                verb = "cleared" if event.kind == "alarm.cleared" else "raised"
                found.add((event.at, alarm.rule, alarm.device, verb))
    return found


def backtested(rows: list[Row], tried: list[Rule], *, slices: int = 1) -> list[Difference]:
    """The whole comparison, each group's readings given in so many parts."""
    found: list[Difference] = []
    for group in groups(riverside().estate, rulebook(), tried):
        number = {id_: n for n, id_ in enumerate(group.points)}
        mine = [
            (at, number[device, signal], value)
            for device, signal, at, value in rows
            if (device, signal) in number
        ]
        for n in range(slices):
            begins, ends = START + n * 3 * HOUR // slices, START + (n + 1) * 3 * HOUR // slices
            group.take(sample for sample in mine if begins <= sample[0] < ends)
        found += group.end(END)
        assert group.faults == []
    return found


def transitions(occurrences: Iterable[Occurrence | None]) -> set[Transition]:
    found = set[Transition]()
    for o in occurrences:
        if o is not None:
            found.add((o.raised_at, o.rule, o.device, "raised"))
            if o.cleared_at is not None:
                found.add((o.cleared_at, o.rule, o.device, "cleared"))
    return found


@settings(max_examples=12)
@given(recordings(), st.integers(1, 4))
def test_the_rules_in_force_decide_in_a_backtest_as_in_the_step(
    rows: list[Row], slices: int
) -> None:
    unheard = needs_hearing(groups(riverside().estate, rulebook(), ALL))
    tried = [rule for rule in ALL if rule.id not in unheard]
    assert len(tried) > 25
    found = backtested(rows, tried, slices=slices)
    judged = {t for t in folded(rows) if t[1] not in unheard}
    assert transitions(d.current for d in found) == judged
    assert transitions(d.tried for d in found) == judged
    assert not any(d.moved or d.reprioritised or d.kind != "changed" for d in found)


def test_a_recording_with_alarms_gives_them() -> None:
    """So that the property above compares more than nothing with nothing."""
    sensor = ("b3-05-01-kitchen-leak", "wet")
    rows: list[Row] = [
        (*sensor, START, 0.0),
        (*sensor, START + 60 * SECOND, 1.0),
        (*sensor, START + 600 * SECOND, 0.0),
    ]
    (found,) = backtested(rows, [rulebook().rules["leak"]])
    assert found.current == found.tried
    assert found.current is not None
    assert (found.current.raised_at - START, found.current.value) == (65 * SECOND, 1.0)
    assert transitions([found.current]) == folded(rows)


def rule(**fields: Any) -> Rule:
    """A rule on the lift's temperature of the small estate."""
    when = {"signal": "floor", "above": fields.pop("above", 5)}
    return Rule.model_validate(one_rule.rule(when, **fields))


def compared(current: Rule, tried: Rule, readings: Iterable[tuple[float, Value]]) -> Difference:
    """The one difference that readings of the lift's floor (seconds, value) make."""
    state = one_rule.Bench(one_rule.book()).state
    book = one_rule.book(current.model_dump(by_alias=True, exclude_none=True))
    group = next(
        g for g in groups(state.estate, book, [tried]) if g.points[0][0] == one_rule.DEVICE
    )
    group.take((one_rule.START + round(at_s * SECOND), 0, value) for at_s, value in readings)
    (found,) = group.end(one_rule.START + HOUR)
    return found


COURSE = [(0, 0.0), (60, 7.0), (120, 9.0), (300, 0.0)]


def test_a_higher_limit_begins_later() -> None:
    found = compared(rule(), rule(above=8), COURSE)
    assert (found.kind, found.moved, found.reprioritised) == ("changed", True, False)
    assert found.current is not None
    assert found.tried is not None
    assert found.tried.raised_at - found.current.raised_at == 60 * SECOND


def test_a_limit_that_is_never_reached_takes_the_alarm_away() -> None:
    assert compared(rule(), rule(above=20), COURSE).kind == "removed"


def test_a_rule_that_is_new_adds_alarms() -> None:
    assert compared(rule(), rule(id="another"), COURSE).kind == "added"


def test_another_priority_is_told_though_nothing_moves() -> None:
    found = compared(rule(), rule(priority="P2"), COURSE)
    assert (found.kind, found.moved, found.reprioritised) == ("changed", False, True)


def test_a_rule_for_other_devices_loses_its_alarms_here() -> None:
    assert compared(rule(), rule(device_types=["leak"]), COURSE).kind == "removed"


def test_a_condition_that_fails_is_named_and_set_aside_alone() -> None:
    state = one_rule.Bench(one_rule.book()).state
    (group,) = groups(state.estate, one_rule.book(), [rule(), rule(id="other")])
    leaf = next(watch.node for watch, _ in group.watches if watch.rule.id == "judged").parts[0]
    leaf.limit = "high"  # type: ignore[attr-defined]
    group.take([(one_rule.START, 0, 9.0)])
    (found,) = group.end(one_rule.START + HOUR)
    assert found.shown.rule == "other"
    assert "rule judged failed on device l1 (TypeError" in group.faults[0]


def occurrence(raised_at: int, cleared_at: int | None) -> Occurrence:
    return Occurrence("r", "d", "P3", "d", "s", 1.0, raised_at, cleared_at)


@pytest.mark.parametrize(
    ("current", "tried", "pairs"),
    [
        ([(1, 5)], [(3, 9)], [(1, 3)]),
        ([(1, 5)], [(6, 9)], [(1, None), (None, 6)]),
        ([(1, 5)], [(5, 9)], [(1, 5)]),
        ([(1, None)], [(8, 9)], [(1, 8)]),
        ([(1, 9)], [(2, 3), (5, 6)], [(1, 2), (None, 5)]),
        ([(1, 2), (4, 5)], [(1, 5)], [(1, 1), (4, None)]),
    ],
)
def test_alarms_are_the_same_where_they_overlap_in_time(
    current: list[tuple[int, int]], tried: list[tuple[int, int]], pairs: list[Any]
) -> None:
    found = matched([occurrence(*o) for o in current], [occurrence(*o) for o in tried])
    assert [
        (d.current and d.current.raised_at, d.tried and d.tried.raised_at) for d in found
    ] == pairs


def test_what_began_in_the_warm_up_is_left_out_unless_one_side_begins_later() -> None:
    assert not begins_from(Difference(occurrence(1, 20), occurrence(2, 20)), 10)
    assert begins_from(Difference(occurrence(1, 20), occurrence(11, 20)), 10)
    assert begins_from(Difference(None, occurrence(10, 20)), 10)


def test_only_rules_that_differ_in_more_than_their_version_are_judged() -> None:
    leak, other = rulebook().rules["leak"], rulebook().rules["rain-red"]
    bumped = leak.model_copy(update={"version": 7})
    graver = other.model_copy(update={"priority": "P1"})
    new = leak.model_copy(update={"id": "leak-in-the-attic"})
    assert changed_rules(rulebook().rules, [bumped, graver, new]) == [graver, new]


def test_the_warm_up_holds_every_span_of_the_longest_rule() -> None:
    rules = rulebook().rules
    short = warm_up(rulebook(), [rules["leak"]], device_types())
    assert warm_up(rulebook(), [rules["leak"], rules["rain-blue"]], device_types()) == (
        short - round((rules["leak"].on_delay_s + rules["leak"].off_delay_s) * SECOND) + 12 * HOUR
    )
    assert short > device_types().by_id["leak"].heartbeat_s * SECOND


def test_devices_that_share_no_point_fall_into_groups_of_their_own() -> None:
    estate = riverside().estate
    leaks = groups(estate, rulebook(), [rulebook().rules["leak"]])
    assert all(len(group.points) == 1 for group in leaks)
    bursts = groups(estate, rulebook(), [rulebook().rules["pipe-burst"]])
    for group in bursts:
        assert len({estate.devices[device].place.building for device, _ in group.points}) == 1
