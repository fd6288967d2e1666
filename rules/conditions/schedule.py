"""Parts of the day and of the year, by the clock on the estate's wall."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from rules.conditions.leaves import Leaf
from rules.conditions.memory import Saved
from rules.vocabulary.instant import NEVER, Instant, from_datetime, to_datetime

_MIDNIGHT = time(0)
_DAY = timedelta(days=1)


class During:
    """True from `begins` to `ends`, local time, on days that begin in one of `months` (1 to 12).

    Where `ends` is not later than `begins`, it lies on the next day. A night in which clocks are
    put forward or back is an hour shorter or longer, as it is for people; a time that is skipped
    is taken an hour later, one that comes twice at its first coming.
    """

    __slots__ = ("begins", "ends", "months", "truth", "until", "zone")

    def __init__(
        self,
        zone: tzinfo,
        *,
        begins: time = _MIDNIGHT,
        ends: time = _MIDNIGHT,
        months: frozenset[int],
    ) -> None:
        self.zone = zone
        self.begins = begins
        self.ends = ends
        self.months = months
        self.truth = False
        self.until: Instant = 0
        """When to look at the calendar again."""

    def evaluate(self, at: Instant) -> bool:
        if at >= self.until:
            self._look(at)
        return self.truth

    def _look(self, at: Instant) -> None:
        today = to_datetime(at).astimezone(self.zone).date()
        for day in (today - _DAY, today, today + _DAY):
            begin, end = self._span(day)
            if at < begin:
                self.truth, self.until = False, begin
                return
            if at < end and day.month in self.months:
                self.truth, self.until = True, end
                return
        raise AssertionError("tomorrow has not begun")

    def _span(self, day: date) -> tuple[Instant, Instant]:
        last = day + _DAY if self.ends <= self.begins else day
        return self._instant(day, self.begins), self._instant(last, self.ends)

    def _instant(self, day: date, clock: time) -> Instant:
        return from_datetime(datetime.combine(day, clock, self.zone))

    def deadline(self) -> Instant:
        return self.until or NEVER

    def leaves(self) -> Iterator[Leaf]:
        yield from ()

    def cause(self) -> Leaf | None:
        return None

    def memory(self) -> None:
        return None

    def restore(self, saved: Saved) -> None:
        """The calendar remembers."""
