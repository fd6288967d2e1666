"""The wall clock, read at the edges only; whatever decides takes its `now` as an argument."""

import time
from collections.abc import Callable

from rules.vocabulary.instant import Instant

Clock = Callable[[], Instant]


def system_clock() -> Instant:
    """The time now, in microseconds since the epoch, UTC."""
    return time.time_ns() // 1000
