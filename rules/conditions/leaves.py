"""Leaves of a condition: each judges the readings of one point, in constant time a reading."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from rules.conditions.memory import Memory, Saved, Upcast, named
from rules.vocabulary.instant import NEVER, Instant
from rules.vocabulary.reading import Value

LEAF = ("truth", "value", "at")
"""Names of what every leaf remembers, in the order of version 0."""


def over_leaf(*names: str) -> Upcast:
    """From version 0 of a leaf that keeps what every leaf does in a list of its own."""
    return lambda values: dict(zip((*LEAF, *names), (*values[0], *values[1:]), strict=True))


def _from_list(values: Saved) -> dict[str, Saved]:
    """From version 0, in which a device that was only heard might have said nothing."""
    truth, value, at = values
    return {"truth": truth, "value": 0.0 if value is None else value, "at": at}


class LeafMemory(Memory, tag="leaf/1"):
    """Its truth, and the newest reading."""

    upcasts: ClassVar[tuple[Upcast, ...]] = (_from_list,)

    truth: bool
    value: Value
    at: Instant


class Leaf(ABC):
    """A condition on one point; before the first reading its truth is unknown, thus false.

    `touched` belongs to the node that counts like leaves of several devices (`Several`): a leaf
    puts itself there when it is to be looked at again.
    """

    __slots__ = ("at", "device", "signal", "touched", "truth", "value")

    timed = False
    """Whether the truth, or its deadline, may change other than by a change of truth."""

    def __init__(self, device: str, signal: str) -> None:
        self.device = device
        self.signal = signal
        self.truth = False
        self.value: Value = 0.0
        self.at: Instant = 0
        self.touched: set[Leaf] | None = None

    def push(self, at: Instant, value: Value) -> bool:
        """Take a reading in, `at` being later than the last. True: the truth has changed."""
        before = self.truth
        self.at = at
        self.value = value
        self.truth = self.judge(at, value)
        is_turned = self.truth is not before
        if self.touched is not None and (is_turned or self.timed):
            self.touched.add(self)
        return is_turned

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

    def is_behind(self, at: Instant) -> bool:
        """Whether the newest reading, of `at`, has not reached it: it is new to the point."""
        return self.at < at

    def memory(self) -> LeafMemory:
        return LeafMemory(self.truth, self.value, self.at)

    def restore(self, saved: Saved) -> None:
        """Take back what `memory` gave. Raises `UNREADABLE`."""
        memory = LeafMemory.read(saved)
        self.truth, self.value, self.at = memory.truth, memory.value, memory.at


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


class Outside(Leaf):
    """True while the value lies under `low` or over `high`."""

    __slots__ = ("high", "low")

    def __init__(self, device: str, signal: str, *, low: float, high: float) -> None:
        super().__init__(device, signal)
        self.low = low
        self.high = high

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        return not self.low <= value <= self.high


class OneOf(Leaf):
    """True while the value is one of `values`."""

    __slots__ = ("values",)

    def __init__(self, device: str, signal: str, *, values: frozenset[Value]) -> None:
        super().__init__(device, signal)
        self.values = values

    def judge(self, at: Instant, value: Value) -> bool:
        return value in self.values


class ChangedMemory(LeafMemory, tag="changed/1"):
    """Until when it is true, and the value that the next one is compared with."""

    upcasts = (named(*LEAF, "until", "known"),)

    until: Instant
    known: Value | None


class Changed(Leaf):
    """True for `within` after the value became another one."""

    __slots__ = ("known", "until", "within")

    timed = True

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

    def memory(self) -> ChangedMemory:
        return ChangedMemory(self.truth, self.value, self.at, self.until, self.known)

    def restore(self, saved: Saved) -> None:
        memory = ChangedMemory.read(saved)
        super().restore(memory)
        self.until, self.known = memory.until, memory.known
