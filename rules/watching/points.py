"""The signals of a device, and the conditions that listen to them."""

from bisect import insort
from dataclasses import dataclass, field

from rules.conditions.absence import HEARD, Silent
from rules.conditions.leaves import Leaf
from rules.vocabulary.instant import NEVER, Instant
from rules.vocabulary.reading import Value
from rules.watching.watch import Watch


@dataclass(slots=True)
class Point:
    """One signal of one device, and who listens to it. `at` is the newest event time seen."""

    at: Instant = 0
    value: Value | None = None
    listeners: list[tuple[Leaf, Watch]] = field(default_factory=list)


class DevicePoints(dict[str, Point]):
    """The points of one device by signal.

    `heard` is the time of its newest reading, whatever the signal; who waits for its silence is
    told of a reading only after `patience` (microseconds), the least that any of them has.
    `lateness` (microseconds) is how long its readings wait for earlier ones.
    """

    __slots__ = ("heard", "lateness", "patience")

    def __init__(self) -> None:
        super().__init__()
        self.heard = Point()
        self.patience: int = NEVER
        self.lateness: int = 0

    def add(self, leaf: Leaf, watch: Watch) -> None:
        """Have `leaf` of `watch`, in whose order they come, listen."""
        self._point(leaf).listeners.append((leaf, watch))

    def insert(self, leaf: Leaf, watch: Watch) -> None:
        """Have `leaf` of `watch` listen, in its place among those that do."""
        listeners = self._point(leaf).listeners
        if listeners:
            insort(listeners, (leaf, watch), key=lambda pair: pair[1].order)
        else:
            listeners.append((leaf, watch))

    def tidy(self) -> None:
        """Let go of what nobody listens to any more."""
        for signal in [signal for signal, point in self.items() if not point.listeners]:
            del self[signal]
        waiting = [leaf.after for leaf, _ in self.heard.listeners if isinstance(leaf, Silent)]
        self.patience = min(waiting, default=NEVER)

    def _point(self, leaf: Leaf) -> Point:
        if isinstance(leaf, Silent) and leaf.signal == HEARD:
            if HEARD not in self:
                self[HEARD] = self.heard = Point()  # when it was heard, nobody asked before
            leaf.source = self.heard
            self.patience = min(self.patience, leaf.after)
        if (point := self.get(leaf.signal)) is None:
            point = self[leaf.signal] = Point()
        return point
