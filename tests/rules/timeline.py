"""Scenarios as timelines: `at(2, reading(…))`, then `expect(between(3, 4), raised(…))`.

Seconds count from the start. Between two inputs time passes as for an engine: it ticks whenever
the state asks for it. The invariants of the design are checked after every step.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from rules.records.alarms import Alarm
from rules.records.events import Event
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.tickets import Ticket
from rules.state.inputs import Command, Input, Ordered, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import NEVER, SECOND, Instant, seconds
from rules.vocabulary.reading import ReadingBatch, Row, Value
from tests.rules.invariants import Ledger
from tests.rules.riverside import START, riverside

Signals = tuple[str, dict[str, Value]]
Said = Signals | Command | Input
Span = tuple[float, float]
Wanted = Callable[[Event], bool]


def reading(device: str, **signals: Value) -> Signals:
    """What a device reports, at the time of its `at`."""
    return device, {name: _number(value) for name, value in signals.items()}


def _number(value: Value) -> Value:
    return value if isinstance(value, str) else float(value)


def between(begin_s: float, end_s: float) -> Span:
    """Event time from `begin_s` to `end_s` inclusive."""
    return begin_s, end_s


def happened(kind: str, /, **fields: object) -> Wanted:
    """An event of `kind` whose record has these fields."""
    return lambda event: (
        event.kind == kind
        and all(getattr(event.record, name) == value for name, value in fields.items())
    )


def raised(rule: str, **fields: object) -> Wanted:
    return happened("alarm.raised", rule=rule, **fields)


def cleared(rule: str, **fields: object) -> Wanted:
    return happened("alarm.cleared", rule=rule, **fields)


@dataclass
class Timeline:
    """The riverside estate and what has happened to it.

    A device that has spoken goes on doing so within its heartbeat, as a healthy one does; unless
    it is in `mute`.
    """

    state: State = field(default_factory=riverside)
    events: list[Event] = field(default_factory=list)
    now: Instant = START
    ledger: Ledger = field(default_factory=Ledger)
    mute: set[str] = field(default_factory=set)
    heard: dict[str, Instant] = field(default_factory=dict)

    def at(self, at_s: float, *inputs: Said) -> list[Event]:
        """Bring time to `at_s`, give it the inputs, and tell what came of these.

        A command is an operator's, unless it says who ordered it.
        """
        self._pass_until(START + round(at_s * SECOND) - 1)
        self.now = START + round(at_s * SECOND)
        rows = [
            (device, name, self.now, value)
            for device, signals in (i for i in inputs if isinstance(i, tuple))
            for name, value in signals.items()
        ]
        entries: list[Input] = [
            Ordered(i, "operator", "operator") if isinstance(i, Command) else i
            for i in inputs
            if not isinstance(i, tuple)
        ]
        if rows:
            entries.append(ReadingBatch(self.now, rows))
            self.heard |= {device: self.now for device, *_ in rows}
        return [event for entry in [*entries, Tick()] for event in self._step(entry)]

    def _pass_until(self, end: Instant) -> None:
        while (due := min(self.state.next_due(), self._next_beat())) <= end:
            self.now = max(self.now, due)
            beating = [device for device in self.heard if self._beats_at(device) <= due]
            rows: list[Row] = [(device, "seq", self.now, 0.0) for device in beating]
            if rows:
                self._step(ReadingBatch(self.now, rows))
                self.heard |= {device: self.now for device, *_ in rows}
            self._step(Tick())

    def _next_beat(self) -> Instant:
        return min(map(self._beats_at, self.heard), default=NEVER)

    def _beats_at(self, device: str) -> Instant:
        known = self.state.estate.devices.get(device)
        if known is None or device in self.mute:
            return NEVER
        return self.heard[device] + seconds(known.heartbeat_s * 0.9)

    def _step(self, entry: Input) -> list[Event]:
        events = step(self.state, entry, self.now)
        self.events += events
        self.ledger.check(self.state, events)
        return events

    def expect(self, span: Span, wanted: Wanted, *, times: int = 1) -> None:
        """`wanted` happened so many times within `span`, and never outside it."""
        found = [(event.at - START) / SECOND for event in self.events if wanted(event)]
        begin_s, end_s = span
        assert len(found) == times, f"{found}, of {self.kinds()}"
        assert all(begin_s <= at_s <= end_s for at_s in found), found

    def kinds(self) -> list[str]:
        """Every event but notices, in short."""
        return [f"{e.kind} {e.record.id}" for e in self.events if not isinstance(e.record, Notice)]

    def alarms(self, **fields: object) -> list[Alarm]:
        """Every alarm ever raised, as it is now."""
        found = {e.record.id: e.record for e in self.events if isinstance(e.record, Alarm)}
        return [a for a in found.values() if all(getattr(a, n) == v for n, v in fields.items())]

    def incidents(self) -> list[Incident]:
        found = {e.record.id: e.record for e in self.events if isinstance(e.record, Incident)}
        return list(found.values())

    def incident(self) -> Incident:
        """The only one."""
        (found,) = self.incidents()
        return found

    def ticket(self) -> Ticket:
        """The only one."""
        (found,) = {
            e.record.id: e.record for e in self.events if isinstance(e.record, Ticket)
        }.values()
        return found

    def told(self, template: str | None = None, **fields: object) -> list[str]:
        """The households of the notices with these fields, one for each notice."""
        return [
            e.record.household
            for e in self.events
            if e.kind == "notice.requested"
            and isinstance(e.record, Notice)
            and template in (None, e.record.template)
            and all(getattr(e.record, name) == value for name, value in fields.items())
        ]
