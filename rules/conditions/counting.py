"""How often: readings that pass a test, and times that a part became true."""

from collections import deque

from rules.conditions.leaves import Leaf, LeafMemory, over_leaf
from rules.conditions.memory import Memory, Saved, named
from rules.conditions.nodes import Branch, Node
from rules.vocabulary.instant import NEVER, Instant
from rules.vocabulary.reading import Value


class OfLastMemory(LeafMemory, tag="of-last/1"):
    """The memory of its test, and which of the newest readings passed it."""

    upcasts = (over_leaf("test", "passed"),)

    test: Saved
    passed: list[bool]


class OfLast(Leaf):
    """True while at least `least` of the last `last` readings pass `test`."""

    __slots__ = ("least", "passed", "test")

    def __init__(self, test: Leaf, *, least: int, last: int) -> None:
        super().__init__(test.device, test.signal)
        self.test = test
        self.least = least
        self.passed: deque[bool] = deque(maxlen=last)

    def judge(self, at: Instant, value: Value) -> bool:
        self.test.push(at, value)
        self.passed.append(self.test.truth)
        return sum(self.passed) >= self.least

    def memory(self) -> OfLastMemory:
        test = self.test.memory()
        return OfLastMemory(self.truth, self.value, self.at, test, list(self.passed))

    def restore(self, saved: Saved) -> None:
        memory = OfLastMemory.read(saved)
        super().restore(memory)
        self.test.restore(memory.test)
        self.passed.extend(memory.passed)


class SeenWithinMemory(LeafMemory, tag="seen-within/1"):
    """The memory of its test, and when the newest readings that passed it were."""

    upcasts = (over_leaf("test", "seen"),)

    test: Saved
    seen: list[Instant]


class SeenWithin(Leaf):
    """True while at least `least` readings of the last `within` microseconds pass `test`."""

    __slots__ = ("seen", "test", "within")

    timed = True

    def __init__(self, test: Leaf, *, least: int, within: int) -> None:
        super().__init__(test.device, test.signal)
        self.test = test
        self.within = within
        self.seen: deque[Instant] = deque(maxlen=least)

    def judge(self, at: Instant, value: Value) -> bool:
        self.test.push(at, value)
        if self.test.truth:
            self.seen.append(at)
        return self.evaluate(at)

    def evaluate(self, at: Instant) -> bool:
        self.truth = len(self.seen) == self.seen.maxlen and at < self.seen[0] + self.within
        return self.truth

    def deadline(self) -> Instant:
        return self.seen[0] + self.within if self.truth else NEVER

    def memory(self) -> SeenWithinMemory:
        test = self.test.memory()
        return SeenWithinMemory(self.truth, self.value, self.at, test, list(self.seen))

    def restore(self, saved: Saved) -> None:
        memory = SeenWithinMemory.read(saved)
        super().restore(memory)
        self.test.restore(memory.test)
        self.seen.extend(memory.seen)


class TimesMemory(Memory, tag="times/1"):
    """When its part last became true, whether it is now, and its own truth."""

    upcasts = (named("onsets", "part_true", "truth", "part"),)

    onsets: list[Instant]
    part_true: bool
    truth: bool
    part: Saved


class Times(Branch):
    """True while its part became true at least `times` times in the last `within` microseconds."""

    __slots__ = ("onsets", "part_true", "truth", "within")

    def __init__(self, part: Node, *, times: int, within: int) -> None:
        super().__init__([part])
        self.within = within
        self.onsets: deque[Instant] = deque(maxlen=times)
        self.part_true = False
        self.truth = False

    def evaluate(self, at: Instant) -> bool:
        was_true = self.part_true
        self.part_true = self.parts[0].evaluate(at)
        if self.part_true and not was_true:
            self.onsets.append(at)
        self.truth = len(self.onsets) == self.onsets.maxlen and at < self.onsets[0] + self.within
        return self.truth

    def deadline(self) -> Instant:
        own = self.onsets[0] + self.within if self.truth else NEVER
        return min(own, self.parts[0].deadline())

    def cause(self) -> Leaf | None:
        return self.parts[0].cause() or next(self.leaves()) if self.truth else None

    def memory(self) -> Memory:
        part = self.parts[0].memory()
        return TimesMemory(list(self.onsets), self.part_true, self.truth, part)

    def restore(self, saved: Saved) -> None:
        memory = TimesMemory.read(saved)
        self.part_true, self.truth = memory.part_true, memory.truth
        self.onsets.extend(memory.onsets)
        self.parts[0].restore(memory.part)
