"""Until when something may be so: later than now, and for so many hours at most."""

from types import SimpleNamespace
from typing import Any

import pytest

from rules.commands.refused import Refused
from rules.commands.until import need_end_within
from rules.vocabulary.instant import HOUR

NOON: Any = SimpleNamespace(now=1000 * HOUR)


@pytest.mark.parametrize("until_at", [1000 * HOUR + 1, 1008 * HOUR])
def test_a_time_within_the_hours_will_do(until_at: int) -> None:
    need_end_within(NOON, until_at, 8)


@pytest.mark.parametrize(
    ("until_at", "remedy"),
    [(1000 * HOUR, "give a later one"), (1008 * HOUR + 1, "at most 8 hours from now are allowed")],
)
def test_one_that_is_over_or_too_far_is_refused(until_at: int, remedy: str) -> None:
    with pytest.raises(Refused, match=remedy):
        need_end_within(NOON, until_at, 8)
