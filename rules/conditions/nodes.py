"""The tree over a condition's leaves: all, any, not, held for a time, true recently.

A node says when its truth may change without a further reading (`deadline`), so that time
needs no polling; all times are event times and never go back.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from rules.conditions.leaves import Leaf
from rules.conditions.memory import Memory, Saved, named
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

    def memory(self) -> Memory | None:
        """What `restore` needs to go on from here; None: nothing."""

    def restore(self, saved: Saved) -> None:
        """Take back what `memory` gave, in any version of it. Raises `UNREADABLE`."""


class BranchMemory(Memory, tag="branch/1"):
    """The memories of its parts."""

    upcasts = (lambda parts: {"parts": parts},)

    parts: list[Saved]


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
        return BranchMemory([part.memory() for part in self.parts])

    def restore(self, saved: Saved) -> None:
        self._restore_parts(BranchMemory.read(saved).parts)

    def _restore_parts(self, memories: Sequence[Saved]) -> None:
        for part, memory in zip(self.parts, memories, strict=True):
            part.restore(memory)


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


class HeldMemory(Memory, tag="held/1"):
    """Since when its part has been true, and whether that is long enough."""

    upcasts = (named("since", "held", "part"),)

    since: Instant | None
    held: bool
    part: Saved


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
        return HeldMemory(self.since, self.held, self.parts[0].memory())

    def restore(self, saved: Saved) -> None:
        memory = HeldMemory.read(saved)
        self.since, self.held = memory.since, memory.held
        self.parts[0].restore(memory.part)


class RecentMemory(Memory, tag="recent/1"):
    """When its part was last true, whether it is now, and its own truth."""

    upcasts = (named("last", "part_true", "truth", "part"),)

    last: Instant | None
    part_true: bool
    truth: bool
    part: Saved


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
        return RecentMemory(self.last, self.part_true, self.truth, self.parts[0].memory())

    def restore(self, saved: Saved) -> None:
        memory = RecentMemory.read(saved)
        self.last, self.part_true, self.truth = memory.last, memory.part_true, memory.truth
        self.parts[0].restore(memory.part)


def presume_held(node: Node, at: Instant) -> None:
    """Have `node`, known to have been true at `at`, count its delays as over by then."""
    if isinstance(node, Held):
        node.since, node.held = at - node.for_, True
    if isinstance(node, Branch) and not isinstance(node, Not):
        for part in node.parts:
            presume_held(part, at)
