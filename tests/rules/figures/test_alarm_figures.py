"""Standing figures of alarm performance, each by its definition (ISA-18.2, EEMUA 191)."""

from bisect import bisect_right
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.figures.alarm_figures import AlarmFigures, figures, flood_spans
from rules.figures.alarm_history import Period
from rules.figures.alarm_targets import Verdict
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant
from rules.vocabulary.priority import Priority
from tests.rules.alarm_records import START, Record, instant

MIN_S, HOUR_S, DAY_S = 60, 3600, 86_400


def of(
    record: Record, *, hours: float = 24, authorised: frozenset[str] = frozenset()
) -> AlarmFigures:
    period = Period(START, START + round(hours * HOUR))
    return figures(record.transitions, period, authorised=authorised)


def burst(record: Record, n: int, *, at: float = 0, every: float = 1, name: str = "b") -> None:
    for i in range(n):
        record.raised(at + i * every, f"{name}{i}")


# Load -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alarms_in_a_day", "verdict"),
    [(0, "met"), (144, "met"), (145, "tolerable"), (288, "tolerable"), (289, "missed")],
)
def test_the_average_is_acceptable_up_to_one_and_tolerable_up_to_two_in_10_minutes(
    alarms_in_a_day: int, verdict: Verdict
) -> None:
    record = Record()
    burst(record, alarms_in_a_day, every=120)
    found = of(record)
    assert found.per_10_min.value == pytest.approx(alarms_in_a_day / 144)
    assert found.per_10_min.verdict == verdict
    assert found.per_day.value == alarms_in_a_day


def test_a_period_without_alarms_meets_every_target() -> None:
    found = of(Record())
    assert found.annunciated == 0
    assert found.peak_at is None
    assert found.slots == (0,) * 144
    for figure in (found.per_day, found.peak_10_min, found.flood_time, found.stale):
        assert (figure.value, figure.verdict) == (0, "met")
    assert {p.verdict for p in found.priorities} == {"too_few"}
    assert found.bad_actors == ()


@pytest.mark.parametrize(("alarms", "verdict"), [(10, "met"), (11, "missed")])
def test_the_peak_is_the_busiest_10_minutes(alarms: int, verdict: Verdict) -> None:
    record = Record()
    burst(record, alarms, at=35 * MIN_S)
    found = of(record)
    assert (found.peak_10_min.value, found.peak_10_min.verdict) == (alarms, verdict)
    assert found.peak_at == START + 30 * MINUTE
    assert found.slots_over.value == (1 / 144 if alarms > 10 else 0)


def test_the_last_slot_may_be_shorter() -> None:
    record = Record()
    record.raised(21 * MIN_S)
    assert of(record, hours=25 / 60).slots == (0, 0, 1)


def test_what_comes_before_or_at_the_end_of_the_period_is_not_in_it() -> None:
    record = Record()
    record.raised(-1, "before")
    record.raised(0, "first")
    record.raised(HOUR_S, "after")
    assert of(record, hours=1).annunciated == 1


def test_late_data_counts_when_the_operator_was_told() -> None:
    record = Record()
    record.raised(-HOUR_S, told=65 * MIN_S)
    assert of(record, hours=2).peak_at == START + 60 * MINUTE


# What asks the operator -------------------------------------------------------------------------


def test_raised_again_realarmed_and_no_longer_held_back_ask_again() -> None:
    record = Record()
    record.raised(0)
    record.other("acknowledged", 10)
    record.other("realarmed", 700)
    record.cleared(800)
    record.again(900)
    record.other("suppressed", 1000, suppression="s1")
    record.other("unsuppressed", 2000)
    assert of(record).annunciated == 4


@pytest.mark.parametrize("kind", ["became_stale", "first_out_changed", "settled", "chattering"])
def test_other_events_of_an_alarm_do_not(kind: str) -> None:
    record = Record()
    record.raised(0)
    record.other(kind, 10)
    assert of(record).annunciated == 1


def test_suppressed_alarms_do_not_ask() -> None:
    record = Record()
    record.raised(0, suppression="s1")
    record.cleared(10, suppression="s1")
    record.again(20, suppression="s1")
    assert of(record).annunciated == 0


def test_an_alarm_held_back_in_the_same_breath_never_reached_anybody() -> None:
    record = Record()
    record.again(5, told=6)
    record.other("suppressed", 6, suppression="s1")
    record.again(5, "d2", told=6)
    record.other("suppressed", 7, "d2", suppression="s1")
    found = of(record)
    assert [a.device for a in found.bad_actors] == ["d2"]


def test_an_alarm_that_is_over_when_it_comes_free_does_not_ask() -> None:
    record = Record()
    record.raised(0, suppression="s1")
    record.other("unsuppressed", 10, standing=False)
    assert of(record).annunciated == 0


