"""What a graver level, a further alarm and the end of the work make of an incident's ticket."""

import pytest

from rules.commands.incidents import RaiseLevel
from rules.commands.tasks import CompleteTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    DispatchTicket,
    ResolveTicket,
    StartTicket,
    SuspendTicket,
)
from rules.records.tickets import Clock, Proof
from rules.state.inputs import Command, Ordered
from rules.vocabulary.instant import HOUR, SECOND
from tests.rules.riverside import START, riverside
from tests.rules.timeline import Timeline, between, happened, reading

LEAK, ABOVE, OTHER = "b3-05-01-kitchen-leak", "b3-06-01-kitchen-leak", "b3-05-03-kitchen-leak"
ROOM, SMOKE = "b3-electrical-room-leak", "b3-10-corridor-smoke"
TICKET, INCIDENT = "riverside-t1", "riverside-i1"
RAISE = RaiseLevel(INCIDENT, "II", "it runs down the stairs")


@pytest.fixture
def leak() -> Timeline:
    """One flat is wet since five seconds: an urgent ticket by the plan, at level IV."""
    timeline = Timeline(riverside(LEAK, ABOVE, OTHER, ROOM, SMOKE))
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(5)
    return timeline


def bring(timeline: Timeline, at_s: float, *steps: Command) -> None:
    for step in steps:
        timeline.at(at_s, Ordered(step, "worker", "engineer"))


def accept(timeline: Timeline, at_s: float) -> None:
    timeline.at(at_s, DispatchTicket(TICKET, "worker"))
    bring(timeline, at_s, AcceptTicket(TICKET))


def after(seconds: float) -> int:
    return START + round(seconds * SECOND)


def test_a_ticket_opens_with_the_tasks_and_the_clocks_of_its_level(leak: Timeline) -> None:
    ticket = leak.ticket()
    assert (ticket.klass, ticket.priority, ticket.drill) == ("urgent", "P3", False)
    assert [(task.id, task.due_at) for task in ticket.tasks] == [
        ("confirm", after(125)), ("close-valve", after(605)), ("inspect-below", after(1205)),
        ("repair", None),
    ]  # fmt: skip
    assert {name: clock.due_at for name, clock in ticket.clocks.items()} == {
        "accept": after(5 + 15 * 60), "respond": after(5 + 2 * 3600), "finish": after(5 + 86_400),
    }  # fmt: skip
    assert [(valve.id, valve.isolates) for valve in ticket.valves] == [("B3-R1-low", 18)]
    assert (ticket.verification, ticket.call_back) == ("person", False)


def test_a_graver_level_puts_its_tasks_in_the_order_of_the_plan(leak: Timeline) -> None:
    bring(leak, 60, CompleteTask(TICKET, "confirm", "seen"))
    leak.at(65, RAISE)
    ticket = leak.ticket()
    assert [task.id for task in ticket.tasks][:8] == [
        "confirm", "close-valve", "cut-circuits", "lift-away", "barriers", "inspect-below", "clamp",
        "repair",
    ]  # fmt: skip
    assert {task.id: task.state for task in ticket.tasks if task.state != "open"} == {
        "confirm": "done"
    }
    due = {task.id: task.due_at for task in ticket.tasks}
    assert (due["close-valve"], due["cut-circuits"]) == (after(605), after(665))


def test_a_graver_class_restarts_the_clocks_that_run_and_never_for_the_worse(
    leak: Timeline,
) -> None:
    accept(leak, 60)
    leak.at(65, RAISE)
    ticket = leak.ticket()
    assert ticket.klass == "emergency"
    assert ticket.clocks == {
        "accept": Clock(due_at=after(5 + 15 * 60), met_at=after(60)),
        "respond": Clock(due_at=after(65 + 15 * 60)),
        "finish": Clock(due_at=after(65 + 30 * 60)),
    }
    leak.expect(between(65, 65), happened("ticket.task_added"))
    [event] = [e for e in leak.events if e.kind == "ticket.task_added"]
    assert (event.by, event.reason) == ("system", "level:II")


