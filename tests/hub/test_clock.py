"""A clock is measured before it is believed, and whenever it was set."""

from dataclasses import dataclass

import pytest

from hub.clock import MOST_AHEAD, CheckedClock, ClockAhead
from rules.vocabulary.instant import HOUR, MINUTE, SECOND, Instant

AT: Instant = 1_800_000_000 * SECOND


@dataclass
class Clocks:
    """The clocks of two machines; `measured` counts how often the other's was asked."""

    wall: Instant = AT
    passed: Instant = 0
    other: Instant = AT
    measured: int = 0

    def checked(self) -> CheckedClock:
        return CheckedClock(lambda: self.wall, lambda: self.passed, self.measure)

    def measure(self) -> Instant:
        self.measured += 1
        return self.other


def test_clock_is_believed_without_asking_while_it_goes_as_time_passes() -> None:
    clocks = Clocks()
    clock = clocks.checked()
    for _ in range(3):
        assert clock() == clocks.wall
        clocks.wall += HOUR
        clocks.passed += HOUR
    assert clocks.measured == 1


def test_clock_that_is_ahead_from_the_start_is_refused() -> None:
    with pytest.raises(ClockAhead, match="121 s ahead"):
        Clocks(wall=AT + MOST_AHEAD + SECOND).checked()()


def test_clock_that_jumps_is_refused_until_it_is_right_again() -> None:
    clocks = Clocks()
    clock = clocks.checked()
    clock()
    clocks.wall += 6 * HOUR
    for _ in range(2):
        with pytest.raises(ClockAhead) as refused:
            clock()
        assert refused.value.by == 6 * HOUR
    clocks.wall = AT
    assert clock() == AT


def test_clock_of_a_machine_that_slept_is_right() -> None:
    clocks = Clocks()
    clock = clocks.checked()
    clock()
    clocks.wall += HOUR
    clocks.other += HOUR
    assert clock() == AT + HOUR


@pytest.mark.parametrize("by", [-HOUR, -SECOND, SECOND, MINUTE])
def test_clock_that_is_set_back_or_put_forward_a_little_is_believed(by: Instant) -> None:
    clocks = Clocks()
    clock = clocks.checked()
    clock()
    clocks.wall += by
    assert clock() == AT + by