# Floods -----------------------------------------------------------------------------------------


def test_a_flood_lasts_from_the_eleventh_alarm_until_fewer_than_five_are_left() -> None:
    times = [instant(i * 10) for i in range(11)]
    assert flood_spans(times) == [(instant(100), instant(60 + 600))]


def test_ten_alarms_are_no_flood() -> None:
    assert flood_spans([instant(i) for i in range(10)]) == []
    assert flood_spans([instant(i * 60) for i in range(100)]) == []


def test_a_flood_that_began_before_the_period_counts_from_its_start() -> None:
    record = Record()
    burst(record, 11, at=-60)
    found = of(record, hours=1)
    assert found.annunciated == 0
    assert found.floods == 1
    # the fifth alarm from the end, at -54 s, leaves the 10 minutes at 546 s
    assert found.flood_time.value == pytest.approx(546 / HOUR_S)
    assert found.flood_time.verdict == "missed"


# Priorities and answers ---------------------------------------------------------------------------


def test_the_share_of_each_priority_stands_beside_its_target() -> None:
    record = Record()
    amounts: dict[Priority, int] = {"P1": 3, "P2": 10, "P3": 20, "P4": 67}
    for priority, amount in amounts.items():
        for i in range(amount):
            record.raised(i, f"{priority}-{i}", priority=priority)
    found = {p.priority: p for p in of(record).priorities}
    assert {p: f.share for p, f in found.items()} == {"P1": 0.03, "P2": 0.1, "P3": 0.2, "P4": 0.67}
    assert [f.target for f in found.values()] == [0.01, 0.05, 0.15, 0.80]
    assert [f.verdict for f in found.values()] == ["missed", "tolerable", "tolerable", "tolerable"]


def test_a_share_of_fewer_than_a_hundred_alarms_is_not_judged() -> None:
    record = Record()
    burst(record, 99)
    assert {p.verdict for p in of(record).priorities} == {"too_few"}
    assert of(record).top_ten.verdict == "too_few"


def test_time_to_acknowledge_runs_from_when_the_operator_was_asked() -> None:
    record = Record()
    for i, after in enumerate([10, 20, 30, 40, 1000]):
        record.raised(i * 100, f"d{i}", priority="P2", told=i * 100 + 1)
        record.other("acknowledged", i * 100 + 1 + after, f"d{i}", priority="P2")
    p2 = of(record).priorities[1]
    assert (p2.acknowledged, p2.acknowledge_median_s, p2.acknowledge_p95_s) == (5, 30, 1000)
    assert of(record).priorities[0].acknowledge_median_s is None


def test_a_second_raise_does_not_reset_the_time_to_acknowledge_but_a_realarm_does() -> None:
    record = Record()
    record.raised(0)
    record.cleared(5)
    record.again(50)
    record.other("acknowledged", 60)
    record.other("realarmed", 1000)
    record.other("acknowledged", 1004)
    p3 = of(record).priorities[2]
    assert (p3.acknowledge_median_s, p3.acknowledge_p95_s) == (4, 60)


# Restless points ----------------------------------------------------------------------------------


def test_the_ten_worst_points_are_named_with_their_share() -> None:
    record = Record()
    for i in range(12):
        for n in range(12 - i):
            record.again(n * HOUR_S + i, f"d{i:02}")
    found = of(record)
    assert [a.device for a in found.bad_actors] == [f"d{i:02}" for i in range(10)]
    assert found.bad_actors[0].share == 12 / 78
    assert found.top_ten.value == pytest.approx(75 / 78)


@pytest.mark.parametrize(("third_at", "chatters"), [(60, 1), (61, 0)])
def test_three_activations_within_a_minute_are_chattering(third_at: int, chatters: int) -> None:
    record = Record()
    for at in (0, 30, third_at):
        record.again(at)
        record.cleared(at + 1)
    found = of(record)
    assert found.chattering.value == chatters
    assert [p.most_per_min for p in found.chattering_points] == [3] * chatters


def test_a_point_that_was_held_for_chattering_chatters() -> None:
    record = Record()
    record.raised(0)
    record.other("chattering", 40)
    assert [p.device for p in of(record).chattering_points] == ["d1"]
    assert of(record).chattering.verdict == "missed"


# Stale alarms -------------------------------------------------------------------------------------


def test_an_alarm_is_stale_once_it_has_stood_for_more_than_a_day() -> None:
    record = Record()
    record.raised(0, "long")
    record.raised(0, "day")
    record.cleared(DAY_S, "day")
    found = of(record, hours=48)
    assert [(s.alarm, s.ended_at) for s in found.stale_alarms] == [("long", None)]
    assert (found.stale.value, found.stale.verdict) == (1, "met")


