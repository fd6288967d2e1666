"""Levels: I is the gravest, IV the least."""

import pytest

from rules.vocabulary.priority import LEVELS, Level, at_least, higher, rank


def test_levels_rank_from_the_gravest_on() -> None:
    assert [rank(level) for level in LEVELS] == [1, 2, 3, 4]


@pytest.mark.parametrize(("a", "b", "graver"), [("I", "II", "I"), ("IV", "III", "III")])
def test_the_higher_of_two_levels_is_the_graver(a: Level, b: Level, graver: Level) -> None:
    assert higher(a, b) == higher(b, a) == graver


def test_a_level_is_at_least_itself_and_whatever_is_less_grave() -> None:
    assert [at_least("II", threshold) for threshold in LEVELS] == [False, True, True, True]
