"""Deadlines of alarms, tickets and people: one for each kind and target, fired by the clock.

Conditions keep their own deadlines (`rules.watching.watches`), which run in event time; these run
in the time of people: an acknowledgement is late by the clock on the wall.
"""

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from rules.vocabulary.instant import NEVER, Instant


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """Fires at `due_at`; ties fire in the order of kind and target."""

    due_at: Instant
    kind: str
    target: str


@dataclass(slots=True)
class Timers:
    """Those that run, and a heap that may still hold some that were moved or cancelled."""

    running: dict[tuple[str, str], Instant] = field(default_factory=dict)
    _heap: list[Timer] = field(default_factory=list)

    @staticmethod
    def restore(saved: list[Timer]) -> "Timers":
        """What `memory` gave."""
        timers = Timers({(t.kind, t.target): t.due_at for t in saved}, list(saved))
        heapify(timers._heap)
        return timers

    def memory(self) -> list[Timer]:
        return [Timer(due, kind, target) for (kind, target), due in self.running.items()]

    def set(self, kind: str, target: str, due_at: Instant) -> None:
        """Fire `kind` for `target` at `due_at`, and not at the time it had before."""
        if self.running.get((kind, target)) != due_at:
            self.running[kind, target] = due_at
            heappush(self._heap, Timer(due_at, kind, target))

    def cancel(self, kind: str, target: str) -> None:
        self.running.pop((kind, target), None)

    def pop(self, now: Instant) -> Timer | None:
        """The next timer whose time has come, which then no longer runs."""
        while self._heap and self._heap[0].due_at <= now:
            timer = heappop(self._heap)
            if self.running.get((timer.kind, timer.target)) == timer.due_at:
                self.cancel(timer.kind, timer.target)
                return timer
        return None

    def next_due(self) -> Instant:
        """The earliest deadline, or NEVER: the same after a restart, for decisions hang on it."""
        while self._heap:
            timer = self._heap[0]
            if self.running.get((timer.kind, timer.target)) == timer.due_at:
                return timer.due_at
            heappop(self._heap)
        return NEVER
