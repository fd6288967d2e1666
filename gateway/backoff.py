"""How long to wait before the next attempt: longer each time, and never in step with others."""

import random
from collections.abc import Callable

FIRST_S, LONGEST_S = 0.2, 15.0


class Backoff:
    """Delays in seconds, doubling from `FIRST_S` to `LONGEST_S`, each cut by up to a half."""

    def __init__(self, jitter: Callable[[float, float], float] = random.uniform) -> None:
        self._jitter = jitter
        self._longest_s = FIRST_S

    def next_s(self) -> float:
        """The delay before the coming attempt."""
        delay_s = self._longest_s * self._jitter(0.5, 1.0)
        self._longest_s = min(self._longest_s * 2, LONGEST_S)
        return delay_s

    def reset(self) -> None:
        """The last attempt succeeded."""
        self._longest_s = FIRST_S
