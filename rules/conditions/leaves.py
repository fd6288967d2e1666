"""Leaves of a condition: each judges the readings of one point, in constant time a reading."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from math import exp
from typing import Any

from rules.instant import Instant
from rules.readings import Value

NEVER: Instant = 2**62
"""A deadline that never comes."""

Memory = Any
"""What a node must not forget over a restart: plain data, in a form of its own."""


class Leaf(ABC):
    """A condition on one point; before the first reading its truth is unknown, thus false."""

    __slots__ = ("at", "device", "signal", "truth", "value")

    def __init__(self, device: str, signal: str) -> None:
        self.device = device
        self.signal = signal
        self.truth = False
        self.value: Value = 0.0
        self.at: Instant = 0

    def push(self, at: Instant, value: Value) -> bool:
        """Take a reading in, `at` being later than the last. True: the truth has changed."""
        before = self.truth
        self.at = at
        self.value = value
        self.truth = self.judge(at, value)
        return self.truth is not before

    @abstractmethod
    def judge(self, at: Instant, value: Value) -> bool:
        """The truth after this reading."""

    def evaluate(self, at: Instant) -> bool:
        return self.truth

    def deadline(self) -> Instant:
        return NEVER

    def leaves(self) -> Iterator["Leaf"]:
        yield self

    def cause(self) -> "Leaf | None":
        return self if self.truth else None

    def memory(self) -> Memory:
        return [self.truth, self.value, self.at]

    def restore(self, memory: Memory) -> None:
        self.truth, self.value, self.at = memory


class Above(Leaf):
    """True from over `limit` (or from `limit` on, where `inclusive`) down to `clear`."""

    __slots__ = ("clear", "inclusive", "limit")

    def __init__(
        self, device: str, signal: str, *, limit: float, clear: float, inclusive: bool
    ) -> None:
        super().__init__(device, signal)
        self.limit = limit
        self.clear = clear
        self.inclusive = inclusive

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        if value > self.limit or (self.inclusive and value == self.limit):
            return True
        return self.truth and value > self.clear


class Below(Leaf):
    """True from under `limit` (or from `limit` on, where `inclusive`) up to `clear`."""

    __slots__ = ("clear", "inclusive", "limit")

    def __init__(
        self, device: str, signal: str, *, limit: float, clear: float, inclusive: bool
    ) -> None:
        super().__init__(device, signal)
        self.limit = limit
        self.clear = clear
        self.inclusive = inclusive

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        if value < self.limit or (self.inclusive and value == self.limit):
            return True
        return self.truth and value < self.clear


class OneOf(Leaf):
    """True while the value is one of `values`."""

    __slots__ = ("values",)

    def __init__(self, device: str, signal: str, *, values: frozenset[Value]) -> None:
        super().__init__(device, signal)
        self.values = values

    def judge(self, at: Instant, value: Value) -> bool:
        return value in self.values


class Changed(Leaf):
    """True for `within` after the value became another one."""

    __slots__ = ("known", "until", "within")

    def __init__(self, device: str, signal: str, *, within: int) -> None:
        super().__init__(device, signal)
        self.within = within
        self.until: Instant = 0
        self.known: Value | None = None

    def judge(self, at: Instant, value: Value) -> bool:
        if self.known is not None and value != self.known:
            self.until = at + self.within
        self.known = value
        return at < self.until

    def evaluate(self, at: Instant) -> bool:
        self.truth = at < self.until
        return self.truth

    def deadline(self) -> Instant:
        return self.until if self.truth else NEVER

    def memory(self) -> Memory:
        return [*super().memory(), self.until, self.known]

    def restore(self, memory: Memory) -> None:
        *mine, self.until, self.known = memory
        super().restore(mine)


class Moved(Leaf):
    """True while the value lies `by` away from the extreme of the last `within` microseconds.

    `sign` is -1 for a fall below the highest, +1 for a rise above the lowest. Once true, it
    stays so while the difference is over `clear`. The window is a monotonic queue: amortised
    O(1) a reading, and it holds only what may still become the extreme.
    """

    __slots__ = ("by", "clear", "sign", "window", "within")

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
        return self._truth(at)

    def evaluate(self, at: Instant) -> bool:
        if self.window:
            self.truth = self._truth(at)
        return self.truth

    def _truth(self, at: Instant) -> bool:
        window, oldest = self.window, at - self.within
        while len(window) > 1 and window[0][0] < oldest:
            window.popleft()
        moved = (window[-1][1] - window[0][1]) * self.sign
        # Differences of decimal figures carry binary rounding; a nano-unit is no movement.
        return moved + 1e-9 >= self.by or (self.truth and moved > self.clear)

    def deadline(self) -> Instant:
        return self.window[0][0] + self.within + 1 if self.truth else NEVER

    def memory(self) -> Memory:
        return [*super().memory(), [list(sample) for sample in self.window]]

    def restore(self, memory: Memory) -> None:
        *mine, window = memory
        super().restore(mine)
        self.window = deque((at, value) for at, value in window)


class Sum(Leaf):
    """True while the amounts of the last `within` microseconds add up to `limit` or more.

    Amounts are gathered in `within / 60` wide buckets, so memory is bounded whatever the rate;
    an amount leaves the sum when its bucket does. Clears at `clear` or less.
    """

    __slots__ = ("buckets", "clear", "limit", "width", "within")

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
        return total + 1e-9 >= self.limit or (self.truth and total > self.clear)

    def deadline(self) -> Instant:
        return self.buckets[0][0] + self.within if self.truth and self.buckets else NEVER

    def memory(self) -> Memory:
        return [*super().memory(), [list(bucket) for bucket in self.buckets]]

    def restore(self, memory: Memory) -> None:
        *mine, buckets = memory
        super().restore(mine)
        self.buckets = deque((at, amount) for at, amount in buckets)


class TimesNormal(Leaf):
    """True while the value is `factor` times its normal, and at least `floor`, or more.

    The normal is an exponential mean over about `over` microseconds; it counts once it has
    learned for a twelfth of that. It goes on learning while the condition is true: what lasts
    becomes the normal, so that a morning after a quiet night does not stay abnormal for ever.
    """

    __slots__ = ("factor", "floor", "learned", "normal", "over", "since")

    def __init__(self, device: str, signal: str, *, factor: float, floor: float, over: int) -> None:
        super().__init__(device, signal)
        self.factor = factor
        self.floor = floor
        self.over = over
        self.normal: float | None = None
        self.since: Instant = 0
        self.learned: Instant = 0

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        if self.normal is None:
            self.normal, self.since, self.learned = value, at, at
            return False
        known = at - self.since >= self.over // 12
        truth = known and value >= max(self.floor, self.factor * self.normal)
        self.normal += (1 - exp((self.learned - at) / self.over)) * (value - self.normal)
        self.learned = at
        return truth

    def memory(self) -> Memory:
        return [*super().memory(), self.normal, self.since, self.learned]

    def restore(self, memory: Memory) -> None:
        *mine, self.normal, self.since, self.learned = memory
        super().restore(mine)
