"""Absence: nothing has been heard for too long."""

from typing import Protocol

from rules.conditions.leaves import Leaf
from rules.vocabulary.instant import NEVER, SECOND, Instant
from rules.vocabulary.reading import Value

HEARD = "silence_s"
"""The point of a device at which all its readings are heard, whatever their signal.

`Watches` keeps its time; no reading is written there. Its leaves show the seconds of silence.
"""

ONLINE = "online"
"""The signal that a device's status topic gives: 1, or 0 from its own word or its last will on."""


class Heard(Protocol):
    """Something that knows when it was last heard."""

    at: Instant


class Silent(Leaf):
    """True once nothing has been heard for `after` microseconds.

    What has never been heard is unknown, not silent: a device that is being installed is on a
    list, not in alarm. `source` is the leaf itself where one signal is meant, and the device's
    point `HEARD` where any counts: that one is asked when the deadline comes, not told of each
    reading, so that hearing costs nothing.
    """

    __slots__ = ("after", "source")

    timed = True

    def __init__(self, device: str, signal: str, *, after: int) -> None:
        super().__init__(device, signal)
        self.after = after
        self.source: Heard = self

    def judge(self, at: Instant, value: Value) -> bool:
        return False

    def evaluate(self, at: Instant) -> bool:
        heard_at = self._heard_at()
        self.truth = bool(heard_at) and at - heard_at >= self.after
        if self.truth:
            self.value = (at - heard_at) / SECOND
        return self.truth

    def deadline(self) -> Instant:
        heard_at = self._heard_at()
        return NEVER if self.truth or not heard_at else heard_at + self.after

    def is_behind(self, at: Instant) -> bool:
        return not self.at

    def _heard_at(self) -> Instant:
        return max(self.at, self.source.at)
