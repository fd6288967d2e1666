"""One thing after another."""

from collections.abc import Sequence

from rules.conditions.leaves import Leaf
from rules.conditions.memory import Memory, Saved, named
from rules.conditions.nodes import Branch, Node
from rules.vocabulary.instant import Instant


class InOrderMemory(Memory, tag="in-order/1"):
    """By part: whether it is true, and when the run began that has come so far."""

    upcasts = (named("truths", "begun", "complete", "parts"),)

    truths: list[bool]
    begun: list[Instant | None]
    complete: bool
    parts: list[Saved]


class InOrder(Branch):
    """True from when its last part becomes true after all others did in order, while it is so.

    From the first part's becoming true to the last's pass at most `within` microseconds. Parts
    that become true in one instant came together, not one after the other; what a part was
    before the others' turn does not count.
    """

    __slots__ = ("begun", "complete", "truths", "within")

    def __init__(self, parts: Sequence[Node], *, within: int) -> None:
        super().__init__(parts)
        self.within = within
        self.truths = [False] * len(self.parts)
        self.begun: list[Instant | None] = [None] * len(self.parts)
        """By part: when the newest run of parts began that has come as far as this one."""
        self.complete = False

    def evaluate(self, at: Instant) -> bool:
        truths = [part.evaluate(at) for part in self.parts]
        for n in reversed(range(len(truths))):
            if truths[n] and not self.truths[n]:
                self.begun[n] = self.begun[n - 1] if n else at
        begun = self.begun[-1]
        if not self.truths[-1]:
            self.complete = begun is not None and at - begun <= self.within
        self.truths = truths
        self.complete = self.complete and truths[-1]
        return self.complete

    def cause(self) -> Leaf | None:
        return self.parts[-1].cause() if self.complete else None

    def memory(self) -> Memory:
        parts = [part.memory() for part in self.parts]
        return InOrderMemory(self.truths, self.begun, self.complete, parts)

    def restore(self, saved: Saved) -> None:
        memory = InOrderMemory.read(saved)
        self.truths, self.begun, self.complete = memory.truths, memory.begun, memory.complete
        self._restore_parts(memory.parts)
