"""The signals of a device, and the conditions that listen to them."""

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
        """Have `leaf` of `watch` listen."""
        if isinstance(leaf, Silent) and leaf.signal == HEARD:
            self[HEARD] = leaf.source = self.heard
            self.patience = min(self.patience, leaf.after)
        self.setdefault(leaf.signal, Point()).listeners.append((leaf, watch))
