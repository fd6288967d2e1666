"""Each leaf by itself: at which value it turns, what it remembers, when it is looked at again."""

from collections.abc import Callable
from typing import Any

import pytest

from rules.conditions.leaves import Above, Below, Changed, Leaf, LeafMemory, OneOf, Outside
from rules.conditions.windows import Moved, Rate, Sum, WindowFull
from rules.vocabulary.instant import MINUTE, NEVER
from rules.vocabulary.reading import Value

Made = Callable[..., Leaf]


def above(**more: Any) -> Leaf:
    return Above("d", "s", **{"limit": 10.0, "clear": 8.0, "inclusive": False} | more)


def below(**more: Any) -> Leaf:
    return Below("d", "s", **{"limit": 10.0, "clear": 12.0, "inclusive": False} | more)


def moved(**more: Any) -> Leaf:
    return Moved("d", "s", **{"by": 3.0, "clear": 1.0, "within": 60, "sign": 1} | more)


def rate(**more: Any) -> Leaf:
    return Rate("d", "s", **{"limit": 6.0, "clear": 3.0, "within": MINUTE, "sign": 1} | more)


def total(**more: Any) -> Leaf:
    return Sum("d", "s", **{"limit": 10.0, "clear": 4.0, "within": 600} | more)


def truths(leaf: Leaf, *values: Value) -> list[bool]:
    """What it holds after each value, one a microsecond."""
    found = []
    for at, value in enumerate(values, leaf.at + 1):
        leaf.push(at, value)
        found.append(leaf.truth)
    return found


def test_above_begins_over_its_limit_and_ends_at_its_clear_value() -> None:
    assert truths(above(), 10, 10.5, 8.5, 8, 9) == [False, True, True, False, False]
    assert truths(above(inclusive=True), 9.9, 10) == [False, True]


def test_below_begins_under_its_limit_and_ends_at_its_clear_value() -> None:
    assert truths(below(), 10, 9.5, 11.5, 12, 11) == [False, True, True, False, False]
    assert truths(below(inclusive=True), 10.1, 10) == [False, True]


def test_outside_is_true_beyond_both_ends_and_not_at_them() -> None:
    assert truths(Outside("d", "s", low=-1, high=1), -1, -1.1, 1, 1.1) == [False, True, False, True]


def test_one_of_is_true_for_its_values_alone() -> None:
    leaf = OneOf("d", "s", values=frozenset({"fire", 1.0}))
    assert truths(leaf, "fire", "normal", 1.0, 2.0) == [True, False, True, False]


@pytest.mark.parametrize("made", [above, below, moved, rate, total])
def test_a_word_says_nothing_about_a_measured_value(made: Made) -> None:
    leaf = made()
    leaf.truth = True
    assert truths(leaf, "broken") == [True]
    leaf.truth = False
    assert truths(leaf, "broken") == [False]


def test_changed_is_true_for_a_while_after_the_value_became_another() -> None:
    leaf = Changed("d", "s", within=10)
    leaf.push(100, "a")
    assert (leaf.truth, leaf.deadline()) == (False, NEVER)
    leaf.push(105, "a")
    leaf.push(110, "b")
    assert (leaf.truth, leaf.deadline()) == (True, 120)
    leaf.push(119, "b")
    assert leaf.truth
    assert [leaf.evaluate(at) for at in (119, 120)] == [True, False]


def test_a_push_says_whether_the_truth_turned_and_keeps_the_reading() -> None:
    leaf = above()
    assert [leaf.push(at, value) for at, value in ((1, 11), (2, 12), (3, 7))] == [True, False, True]
    assert (leaf.value, leaf.at) == (7, 3)
    assert [leaf.is_behind(at) for at in (3, 4)] == [False, True]


def test_a_leaf_is_its_own_cause_while_it_is_true() -> None:
    leaf = above()
    assert (leaf.cause(), leaf.deadline()) == (None, NEVER)
    leaf.push(1, 11)
    assert (leaf.cause(), list(leaf.leaves()), leaf.evaluate(5)) == (leaf, [leaf], True)


def test_a_leaf_tells_the_node_that_counts_it_when_it_turns_and_each_time_where_time_matters() -> (
    None
):
    for leaf, told in ((above(), [False, True, False]), (total(), [True, True, True])):
        leaf.touched = set()
        found = []
        for at, value in enumerate((1, 11, 12)):
            leaf.touched.clear()
            leaf.push(at, value)
            found.append(leaf.touched == {leaf})
        assert found == told, leaf


def test_a_rise_counts_from_the_lowest_value_within_the_window() -> None:
    assert truths(moved(), 5, 2, 4.9, 5, 3.1, 3) == [False, False, False, True, True, False]


def test_a_fall_counts_from_the_highest_value_within_the_window() -> None:
    assert truths(moved(sign=-1), 5, 8, 5.1, 5, 6.9, 7) == [False, False, False, True, True, False]


def test_a_value_counts_as_extreme_for_exactly_the_window() -> None:
    leaf = moved()
    leaf.push(100, 0)
    leaf.push(150, 3)
    assert (leaf.truth, leaf.deadline()) == (True, 161)
    assert [leaf.evaluate(at) for at in (160, 161)] == [True, False]
    assert leaf.deadline() == NEVER


