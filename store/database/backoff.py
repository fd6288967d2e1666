"""How long to wait before the next attempt: longer each time, and never in step with others."""

import random
from collections.abc import Callable

FIRST_S, LONGEST_S = 0.2, 15.0

_MOST_DOUBLINGS = 32  # far beyond any longest wait, and no number overflows

Jitter = Callable[[float, float], float]
"""Draws a number between two others."""


def wait_s(
    failures: int, *, first_s: float, longest_s: float, jitter: Jitter = random.uniform
) -> float:
    """Seconds to wait after so many `failures` in a row, doubling and cut by up to a half."""
    doubled_s = first_s * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)
    return min(doubled_s, longest_s) * jitter(0.5, 1.0)


class Backoff:
    """Counts the failures in a row of one thing that is tried again and again."""

    def __init__(
        self,
        *,
        first_s: float = FIRST_S,
        longest_s: float = LONGEST_S,
        jitter: Jitter = random.uniform,
    ) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._jitter = jitter
        self._failures = 0

    def next_s(self) -> float:
        """The delay in seconds before the coming attempt: the last one failed."""
        self._failures += 1
        return wait_s(
            self._failures, first_s=self._first_s, longest_s=self._longest_s, jitter=self._jitter
        )

    def reset(self) -> None:
        """The last attempt succeeded."""
        self._failures = 0