def test_the_worst_day_decides_on_stale_alarms() -> None:
    record = Record()
    for i in range(5):
        record.stood_since(-2 * DAY_S, f"d{i}")
        record.cleared(DAY_S + 1, f"d{i}")
    record.raised(0, "later")
    found = of(record, hours=72)
    assert found.stale.value == 6
    assert found.stale.verdict == "missed"
    assert len(found.stale_alarms) == 6


def test_a_stale_alarm_that_went_on_the_first_day_is_not_counted_on_the_second() -> None:
    record = Record()
    record.stood_since(-2 * DAY_S, "first")
    record.cleared(HOUR_S, "first")
    record.raised(1, "second")
    found = of(record, hours=48)
    assert found.stale.value == 1
    assert len(found.stale_alarms) == 2


def test_a_suppressed_alarm_is_not_stale() -> None:
    record = Record()
    record.stood_since(-2 * DAY_S)
    record.other("suppressed", -HOUR_S, suppression="s1")
    assert of(record).stale.value == 0


def test_an_alarm_known_only_from_a_later_event_stood_since_it_was_raised() -> None:
    record = Record()
    record.other("acknowledged", 0)
    assert of(record, hours=48).stale.value == 1


# Suppression --------------------------------------------------------------------------------------


def test_suppression_that_nobody_answers_for_is_counted() -> None:
    record = Record()
    record.raised(0, "d1", suppression="s1")
    record.cleared(1, "d1", suppression="s1")
    record.raised(0, "d2", suppression="unknown")
    record.other("suppressed", 0, "d3", suppression="a7")
    found = of(record, authorised=frozenset({"s1", "a7"}))
    assert (found.unauthorised.value, found.unauthorised.verdict) == (1, "missed")


# Properties ---------------------------------------------------------------------------------------

KINDS = ("raised", "again", "cleared", "acknowledged", "suppressed", "unsuppressed", "realarmed")


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Anything at all, sensible or not, from a day before the period to an hour after it."""
    record = Record()
    moments = draw(
        st.lists(st.integers(-DAY_S, 7 * HOUR_S).map(lambda s: s // 7 * 7), max_size=120)
    )
    for at in sorted(moments):
        kind = draw(st.sampled_from(KINDS))
        device = draw(st.sampled_from(["d1", "d2", "d3"]))
        if kind in ("raised", "again", "cleared"):
            getattr(record, kind)(at, device)
        else:
            record.other(kind, at, device, suppression="s1" if kind == "suppressed" else None)
    return record


@given(records(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_has_no_effect(record: Record, random: Random) -> None:
    found = of(record, hours=6)
    random.shuffle(record.transitions)
    assert of(record, hours=6) == found


@given(records())
def test_every_sum_adds_up(record: Record) -> None:
    found = of(record, hours=6)
    assert sum(found.slots) == sum(p.annunciated for p in found.priorities) == found.annunciated
    assert max(found.slots) == found.peak_10_min.value
    # there are three points: all of them are among the ten worst
    assert sum(a.annunciated for a in found.bad_actors) == found.annunciated
    assert 0 <= found.flood_time.value <= 1


@given(st.lists(st.integers(0, 3000), max_size=80))
def test_the_time_in_flood_is_that_of_the_definition(seconds: list[int]) -> None:
    times = sorted(instant(s) for s in seconds)
    spans = flood_spans(times)
    assert sum(end - began for began, end in spans) == flooded_by_definition(times)
    assert all(a[1] < b[0] for a, b in pairwise(spans))


def flooded_by_definition(times: list[Instant]) -> int:
    """Second by second: how many alarms the last 10 minutes hold, and whether it is a flood."""
    if not times:
        return 0
    total, flood = 0, False
    for at in range(times[0], times[-1] + 10 * MINUTE + SECOND, SECOND):
        within = bisect_right(times, at) - bisect_right(times, at - 10 * MINUTE)
        flood = within >= 5 if flood else within > 10
        total += SECOND * flood
    return total


@given(st.lists(st.integers(-DAY_S, 2 * DAY_S), min_size=1, max_size=20))
def test_stale_alarms_of_the_worst_day_are_those_of_the_definition(began: list[int]) -> None:
    record = Record()
    for i, at in enumerate(sorted(began)):
        record.raised(at, f"d{i}")
        record.cleared(at + 30 * HOUR_S, f"d{i}")
    days = [
        sum(START + d * DAY < instant(at) + 30 * HOUR and instant(at) + DAY < START + (d + 1) * DAY
            for at in began)
        for d in range(2)
    ]  # fmt: skip
    assert of(record, hours=48).stale.value == max(days)
