"""Leaves over the readings of the last while: how far, how fast, how much in all.

Each keeps a bounded memory, whatever its window and the device's rate.
"""

from collections import deque

from rules.conditions.leaves import LEAF, Leaf, LeafMemory
from rules.conditions.memory import Saved, named
from rules.vocabulary.instant import MINUTE, NEVER, Instant
from rules.vocabulary.reading import Value

NANO = 1e-9
"""Differences of decimal figures carry binary rounding; a nano-unit is nothing."""


class WindowFull(Exception):
    """A window would have to remember more readings than it may; the message has the remedy."""


class WindowMemory(LeafMemory, tag="window/1"):
    """The readings, or amounts, of the last while that may still count."""

    upcasts = (named(*LEAF, "window"),)

    window: list[tuple[Instant, float]]


class Moved(Leaf):
    """True while the value lies `by` away from the extreme of the last `within` microseconds.

    `sign` is -1 for a fall below the highest, +1 for a rise above the lowest. Once true, it
    stays so while the difference is over `clear`. The window is a monotonic queue: amortised
    O(1) a reading, and it holds only what may still become the extreme. Raises WindowFull where
    that is more than `MOST` readings.
    """

    __slots__ = ("by", "clear", "sign", "window", "within")

    timed = True
    MOST = 10_000

    def __init__(
        self, device: str, signal: str, *, by: float, clear: float, within: int, sign: int
    ) -> None:
        super().__init__(device, signal)
        self.by = by
        self.clear = clear
        self.within = within
        self.sign = sign
        self.window: deque[tuple[Instant, float]] = deque()

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        sign, window = self.sign, self.window
        while window and (window[-1][1] - value) * sign >= 0:
            window.pop()
        window.append((at, value))
        truth = self._truth(at)
        if len(window) > self.MOST:
            raise WindowFull(
                f"{self.signal}: over {self.MOST} readings that count lie within "
                f"{self.within / MINUTE:g} min; shorten within_s, or have the device speak less"
            )
        return truth

    def evaluate(self, at: Instant) -> bool:
        if self.window:
            self.truth = self._truth(at)
        return self.truth

    def _truth(self, at: Instant) -> bool:
        window, oldest = self.window, at - self.within
        while len(window) > 1 and window[0][0] < oldest:
            window.popleft()
        moved = (window[-1][1] - window[0][1]) * self.sign
        return moved + NANO >= self.by or (self.truth and moved > self.clear)

    def deadline(self) -> Instant:
        return self.window[0][0] + self.within + 1 if self.truth else NEVER

    def memory(self) -> WindowMemory:
        return WindowMemory(self.truth, self.value, self.at, list(self.window))

    def restore(self, saved: Saved) -> None:
        memory = WindowMemory.read(saved)
        super().restore(memory)
        self.window = deque(memory.window)


class Rate(Leaf):
    """True while the value falls (`sign` -1) or rises (+1) by `limit` a minute, or faster.

    The rate is that from the oldest reading of the last `within` microseconds to the newest; it
    is known where they lie at least half the window apart. Once true, it stays so while the rate
    is over `clear`. It is judged at each reading, and ends where none comes for `within`. Of the
    readings one is kept for each sixtieth of the window, the first.
    """

    __slots__ = ("clear", "limit", "sign", "window", "within")

    timed = True
    SLOTS = 60

    def __init__(
        self, device: str, signal: str, *, limit: float, clear: float, within: int, sign: int
    ) -> None:
        super().__init__(device, signal)
        self.limit = limit
        self.clear = clear
        self.within = within
        self.sign = sign
        self.window: deque[tuple[Instant, float]] = deque()

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        window, width = self.window, self.within // self.SLOTS
        while window and window[0][0] < at - self.within:
            window.popleft()
        if not window or window[-1][0] // width != at // width:
            window.append((at, value))
        begin, first = window[0]
        if (at - begin) * 2 < self.within:
            return False
        rate = (value - first) * self.sign * MINUTE / (at - begin)
        return rate + NANO >= self.limit or (self.truth and rate > self.clear)

    def evaluate(self, at: Instant) -> bool:
        self.truth = self.truth and at <= self.at + self.within
        return self.truth

    def deadline(self) -> Instant:
        return self.at + self.within + 1 if self.truth else NEVER

    def memory(self) -> WindowMemory:
        return WindowMemory(self.truth, self.value, self.at, list(self.window))

    def restore(self, saved: Saved) -> None:
        memory = WindowMemory.read(saved)
        super().restore(memory)
        self.window = deque(memory.window)


class Sum(Leaf):
    """True while the amounts of the last `within` microseconds add up to `limit` or more.

    Amounts are gathered in `within / 60` wide buckets, so memory is bounded whatever the rate;
    an amount leaves the sum when its bucket does. Clears at `clear` or less.
    """

    __slots__ = ("buckets", "clear", "limit", "width", "within")

    timed = True
    BUCKETS = 60

    def __init__(
        self, device: str, signal: str, *, limit: float, clear: float, within: int
    ) -> None:
        super().__init__(device, signal)
        self.limit = limit
        self.clear = clear
        self.within = within
        self.width = within // self.BUCKETS
        self.buckets: deque[tuple[Instant, float]] = deque()

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        bucket = at - at % self.width
        if self.buckets and self.buckets[-1][0] == bucket:
            self.buckets[-1] = (bucket, self.buckets[-1][1] + value)
        else:
            self.buckets.append((bucket, value))
        return self._truth(at)

    def evaluate(self, at: Instant) -> bool:
        self.truth = self._truth(at)
        return self.truth

    def _truth(self, at: Instant) -> bool:
        while self.buckets and self.buckets[0][0] + self.within <= at:
            self.buckets.popleft()
        total = sum(amount for _, amount in self.buckets)
        return total + NANO >= self.limit or (self.truth and total > self.clear)

    def deadline(self) -> Instant:
        return self.buckets[0][0] + self.within if self.truth and self.buckets else NEVER

    def memory(self) -> WindowMemory:
        return WindowMemory(self.truth, self.value, self.at, list(self.buckets))

    def restore(self, saved: Saved) -> None:
        memory = WindowMemory.read(saved)
        super().restore(memory)
        self.buckets = deque(memory.window)
