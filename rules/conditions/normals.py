"""Leaves that learn what is normal for a point, and are true where it is exceeded."""

from datetime import tzinfo
from math import exp

from rules.conditions.leaves import LEAF, Leaf, LeafMemory
from rules.conditions.memory import Saved, named
from rules.vocabulary.instant import HOUR, Instant, to_datetime
from rules.vocabulary.reading import Value


class NormalMemory(LeafMemory, tag="normal/1"):
    """The running normal, since when it is learned, and when last."""

    upcasts = (named(*LEAF, "normal", "since", "learned"),)

    normal: float | None
    since: Instant
    learned: Instant


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
        truth = known and self._exceeds(value, self.normal)
        self.normal = _learned(self.normal, value, at - self.learned, self.over)
        self.learned = at
        return truth

    def _exceeds(self, value: float, normal: float) -> bool:
        return value >= max(self.floor, self.factor * normal)

    def memory(self) -> NormalMemory:
        return NormalMemory(self.truth, self.value, self.at, self.normal, self.since, self.learned)

    def restore(self, saved: Saved) -> None:
        memory = NormalMemory.read(saved)
        super().restore(memory)
        self.normal, self.since, self.learned = memory.normal, memory.since, memory.learned


def _hours_apart(values: Saved) -> dict[str, Saved]:
    """From version 0: the running normal in a list of its own."""
    running, hours = values
    return {**NormalMemory.upcasts[0](running), "hours": hours}


class HourNormalMemory(NormalMemory, tag="hour-normal/1"):
    """The running normal, and of each hour: which, its normal, and since when it is learned."""

    upcasts = (_hours_apart,)

    hours: list[tuple[int, float, Instant]]


class TimesHourNormal(TimesNormal):
    """As TimesNormal, where each hour of the day (in `zone`) has a normal of its own.

    It is an exponential mean over about `days` days of that hour, and counts from the next day
    on; until then the running normal does. A silence is learned as an hour at most.
    """

    __slots__ = ("days", "hour", "hour_ends", "hours", "zone")

    def __init__(
        self, device: str, signal: str, *, factor: float, floor: float, over: int, days: int,
        zone: tzinfo,
    ) -> None:  # fmt: skip
        super().__init__(device, signal, factor=factor, floor=floor, over=over)
        self.days = days
        self.zone = zone
        self.hour = 0
        self.hour_ends: Instant = 0
        self.hours: dict[int, tuple[float, Instant]] = {}
        """By hour: its normal, and since when it is learned."""

    def judge(self, at: Instant, value: Value) -> bool:
        if isinstance(value, str):
            return self.truth
        passed = min(at - self.learned, HOUR)
        truth = super().judge(at, value)
        if at >= self.hour_ends:
            self.hour = to_datetime(at).astimezone(self.zone).hour
            self.hour_ends = at - at % (HOUR // 4) + HOUR // 4  # zones are whole quarters away
        if self.hour not in self.hours:
            self.hours[self.hour] = value, at
            return truth
        normal, since = self.hours[self.hour]
        if at - since >= 12 * HOUR:
            truth = self._exceeds(value, normal)
        self.hours[self.hour] = _learned(normal, value, passed, self.days * HOUR), since
        return truth

    def memory(self) -> HourNormalMemory:
        hours = [(hour, *known) for hour, known in self.hours.items()]
        return HourNormalMemory(
            self.truth, self.value, self.at, self.normal, self.since, self.learned, hours
        )

    def restore(self, saved: Saved) -> None:
        memory = HourNormalMemory.read(saved)
        super().restore(memory)
        self.hours = {hour: (normal, since) for hour, normal, since in memory.hours}


def _learned(normal: float, value: float, passed: int, over: int) -> float:
    """The exponential mean over `over` after `value` has held for `passed` (microseconds)."""
    return normal + (1 - exp(-passed / over)) * (value - normal)
