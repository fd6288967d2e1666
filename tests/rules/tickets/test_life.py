"""The life of a ticket (DOMAIN section 5): each step, what it needs, and what its clocks do."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident
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
from rules.records.events import Refusal
from rules.records.tickets import TicketState
from rules.state.inputs import Command, Ordered
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from tests.rules.riverside import START
from tests.rules.timeline import Said, Timeline, happened, reading

TICKET, INCIDENT, ALARM = "riverside-t1", "riverside-i1", "riverside-a1"
FIRE_MAIN = "b3-fire-main-pressure"
DAY_S = 86_400


DISPATCH, ACCEPT, ARRIVE = (
    DispatchTicket(TICKET, "worker"),
    AcceptTicket(TICKET),
    ArriveOnSite(TICKET),
)
BEGIN, RESOLVE, PASSED = (
    StartTicket(TICKET),
    ResolveTicket(TICKET, "done"),
    VerifyTicket(TICKET, "passed"),
)
REOPEN, CANCEL = ReopenTicket(TICKET, "seen"), CancelTicket(TICKET, "seen")


def by(user: str, command: Command) -> Ordered:
    return Ordered(command, user, "engineer")


def rest(days: float = 1, approver: str = "manager") -> Ordered:
    until_at = START + HOUR + round(days * DAY)
    return by("worker", SuspendTicket(TICKET, "parts", approver, until_at, "valve is ordered"))


@pytest.fixture
def urgent(timeline: Timeline) -> Timeline:
    """An urgent ticket of a sensor in no flat: the fire main's pressure."""
    timeline.at(0, reading(FIRE_MAIN, pressure_mpa=0.06))
    timeline.at(100)
    assert timeline.ticket().klass == "urgent"
    return timeline


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    """The ticket of a plan: a leak in a flat."""
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(30)
    return timeline


def bring(timeline: Timeline, *steps: Command, at_s: float = 200) -> None:
    for step in steps:
        timeline.at(at_s, by("worker", step))


def normal(timeline: Timeline, at_s: float) -> None:
    timeline.at(at_s, reading(FIRE_MAIN, pressure_mpa=0.3))
    timeline.at(at_s + 100, AcknowledgeAlarm(ALARM))


def refusal(timeline: Timeline, asked: Said) -> str:
    """The code that `asked` is refused with, and nothing else happens."""
    (event,) = timeline.at((timeline.now - START) / SECOND + 1, asked)
    assert isinstance(event.record, Refusal), event
    return event.record.code


WAYS: dict[str, tuple[Command, ...]] = {
    "new": (),
    "dispatched": (DISPATCH,),
    "accepted": (DISPATCH, ACCEPT),
    "on_site": (ACCEPT, ARRIVE),
    "working": (ACCEPT, ARRIVE, BEGIN),
    "resolved": (ACCEPT, ARRIVE, BEGIN, RESOLVE),
}
LEADS_TO = {
    ("dispatch", "new"): "dispatched",
    ("dispatch", "dispatched"): "dispatched",
    ("accept", "new"): "accepted",
    ("accept", "dispatched"): "accepted",
    ("reject", "dispatched"): "dispatched",
    ("reject", "accepted"): "dispatched",
    ("transfer", "dispatched"): "dispatched",
    ("transfer", "accepted"): "dispatched",
    ("transfer", "on_site"): "dispatched",
    ("transfer", "working"): "dispatched",
    ("arrive", "accepted"): "on_site",
    ("start", "on_site"): "working",
    ("suspend", "accepted"): "suspended",
    ("suspend", "on_site"): "suspended",
    ("suspend", "working"): "suspended",
    ("resolve", "on_site"): "resolved",
    ("resolve", "working"): "resolved",
    ("verify", "resolved"): "verified",
}
ASKED: dict[str, Ordered] = {
    "dispatch": by("operator", DispatchTicket(TICKET, "another")),
    "accept": by("another", ACCEPT),
    "reject": by("worker", RejectTicket(TICKET, "off duty")),
    "transfer": by("operator", TransferTicket(TICKET, "another", "is nearer")),
    "arrive": by("worker", ARRIVE),
    "start": by("worker", BEGIN),
    "suspend": rest(),
    "resume": by("worker", ResumeTicket(TICKET)),
    "resolve": by("worker", RESOLVE),
    "verify": by("operator", PASSED),
    "call_back": by("operator", CallBack(TICKET, 5, "yes")),
    "reopen": by("operator", REOPEN),
}


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("name", ASKED)
def test_each_step_leads_from_its_states_and_from_no_other(
    urgent: Timeline, name: str, state: str
) -> None:
    bring(urgent, *WAYS[state])
    assert urgent.ticket().state == state
    if (name, state) in LEADS_TO:
        urgent.at(300, ASKED[name])
        assert urgent.ticket().state == LEADS_TO[name, state]
    else:
        assert refusal(urgent, ASKED[name]) == "wrong-state"
        assert urgent.ticket().state == state


