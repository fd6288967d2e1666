"""Whatever people order, in whatever sequence: a ticket ends once, loses nothing done, and its
clocks count exactly the time that it did not rest.
"""

from dataclasses import dataclass, field
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook
from rules.records.events import Event
from rules.records.tickets import ENDED, Ticket
from rules.state.inputs import Command, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MINUTE, SECOND, Instant, to_rfc3339
from rules.vocabulary.reading import ReadingBatch
from tests.rules.invariants import alarms_have_incident_and_ticket
from tests.rules.riverside import START, riverside

LEAK, REPAIR = "riverside-t1", "riverside-t2"
BEGIN = START + 2 * MINUTE
PROOF = {"photos": "ab" * 32, "headcount": "1", "reading": "1", "signature": "cd" * 32}

NAMES = (
    "dispatch", "accept", "reject", "transfer", "arrive", "start", "suspend", "resume", "resolve",
    "verify", "call_back", "reopen", "cancel", "complete_task", "waive_task", "add_effort",
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
    acknowledge = Command("alarm.acknowledge", "riverside-a1", "operator", "operator")
    report = {"category": "water", "urgency": "ordinary", "words": "drips", "household": "B3-06-01"}
    for command in (
        acknowledge,
        Command("ticket.report", "riverside", "operator", "operator", "", report),
    ):
        step(state, command, BEGIN)
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
def orders(draw: st.DrawFn) -> list[tuple[Instant, Command]]:
    found, now = [], BEGIN
    for _ in range(draw(st.integers(1, 30))):
        now += draw(st.sampled_from((1, 1, 20, 300, 3000))) * MINUTE
        name = draw(st.sampled_from((*NAMES, "close")))
        by = draw(st.sampled_from(("worker", "operator")))
        target = draw(st.sampled_from((LEAK, REPAIR)))
        if name == "close":
            outcome = draw(st.sampled_from(("resolved", "false_alarm")))
            command = Command(
                "incident.close", "riverside-i1", by, "operator", "seen", {"outcome": outcome}
            )
        else:
            command = Command(f"ticket.{name}", target, by, "operator", "seen", _params(draw, now))
        found.append((now, command))
    return found


def _params(draw: st.DrawFn, now: Instant) -> dict[str, str]:
    return {
        "assignee": draw(st.sampled_from(("worker", "another"))),
        "cause": "parts",
        "approver": "manager",
        "until": to_rfc3339(now + draw(st.sampled_from((10, 1000))) * MINUTE),
        "outcome": draw(st.sampled_from(("passed", "failed"))),
        "score": draw(st.sampled_from(("1", "5"))),
        "fixed": "yes",
        "task": draw(st.sampled_from(("confirm", "close-valve", "inspect-below", "repair"))),
        "words": "valve",
        "quantity": "1",
        "unit": "pc",
        **PROOF,
    }


@settings(deadline=None, max_examples=25)
@given(orders())
def test_no_sequence_of_orders_breaks_a_ticket(given_orders: list[tuple[Instant, Command]]) -> None:
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
