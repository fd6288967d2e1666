"""Whatever people order, in whatever sequence: a ticket ends once, loses nothing done, and its
clocks count exactly the time that it did not rest.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident
from rules.commands.reports import ReportRepair
from rules.commands.table import hints_of
from rules.commands.tasks import AddEffort, CompleteTask, WaiveTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    CallBack,
    CancelTicket,
    DispatchTicket,
    RejectTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    StartTicket,
    SuspendTicket,
    TransferTicket,
    VerifyTicket,
)
from rules.records.events import Event
from rules.records.tickets import ENDED, Ticket
from rules.state.inputs import Command, Ordered, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MINUTE, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from tests.rules.commands.making import making
from tests.rules.invariants import alarms_have_incident_and_ticket
from tests.rules.riverside import START, riverside

LEAK, REPAIR = "riverside-t1", "riverside-t2"
BEGIN = START + 2 * MINUTE
STEPS: tuple[type[Command], ...] = (
    DispatchTicket, AcceptTicket, RejectTicket, TransferTicket, ArriveOnSite, StartTicket,
    SuspendTicket, ResumeTicket, ResolveTicket, VerifyTicket, CallBack, ReopenTicket, CancelTicket,
    CompleteTask, WaiveTask, AddEffort, CloseIncident,
)  # fmt: skip


@cache
def begun() -> bytes:
    """A leak that is dry again, with the ticket of its plan, and a repair that was reported."""
    leak = "b3-05-01-kitchen-leak"
    state = riverside(leak)
    for at_s, wet in ((0, 1.0), (30, 0.0)):
        at = START + at_s * SECOND
        step(state, ReadingBatch(at, [(leak, "wet", at, wet)]), at)
        step(state, Tick(), at + 20 * SECOND)
    step(state, Tick(), START + 100 * SECOND)
    report = ReportRepair("riverside", "drips", "water", "ordinary", household="B3-06-01")
    for command in (AcknowledgeAlarm("riverside-a1"), report):
        step(state, Ordered(command, "operator", "operator"), BEGIN)
    assert state.tickets.keys() == {LEAK, REPAIR}
    assert not state.alarms
    return snapshot.save(state)


@dataclass
class Followed:
    """A ticket's events, held against what must be true of them."""

    at: Instant
    ticket: Ticket
    ends: int = 0
    done: set[str] = field(default_factory=set)
    rested: dict[str, int] = field(default_factory=dict)
    due: dict[str, Instant] = field(default_factory=dict)

    def begin(self) -> None:
        """New clocks: at the opening, and at each reopening."""
        self.due = {name: clock.due_at for name, clock in self.ticket.clocks.items()}
        self.rested = dict.fromkeys(self.due, 0)

    def follow(self, event: Event, ticket: Ticket) -> None:
        before, self.ticket = self.ticket, ticket
        if before.state in ENDED:
            assert event.kind == "ticket.reopened", "what has ended changes only by being reopened"
        if ticket.reopened != before.reopened:
            assert ticket.reopened == before.reopened + 1
            self.begin()
        if before.state == "suspended":
            for name, clock in before.clocks.items():
                self.rested[name] += event.at - self.at if clock.met_at is None else 0
        self.at = event.at
        self._clocks_are_right()
        done = {task.id for task in ticket.tasks if task.state == "done"}
        assert done >= self.done, "a done task is never lost"
        self.done = done
        assert all(task.state != "open" for task in ticket.tasks) or ticket.state not in ENDED

    def _clocks_are_right(self) -> None:
        """While a ticket rests, `due_at` is what it was when it was suspended."""
        assert self.ticket.clocks.keys() == self.due.keys()
        if self.ticket.state == "suspended":
            return
        for name, clock in self.ticket.clocks.items():
            assert clock.due_at == self.due[name] + self.rested[name], name
            assert clock.met_at is None or clock.met_at <= self.at
            assert clock.missed_at is None or clock.missed_at >= clock.due_at - self.rested[name]


@st.composite
def orders(draw: st.DrawFn) -> list[tuple[Instant, Ordered]]:
    found, now = [], BEGIN
    for _ in range(draw(st.integers(1, 30))):
        now += draw(st.sampled_from((1, 1, 20, 300, 3000))) * MINUTE
        form = draw(st.sampled_from(STEPS))
        command = draw(making(form, **_known(form, now)))
        by = draw(st.sampled_from(("worker", "operator")))
        found.append((now, Ordered(command, by, "operator")))
    return found


def _known(form: type[Command], now: Instant) -> dict[str, st.SearchStrategy[Any]]:
    known: dict[str, st.SearchStrategy[Any]] = {
        "ticket": st.sampled_from((LEAK, REPAIR)),
        "incident": st.just("riverside-i1"),
        "assignee": st.sampled_from(("worker", "another")),
        "approver": st.just("manager"),
        "until": st.sampled_from((now + 10 * MINUTE, now + 1000 * MINUTE)),
        "task": st.sampled_from(("confirm", "close-valve", "inspect-below", "repair")),
    }
    return {name: values for name, values in known.items() if name in hints_of(form)}


@settings(max_examples=25)
@given(orders())
def test_no_sequence_of_orders_breaks_a_ticket(given_orders: list[tuple[Instant, Ordered]]) -> None:
    state = snapshot.load(begun(), rulebook())
    followed = {id_: Followed(BEGIN, ticket) for id_, ticket in state.tickets.items()}
    for one in followed.values():
        one.begin()
    now = BEGIN
    for n, (at, command) in enumerate(given_orders):
        while (due := state.next_due()) <= at:
            now = max(now, due)
            _take(state, step(state, Tick(), now), followed)
        now = at
        _take(state, step(state, command, now), followed)
        if n == len(given_orders) // 2:
            state = snapshot.load(snapshot.save(state), rulebook())


def _take(state: State, events: list[Event], followed: dict[str, Followed]) -> None:
    for event in events:
        assert event.kind != "system.alarm", event
        if isinstance(event.record, Ticket) and event.record.id in followed:
            followed[event.record.id].follow(event, event.record)
    alarms_have_incident_and_ticket(state)