def test_reject_leaves_nobody_and_transfer_another_while_the_clocks_go_on(
    urgent: Timeline,
) -> None:
    bring(urgent, ACCEPT)
    before = urgent.ticket().clocks
    urgent.at(300, by("operator", TransferTicket(TICKET, "plumber", "other trade")))
    assert (urgent.ticket().assignee, urgent.ticket().clocks) == ("plumber", before)
    urgent.at(310, by("plumber", RejectTicket(TICKET, "off duty")))
    assert (urgent.ticket().assignee, urgent.ticket().clocks) == (None, before)


def test_suspension_stops_the_clocks_and_ends_by_itself(urgent: Timeline) -> None:
    bring(urgent, ACCEPT, ARRIVE, BEGIN, at_s=200)
    due_at = urgent.ticket().clocks["finish"].due_at
    urgent.at(3600, rest(3))
    assert urgent.ticket().clocks["finish"].paused_at == START + HOUR
    assert urgent.ticket().clocks["accept"].paused_at is None, "met before"
    urgent.at(2 * DAY_S)
    assert not [e for e in urgent.events if e.kind == "ticket.clock_missed"]
    urgent.at(3 * DAY_S + 3601)
    assert urgent.ticket().state == "working"
    assert urgent.ticket().clocks["finish"].due_at == due_at + 3 * DAY
    (pause,) = urgent.ticket().pauses
    assert (pause.cause, pause.approver, pause.ended_at) == ("parts", "manager", pause.until_at)
    urgent.at(4 * DAY_S + 3700)
    urgent.expect((4 * DAY_S, 4 * DAY_S + 3700), happened("ticket.clock_missed"))


def test_resuming_by_hand_counts_the_time_that_passed_alone(urgent: Timeline) -> None:
    bring(urgent, ACCEPT, at_s=200)
    due_at = urgent.ticket().clocks["respond"].due_at
    urgent.at(3600, rest())
    urgent.at(5400, by("worker", ResumeTicket(TICKET)))
    assert urgent.ticket().state == "accepted"
    assert urgent.ticket().clocks["respond"].due_at == due_at + 30 * MINUTE


@pytest.mark.parametrize(
    ("asked", "code"),
    [(rest(approver="worker"), "bad-approver"), (rest(-1), "bad-until"), (rest(90), "bad-until")],
)
def test_suspension_needs_an_approver_and_a_near_end(
    urgent: Timeline, asked: Ordered, code: str
) -> None:
    bring(urgent, ACCEPT)
    assert refusal(urgent, asked) == code


