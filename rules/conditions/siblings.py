"""Like leaves of several devices, counted: what it costs does not grow with their number."""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from rules.conditions.leaves import Leaf
from rules.conditions.memory import Memory, Saved, named
from rules.vocabulary.instant import NEVER, Instant


class CountedMemory(Memory, tag="counted/1"):
    """Of one leaf: until when it counts, when it is looked at again, and whether at once."""

    upcasts = (named("leaf", "until", "due", "touched"),)

    leaf: Saved
    until: Instant | None = None
    due: Instant | None = None
    touched: bool = False


class SeveralMemory(Memory, tag="several/1"):
    """By device, the memory of its leaf."""

    upcasts = (lambda devices: {"devices": devices},)

    devices: dict[str, Saved]


class Several:
    """True while at least `least` of its leaves count, each of another device.

    A leaf counts while it is true and for `within` microseconds after. Only leaves that readings
    touched, or whose deadline has come, are looked at. It remembers by device: devices may come
    and go without mixing up what is known of the others.
    """

    __slots__ = ("_heap", "counting", "due", "least", "order", "parts", "touched", "within")

    def __init__(self, parts: Sequence[Leaf], *, least: int = 1, within: int = 0) -> None:
        self.parts = tuple(parts)
        self.least = least
        self.within = within
        self.order = {leaf: n for n, leaf in enumerate(self.parts)}
        self.touched: set[Leaf] = set()
        self.counting: dict[Leaf, Instant] = {}
        """By leaf that counts: until when, NEVER while it is true."""
        self.due: dict[Leaf, Instant] = {}
        """By leaf: when it is to be looked at again."""
        self._heap: list[tuple[Instant, int, Leaf]] = []
        for leaf in self.parts:
            leaf.touched = self.touched

    def evaluate(self, at: Instant) -> bool:
        for leaf in self.touched:
            self._look(leaf, at)
        self.touched.clear()
        while self.deadline() <= at:
            self._look(self._heap[0][2], at)
        return len(self.counting) >= self.least

    def _look(self, leaf: Leaf, at: Instant) -> None:
        until = NEVER
        if leaf.evaluate(at):
            self.counting[leaf] = NEVER
        elif leaf in self.counting:
            until = self.counting[leaf]
            if until == NEVER:  # it has just ended
                until = self.counting[leaf] = at + self.within
            if until <= at:
                del self.counting[leaf]
                until = NEVER
        self._schedule(leaf, min(until, leaf.deadline()))

    def _schedule(self, leaf: Leaf, due: Instant) -> None:
        if self.due.get(leaf, NEVER) == due:
            return
        if due == NEVER:
            del self.due[leaf]
            return
        self.due[leaf] = due
        heappush(self._heap, (due, self.order[leaf], leaf))
        if len(self._heap) > 2 * len(self.parts):
            self._heap = [(due, self.order[leaf], leaf) for leaf, due in self.due.items()]
            heapify(self._heap)

    def deadline(self) -> Instant:
        heap = self._heap
        while heap and self.due.get(heap[0][2]) != heap[0][0]:
            heappop(heap)
        return heap[0][0] if heap else NEVER

    def leaves(self) -> Iterator[Leaf]:
        yield from self.parts

    def cause(self) -> Leaf | None:
        if len(self.counting) < self.least:
            return None
        return min(self.counting, key=lambda leaf: (not leaf.truth, self.order[leaf]))

    def memory(self) -> Memory:
        return SeveralMemory({leaf.device: self._counted(leaf) for leaf in self.parts if leaf.at})

    def _counted(self, leaf: Leaf) -> CountedMemory:
        until, due = self.counting.get(leaf), self.due.get(leaf)
        return CountedMemory(leaf.memory(), until, due, leaf in self.touched)

    def restore(self, saved: Saved) -> None:
        devices = SeveralMemory.read(saved).devices
        for leaf in self.parts:
            if leaf.device not in devices:
                continue
            memory = CountedMemory.read(devices[leaf.device])
            leaf.restore(memory.leaf)
            if memory.until is not None:
                self.counting[leaf] = memory.until
            if memory.due is not None:
                self._schedule(leaf, memory.due)
            if memory.touched:
                self.touched.add(leaf)
