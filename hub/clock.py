"""The clocks, read at the edges only; whatever decides takes its `now` as an argument."""

import time
from collections.abc import Callable

from hub.errors import HubError
from rules.vocabulary.instant import MINUTE, SECOND, Instant

Clock = Callable[[], Instant]

MOST_AHEAD = 2 * MINUTE
"""A clock further ahead than this is wrong. Time servers keep clocks to a fraction of a second and
a pause of the machine costs seconds; the gateway grants the clocks of devices as much."""

_STEP = SECOND
"""A clock that differs by more from the time that passed was set, or the machine has slept."""


class ClockAhead(HubError):
    """The clock of this process is `by` microseconds ahead of the clock that it is measured by."""

    def __init__(self, by: Instant) -> None:
        self.by = by
        super().__init__(f"the clock is {by // SECOND} s ahead of the database's; set it right")


def system_clock() -> Instant:
    """The time now, in microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


def monotonic_clock() -> Instant:
    """Microseconds that have passed since some moment; nobody sets this clock."""
    return time.monotonic_ns() // 1000


def refuse_ahead(now: Instant, measured: Instant) -> None:
    """Raises ClockAhead: a clock that shows `now` cannot be right where another's is `measured`."""
    if (ahead := now - measured) > MOST_AHEAD:
        raise ClockAhead(ahead)


class CheckedClock:
    """A wall clock that is measured before it is first believed, and again whenever it was set.

    In between it costs nothing: it goes by `monotonic`, so it is as right as it was found.
    """

    def __init__(self, wall: Clock, monotonic: Clock, measure: Clock) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._measure = measure
        self._offset: Instant | None = None

    def __call__(self) -> Instant:
        """The time now. Raises ClockAhead, again and again until the clock is right."""
        now = self._wall()
        offset = now - self._monotonic()
        if self._offset is None or abs(offset - self._offset) > _STEP:
            refuse_ahead(now, self._measure())
            self._offset = offset
        return now