def test_an_emergency_never_rests(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    assert timeline.ticket().klass == "emergency"
    bring(timeline, ACCEPT, at_s=10)
    assert refusal(timeline, rest()) == "not-suspendable"


def test_worker_does_not_verify_the_own_work(leak: Timeline) -> None:
    bring(leak, *WAYS["resolved"])
    assert refusal(leak, by("worker", PASSED)) == "own-work"
    leak.at(300, by("operator", PASSED))
    assert (leak.ticket().state, leak.ticket().verified_by) == ("verified", "operator")
    assert leak.incident().state == "open", "an incident with a plan is closed by a person"


def test_failed_verification_is_work_again_by_the_same_clock(leak: Timeline) -> None:
    bring(leak, *WAYS["resolved"])
    due_at = leak.ticket().clocks["finish"].due_at
    assert refusal(leak, VerifyTicket(TICKET, "failed")) == "no-reason"
    leak.at(300, VerifyTicket(TICKET, "failed", "drips"))
    finish = leak.ticket().clocks["finish"]
    assert leak.ticket().state == "working"
    assert (finish.met_at, finish.due_at) == (None, due_at)


def test_alarms_that_are_normal_again_prove_a_sensors_ticket(urgent: Timeline) -> None:
    bring(urgent, *WAYS["resolved"])
    assert urgent.ticket().state == "resolved"
    normal(urgent, 300)
    urgent.expect((300, 500), happened("ticket.verified", verified_by="system"))
    assert (urgent.ticket().state, urgent.incident().state) == ("closed", "closed")


def test_closed_ticket_comes_back_within_a_week_with_its_incident(urgent: Timeline) -> None:
    bring(urgent, *WAYS["resolved"])
    normal(urgent, 300)
    urgent.at(6 * DAY_S, ReopenTicket(TICKET, "pressure falls again"))
    assert (urgent.ticket().id, urgent.ticket().state) == (TICKET, "dispatched")
    assert (urgent.ticket().reopened, urgent.ticket().closed_at) == (1, None)
    assert (urgent.incident().state, urgent.incident().outcome) == ("open", None)
    finish = urgent.ticket().clocks["finish"]
    assert finish.due_at == START + 6 * DAY + 1440 * MINUTE
    bring(urgent, *WAYS["resolved"], at_s=6 * DAY_S + 60)
    assert (urgent.ticket().state, urgent.incident().state) == ("closed", "closed")


def test_reopened_incident_leaves_its_alarms_to_the_one_that_came_since(urgent: Timeline) -> None:
    bring(urgent, *WAYS["resolved"])
    normal(urgent, 300)
    urgent.at(DAY_S, reading(FIRE_MAIN, pressure_mpa=0.06))
    urgent.at(DAY_S + 100)
    second = urgent.incidents()[1]
    urgent.at(DAY_S + 200, by("operator", REOPEN))
    assert urgent.state.incident_with(second.key) == second
    assert len(urgent.state.incidents) == 2


def test_after_a_week_a_new_ticket_is_needed(urgent: Timeline) -> None:
    bring(urgent, *WAYS["resolved"])
    normal(urgent, 300)
    urgent.at(8 * DAY_S)
    assert refusal(urgent, by("operator", REOPEN)) == "not-open"
    assert urgent.state.ended_tickets == {} == urgent.state.closed_incidents


def test_clock_is_missed_once_and_runs_on_late(urgent: Timeline) -> None:
    urgent.at(3 * HOUR // SECOND)
    missed = [e.reason for e in urgent.events if e.kind == "ticket.clock_missed"]
    assert missed == ["clock:accept", "clock:respond"]
    bring(urgent, ACCEPT, at_s=4 * 3600)
    accept = urgent.ticket().clocks["accept"]
    assert accept.missed_at is not None
    assert accept.met_at == START + 4 * HOUR


def test_task_that_is_late_is_told_of_once(leak: Timeline) -> None:
    leak.at(1300)
    late = [e.reason for e in leak.events if e.kind == "ticket.task_overdue"]
    assert late == ["task:confirm", "task:close-valve", "task:inspect-below"]


def test_closing_stops_the_clocks_that_were_never_met_and_says_so(leak: Timeline) -> None:
    leak.at(60, reading("b3-05-01-kitchen-leak", wet=0))
    leak.at(200, AcknowledgeAlarm(ALARM))
    leak.at(300, CloseIncident(INCIDENT, outcome="false_alarm", reason="seen"))
    stopped = {clock.stopped_at for clock in leak.ticket().clocks.values()}
    assert stopped == {START + 300 * SECOND}
    leak.at(2 * DAY_S)
    assert not [e for e in leak.events if e.kind == "ticket.clock_missed"]


def test_cancelling_is_for_tickets_nobody_went_for(urgent: Timeline) -> None:
    assert refusal(urgent, CANCEL) == "incident-open"
    normal(urgent, 300)
    urgent.at(500, CancelTicket(TICKET, "pump was tested"))
    assert (urgent.ticket().state, urgent.incident().outcome) == (
        TicketState.CANCELLED,
        "cancelled",
    )


def test_nobody_cancels_what_somebody_came_for(urgent: Timeline) -> None:
    bring(urgent, *WAYS["on_site"])
    normal(urgent, 300)
    assert refusal(urgent, CANCEL) == "wrong-state"


def test_task_that_demands_a_photo_is_not_done_without(leak: Timeline) -> None:
    asked = CompleteTask(TICKET, "close-valve", note="B3-V1")
    assert refusal(leak, asked) == "no-proof"
    leak.at(300, CompleteTask(TICKET, "close-valve", note="V1", photos=("ab" * 32,)))
    task = next(t for t in leak.ticket().tasks if t.id == "close-valve")
    assert task.state == "done"
    assert task.handed_in is not None
    assert task.handed_in.photos == ("ab" * 32,)
    leak.at(310, WaiveTask(TICKET, "inspect-below", "nobody home"))
    waived = next(t for t in leak.ticket().tasks if t.id == "inspect-below")
    assert (waived.state, waived.note) == ("waived", "nobody home")


def test_parts_and_labour_are_noted_with_their_cost(leak: Timeline) -> None:
    leak.at(60, by("worker", AddEffort(TICKET, "part", "ball valve DN20", 1.5, "pc", 3580)))
    (effort,) = leak.ticket().efforts
    assert (effort.quantity, effort.unit, effort.cost_fen, effort.by) == (1.5, "pc", 3580, "worker")


def test_a_further_alarm_takes_up_a_ticket_whose_work_was_done(leak: Timeline) -> None:
    bring(leak, *WAYS["resolved"])
    leak.at(300, by("operator", PASSED))
    leak.at(400, reading("b3-06-01-kitchen-leak", wet=1))
    leak.at(420)
    assert (leak.ticket().state, leak.ticket().reopened) == ("dispatched", 1)