def test_nothing_heard_is_nothing_moved() -> None:
    assert [leaf.evaluate(100) for leaf in (moved(), total())] == [False, False]


def test_binary_rounding_does_not_keep_a_move_or_a_sum_from_its_limit() -> None:
    assert truths(moved(by=0.3, clear=0.0), 0.1, 0.4) == [False, True]
    assert truths(total(limit=0.3, clear=0.0), 0.1, 0.1, 0.1) == [False, False, True]
    assert truths(moved(by=0.3, clear=0.0), 0.1, 0.3999) == [False, False]


def test_a_window_remembers_only_what_may_still_become_the_extreme_and_that_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Moved, "MOST", 3)
    falling = moved(within=MINUTE)
    assert truths(falling, 9, 8, 7, 6, 5) == [False] * 5
    rising = moved(within=MINUTE, by=100.0)
    truths(rising, 1, 2, 3)
    with pytest.raises(WindowFull, match="s: over 3 readings that count lie within 1 min"):
        rising.push(10, 4)


def test_a_rate_is_known_from_half_the_window_on_and_is_one_a_minute() -> None:
    leaf = rate()
    leaf.push(MINUTE, 0)
    for at, value, truth in ((1.4999, 6.0, False), (1.5, 2.9, False), (1.5, 3.0, True)):
        leaf.push(round(at * MINUTE), value)
        assert leaf.truth is truth, (at, value)
    leaf.push(2 * MINUTE, 3.1)
    assert leaf.truth, "over the clear rate"
    leaf.push(2 * MINUTE, 3.0)
    assert not leaf.truth


def test_a_falling_rate_is_the_other_way_round() -> None:
    leaf = rate(sign=-1)
    leaf.push(MINUTE, 10)
    leaf.push(2 * MINUTE, 16)
    assert not leaf.truth
    leaf.push(2 * MINUTE, 4)
    assert leaf.truth


def test_the_oldest_reading_of_a_rate_lies_within_the_window() -> None:
    leaf = rate(clear=5.9)
    leaf.push(MINUTE, 0)
    leaf.push(round(1.5 * MINUTE), 0)
    leaf.push(2 * MINUTE, 6)
    assert leaf.truth, "a whole minute later it still counts"
    leaf.push(2 * MINUTE + 1, 2.9)
    assert not leaf.truth, "2.9 in half a minute"


def test_a_rate_ends_where_nothing_is_heard_for_longer_than_the_window() -> None:
    leaf = rate()
    leaf.push(MINUTE, 0)
    leaf.push(2 * MINUTE, 6)
    assert leaf.deadline() == 3 * MINUTE + 1
    assert [leaf.evaluate(at) for at in (3 * MINUTE, 3 * MINUTE + 1)] == [True, False]
    assert leaf.deadline() == NEVER


def test_of_each_sixtieth_of_a_rate_s_window_the_first_reading_is_kept() -> None:
    leaf = rate(within=600)
    for at in (600, 605, 609, 610, 625):
        leaf.push(at, float(at))
    assert leaf.memory().window == [(600, 600.0), (610, 610.0), (625, 625.0)]  # type: ignore[attr-defined]


def test_amounts_add_up_in_sixtieths_of_the_window_and_leave_with_theirs() -> None:
    leaf = total()
    for at, amount in ((601, 3.0), (609, 3.0), (610, 3.9)):
        leaf.push(at, amount)
    assert not leaf.truth
    assert leaf.memory().window == [(600, 6.0), (610, 3.9)]  # type: ignore[attr-defined]
    leaf.push(615, 0.1)
    assert (leaf.truth, leaf.deadline()) == (True, 1200)
    assert [leaf.evaluate(at) for at in (1199, 1200)] == [True, False]
    assert leaf.deadline() == NEVER


def test_a_sum_stays_true_down_to_its_clear_value() -> None:
    leaf = total(clear=3.9)
    for at, amount in ((600, 6.0), (610, 4.0)):
        leaf.push(at, amount)
    assert [leaf.evaluate(at) for at in (610, 1200, 1210)] == [True, True, False]


@pytest.mark.parametrize(
    "made", [above, below, moved, rate, total, lambda: Changed("d", "s", within=9)]
)
def test_a_restored_leaf_goes_on_as_the_one_that_remembers(made: Made) -> None:
    for count in range(1, 8):
        true, again = made(), made()
        series = [(MINUTE // 4 * n, float(n * n % 13)) for n in range(1, 12)]
        for at, value in series[:count]:
            true.push(at, value)
        again.restore(true.memory())
        assert again.memory() == true.memory()
        for at, value in series[count:]:
            assert again.push(at, value) == true.push(at, value)
            assert again.memory() == true.memory()


def test_what_a_device_that_had_said_nothing_remembered_in_version_0_can_be_read() -> None:
    leaf = above()
    leaf.restore([True, None, 5])
    assert leaf.memory() == LeafMemory(True, 0.0, 5)