def test_a_clock_that_would_run_out_sooner_stays(leak: Timeline) -> None:
    leak.at(5 + 13 * 60, RAISE)
    assert leak.ticket().clocks["accept"].due_at == after(5 + 15 * 60)


def test_a_graver_class_ends_a_suspension(leak: Timeline) -> None:
    accept(leak, 60)
    bring(leak, 60, ArriveOnSite(TICKET), StartTicket(TICKET))
    until = after(0) + 5 * HOUR
    bring(leak, 65, SuspendTicket(TICKET, "parts", "leader", until, "valve is ordered"))
    assert leak.ticket().state == "suspended"
    leak.at(70, RAISE)
    assert leak.ticket().state == "working"
    assert leak.ticket().pauses[0].ended_at == after(70)


def test_more_tasks_of_the_same_class_leave_a_suspension_alone(leak: Timeline) -> None:
    accept(leak, 60)
    bring(leak, 60, ArriveOnSite(TICKET), StartTicket(TICKET))
    until = after(0) + 5 * HOUR
    bring(leak, 65, SuspendTicket(TICKET, "parts", "leader", until, "valve is ordered"))
    leak.at(70, RaiseLevel(INCIDENT, "III", "two flats"))
    assert (leak.ticket().state, leak.ticket().klass) == ("suspended", "urgent")
    assert "barriers" in {task.id for task in leak.ticket().tasks}


def test_a_level_without_a_graver_class_adds_its_tasks_alone(leak: Timeline) -> None:
    leak.at(65, RAISE)
    clocks = leak.ticket().clocks
    leak.at(70, RaiseLevel(INCIDENT, "I", "near the switchboard"))
    leak.expect(between(65, 70), happened("ticket.task_added"), times=2)
    power = next(task for task in leak.ticket().tasks if task.id == "report-power")
    assert (power.due_at, power.phone) == (after(70 + 15 * 60), "95598")
    assert leak.ticket().clocks == clocks


def test_water_elsewhere_adds_the_valve_that_is_upstream_of_it_once(leak: Timeline) -> None:
    leak.at(10, reading(ABOVE, wet=1))
    leak.at(20, reading(ROOM, wet=1))
    leak.at(30)
    [first, *_] = leak.incidents()
    assert first.alarm_count == 2
    assert [valve.id for valve in leak.state.tickets[TICKET].valves] == ["B3-R1-low"]


def test_a_graver_alarm_gives_its_ticket_priority_and_title() -> None:
    timeline = Timeline(riverside(SMOKE))
    timeline.at(0, reading(SMOKE, panel_state="pre_alarm"))
    timeline.at(31)
    before = timeline.ticket()
    timeline.at(40, reading(SMOKE, panel_state="fire"))
    ticket = timeline.ticket()
    assert (before.priority, ticket.priority) == ("P2", "P1")
    assert ticket.title.en != before.title.en
    [event] = [e for e in timeline.events if e.kind == "ticket.alarm_added"]
    assert event.by == "rule:smoke-fire"


def test_an_alarm_of_the_same_weight_leaves_the_ticket_as_it_is(leak: Timeline) -> None:
    leak.at(10, reading(ABOVE, wet=1))
    leak.at(16)
    leak.expect(between(0, 20), happened("ticket.alarm_added"), times=0)
    assert leak.ticket().title.en == "Water leak"


def test_an_alarm_after_the_work_makes_it_work_again_with_new_clocks(leak: Timeline) -> None:
    accept(leak, 60)
    bring(leak, 60, ArriveOnSite(TICKET), StartTicket(TICKET))
    valve = Proof(photos=("a" * 64,))
    for task in ("confirm", "close-valve", "inspect-below", "repair"):
        bring(leak, 70, CompleteTask(TICKET, task, "done", photos=valve.photos))
    bring(leak, 80, ResolveTicket(TICKET, "tight"))
    assert leak.ticket().state == "resolved"
    leak.at(100, reading(ABOVE, wet=1))
    leak.at(105)
    ticket = leak.ticket()
    assert (ticket.state, ticket.reopened, ticket.worker) == ("dispatched", 1, None)
    assert ticket.clocks["accept"] == Clock(due_at=after(105 + 15 * 60))
