"""The tree over a condition's leaves: all, any, not, held for a time, true recently.

A node says when its truth may change without a further reading (`deadline`), so that time
needs no polling; all times are event times and never go back.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from rules.conditions.leaves import Leaf, Memory
from rules.vocabulary.instant import NEVER, Instant


class Node(Protocol):
    """Part of a condition; a leaf is one too."""

    def evaluate(self, at: Instant) -> bool:
        """The truth at event time `at`."""

    def deadline(self) -> Instant:
        """When the truth last evaluated may next change by itself; NEVER where it cannot."""

    def leaves(self) -> Iterator[Leaf]:
        """All leaves, in the rule's order."""

    def cause(self) -> Leaf | None:
        """The first leaf, in the rule's order, that makes the node true."""

    def memory(self) -> Memory:
        """What `restore` needs to go on from here."""

    def restore(self, memory: Memory) -> None:
        """Take back what `memory` gave."""


class Branch:
    """A node over several others."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Node]) -> None:
        self.parts = tuple(parts)

    def deadline(self) -> Instant:
        return min((part.deadline() for part in self.parts), default=NEVER)

    def leaves(self) -> Iterator[Leaf]:
        for part in self.parts:
            yield from part.leaves()

    def cause(self) -> Leaf | None:
        return next((c for part in self.parts if (c := part.cause()) is not None), None)

    def memory(self) -> Memory:
        return [part.memory() for part in self.parts]

    def restore(self, memory: Memory) -> None:
        for part, remembered in zip(self.parts, memory, strict=True):
            part.restore(remembered)


class AllOf(Branch):
    """True while every part is."""

    __slots__ = ()

    def evaluate(self, at: Instant) -> bool:
        truths = [part.evaluate(at) for part in self.parts]  # every part must see the time
        return all(truths)


class AnyOf(Branch):
    """True while at least one part is."""

    __slots__ = ()

    def evaluate(self, at: Instant) -> bool:
        truths = [part.evaluate(at) for part in self.parts]
        return any(truths)


class Not(Branch):
    """True while its one part is not; so also while nothing is known."""

    __slots__ = ()

    def __init__(self, part: Node) -> None:
        super().__init__([part])

    def evaluate(self, at: Instant) -> bool:
        return not self.parts[0].evaluate(at)

    def cause(self) -> Leaf | None:
        return None


class Held(Branch):
    """True once its part has been so for `for_` microseconds on end (on-delay)."""

    __slots__ = ("for_", "held", "since")

    def __init__(self, part: Node, for_: int) -> None:
        super().__init__([part])
        self.for_ = for_
        self.since: Instant | None = None
        self.held = False

    def evaluate(self, at: Instant) -> bool:
        if not self.parts[0].evaluate(at):
            self.since = None
        elif self.since is None:
            self.since = at
        self.held = self.since is not None and at - self.since >= self.for_
        return self.held

    def deadline(self) -> Instant:
        own = NEVER if self.since is None or self.held else self.since + self.for_
        return min(own, self.parts[0].deadline())

    def cause(self) -> Leaf | None:
        return self.parts[0].cause() if self.held else None

    def memory(self) -> Memory:
        return [self.since, self.held, self.parts[0].memory()]

    def restore(self, memory: Memory) -> None:
        self.since, self.held, part = memory
        self.parts[0].restore(part)


class Recent(Branch):
    """True while its part is, and for `within` microseconds after."""

    __slots__ = ("last", "part_true", "truth", "within")

    def __init__(self, part: Node, within: int) -> None:
        super().__init__([part])
        self.within = within
        self.last: Instant | None = None
        self.part_true = False
        self.truth = False

    def evaluate(self, at: Instant) -> bool:
        was_true = self.part_true
        self.part_true = self.parts[0].evaluate(at)
        if was_true or self.part_true:
            self.last = at
        self.truth = self.part_true or (self.last is not None and at < self.last + self.within)
        return self.truth

    def deadline(self) -> Instant:
        own = NEVER
        if self.truth and not self.part_true and self.last is not None:
            own = self.last + self.within
        return min(own, self.parts[0].deadline())

    def cause(self) -> Leaf | None:
        if not self.truth:
            return None
        return self.parts[0].cause() or next(self.leaves())

    def memory(self) -> Memory:
        return [self.last, self.part_true, self.truth, self.parts[0].memory()]

    def restore(self, memory: Memory) -> None:
        self.last, self.part_true, self.truth, part = memory
        self.parts[0].restore(part)
