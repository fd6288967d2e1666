"""The work of one step: what happened, put into the state at once."""

from rules.records.events import Event, Record
from rules.state.state import State
from rules.vocabulary.instant import MINUTE, Instant


class Work:
    """The work of one `step`: emits events, and puts each one's record into the state.

    What happened before `late_before` is told of too late to be annunciated at its time.
    """

    __slots__ = ("events", "late_before", "now", "state")

    def __init__(self, state: State, now: Instant) -> None:
        self.state = state
        self.now = now
        self.late_before: Instant = now
        self.events: list[Event] = []

    def told_at(self, at: Instant) -> None:
        """What the step is given now was told at `at`."""
        self.late_before = at - round(self.state.rulebook.alarm_handling.late_after_min * MINUTE)

    def emit(
        self, kind: str, record: Record, *, by: str, at: Instant | None = None, reason: str = ""
    ) -> None:
        """Record that `kind` happened; `at` is event time, the step's `now` if not given."""
        self.state.put(record)
        self.events.append(Event(kind, self.now if at is None else at, by, record, reason))
