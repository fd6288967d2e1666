"""What a person may do, when it is refused and in which words, and who hears of the end."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm
from rules.commands.incidents import CloseIncident, ConfirmIncident
from rules.commands.tasks import CompleteTask, WaiveTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    DispatchTicket,
    ResolveTicket,
    StartTicket,
)
from rules.records.events import Refusal
from rules.records.notices import NoticeState
from rules.state.inputs import Command, Delivery, Ordered, Status
from rules.vocabulary.instant import MINUTE, SECOND
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, happened, reading

LEAK, SMOKE = "b3-05-01-kitchen-leak", "b3-10-corridor-smoke"
ALARM, INCIDENT, TICKET = "riverside-a1", "riverside-i1", "riverside-t1"
ACCEPT, ARRIVE, BEGIN = AcceptTicket(TICKET), ArriveOnSite(TICKET), StartTicket(TICKET)
RESOLVE = ResolveTicket(TICKET, "mended")


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    """A leak's alarm, incident and ticket."""
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(10)
    return timeline


@pytest.fixture
def fire(timeline: Timeline) -> Timeline:
    """One detector's unconfirmed fire."""
    timeline.at(0, reading(SMOKE, panel_state="fire"))
    return timeline


def refusal(timeline: Timeline, asked: Command) -> tuple[str, str]:
    """The code and the sentence that `asked` is refused with, and nothing else happens."""
    (event,) = timeline.at((timeline.now - START) / SECOND + 1, asked)
    assert event.kind == "command.refused"
    refused = event.record
    assert isinstance(refused, Refusal)
    assert (refused.id, refused.command, event.by) == (asked.target, asked.name, "operator")
    return refused.code, refused.detail


def end_alarm(timeline: Timeline, at_s: float) -> None:
    """The leak is dry again and its alarm acknowledged."""
    timeline.at(at_s, reading(LEAK, wet=0))
    timeline.at(at_s + 100, AcknowledgeAlarm(ALARM))


def end_tasks(timeline: Timeline, at_s: float) -> None:
    for task in timeline.ticket().tasks:
        done = CompleteTask(TICKET, task.id, "done", ("ab" * 32,), 2, 0.3, "cd" * 32)
        timeline.at(at_s, done)


def test_acknowledging_names_who_and_when(leak: Timeline) -> None:
    leak.at(20, AcknowledgeAlarm(ALARM))
    (alarm,) = leak.alarms()
    assert (alarm.state, alarm.acknowledged_by) == ("acknowledged", "operator")
    assert alarm.acknowledged_at == START + 20 * SECOND


def test_reset_needs_a_cause_that_is_gone_and_an_answer(fire: Timeline) -> None:
    assert refusal(fire, ResetAlarm(ALARM)) == (
        "not-resettable", f"alarm {ALARM} is unacknowledged: acknowledge it first",
    )  # fmt: skip
    fire.at(20, AcknowledgeAlarm(ALARM))
    assert refusal(fire, ResetAlarm(ALARM)) == (
        "not-resettable", f"alarm {ALARM} is acknowledged: its cause still stands",
    )  # fmt: skip
    fire.at(30, reading(SMOKE, panel_state="normal"))
    fire.at(40, ResetAlarm(ALARM))
    assert fire.alarms()[0].state == "normal"


def test_alarm_is_acknowledged_once(leak: Timeline) -> None:
    leak.at(20, AcknowledgeAlarm(ALARM))
    assert refusal(leak, AcknowledgeAlarm(ALARM)) == (
        "already-acknowledged", f"alarm {ALARM} was acknowledged by operator",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (AcknowledgeAlarm("riverside-a9"), "not-active"),
        (ResetAlarm("riverside-a9"), "not-active"),
        (ConfirmIncident("riverside-i9", "seen"), "not-open"),
        (CloseIncident("riverside-i9", "resolved", "seen"), "not-open"),
        (AcceptTicket("riverside-t9"), "not-open"),
        (CompleteTask("riverside-t9", "confirm"), "not-open"),
    ],
)
def test_command_on_nothing_is_refused(leak: Timeline, asked: Command, code: str) -> None:
    refused, sentence = refusal(leak, asked)
    assert refused == code
    assert asked.target in sentence


def test_incident_is_confirmed_once(fire: Timeline) -> None:
    fire.at(20, ConfirmIncident(INCIDENT, reason="seen"))
    assert refusal(fire, ConfirmIncident(INCIDENT, reason="seen")) == (
        "already-confirmed", f"incident {INCIDENT} is confirmed already",
    )  # fmt: skip


def test_incident_stays_open_while_an_alarm_is_active(leak: Timeline) -> None:
    code, sentence = refusal(leak, CloseIncident(INCIDENT, outcome="resolved", reason="seen"))
    assert code == "alarms-active"
    assert f"1 alarms of incident {INCIDENT} are active ({ALARM})" in sentence


def test_incident_stays_open_while_tasks_are(leak: Timeline) -> None:
    end_alarm(leak, 20)
    code, sentence = refusal(leak, CloseIncident(INCIDENT, outcome="resolved", reason="seen"))
    assert code == "tasks-open"
    assert "confirm, close-valve, inspect-below" in sentence
    assert "complete each, or waive it with a reason" in sentence


def test_all_clear_goes_once_to_exactly_those_who_were_told(leak: Timeline) -> None:
    end_alarm(leak, 20)
    told = leak.told("LEAK")
    assert told != []
    end_tasks(leak, 130)
    leak.at(200, CloseIncident(INCIDENT, outcome="resolved", reason="seen"))
    assert (leak.incident().state, leak.incident().outcome) == ("closed", "resolved")
    assert leak.ticket().state == "closed"
    assert leak.ticket().closed_at == leak.incident().closed_at == START + 200 * SECOND
    assert sorted(leak.told("CLEAR")) == sorted(told)
    assert (
        refusal(leak, CloseIncident(INCIDENT, outcome="resolved", reason="seen"))[0] == "not-open"
    )


def test_false_alarm_waives_what_is_open_and_cancels_a_ticket_nobody_went_for(
    leak: Timeline,
) -> None:
    end_alarm(leak, 20)
    leak.at(
        200, CloseIncident(INCIDENT, outcome="false_alarm", reason="mopping"),
    )  # fmt: skip
    assert leak.ticket().state == "cancelled"
    assert {(task.state, task.note) for task in leak.ticket().tasks} == {("waived", "mopping")}


def test_false_alarm_found_on_site_closes_the_ticket(leak: Timeline) -> None:
    leak.at(20, ACCEPT, ARRIVE)
    end_alarm(leak, 30)
    leak.at(200, CloseIncident(INCIDENT, outcome="false_alarm", reason="seen"))
    assert leak.ticket().state == "closed"


def test_ticket_goes_from_new_to_resolved_and_stops_its_clocks(leak: Timeline) -> None:
    opened = START + 5 * SECOND
    due = {name: clock.due_at - opened for name, clock in leak.ticket().clocks.items()}
    assert due == {"accept": 15 * MINUTE, "respond": 120 * MINUTE, "finish": 1440 * MINUTE}
    leak.at(20, DispatchTicket(TICKET, assignee="engineer-1"))
    assert (leak.ticket().state, leak.ticket().assignee) == ("dispatched", "engineer-1")
    leak.at(25, DispatchTicket(TICKET, assignee="engineer-2"))
    assert leak.ticket().assignee == "engineer-2"
    states = {}
    for at_s, step in ((30, ACCEPT), (40, ARRIVE), (50, BEGIN), (60, RESOLVE)):
        leak.at(at_s, Ordered(step, "engineer-2", "engineer"))
        states[step.name] = leak.ticket().state
    assert list(states.values()) == ["accepted", "on_site", "working", "resolved"]
    met = {name: clock.met_at for name, clock in leak.ticket().clocks.items()}
    assert met == {
        "accept": START + 30 * SECOND,
        "respond": START + 40 * SECOND,
        "finish": START + 60 * SECOND,
    }
    assert leak.ticket().assignee == "engineer-2"
    assert leak.incident().state == "open", "an incident with a plan is closed by a person"


def test_whoever_accepts_is_the_assignee(leak: Timeline) -> None:
    leak.at(20, Ordered(AcceptTicket(TICKET), "engineer-1", "engineer"))
    assert leak.ticket().assignee == "engineer-1"


@pytest.mark.parametrize(
    ("done", "asked"),
    [
        ((), ARRIVE),
        ((), BEGIN),
        ((), RESOLVE),
        ((ACCEPT,), ACCEPT),
        ((ACCEPT,), DispatchTicket(TICKET, "somebody")),
        ((ACCEPT,), RESOLVE),
        ((ACCEPT, ARRIVE), ARRIVE),
        ((ACCEPT, ARRIVE, RESOLVE), BEGIN),
        ((ACCEPT, ARRIVE, RESOLVE), RESOLVE),
    ],
)
def test_ticket_takes_no_step_out_of_turn(
    leak: Timeline, done: tuple[Command, ...], asked: Command
) -> None:
    leak.at(20, *done)
    code, sentence = refusal(leak, asked)
    assert code == "wrong-state"
    assert f"ticket {TICKET} is {leak.ticket().state}: {asked.name} needs " in sentence


def test_task_is_completed_or_waived_once_with_its_note(leak: Timeline) -> None:
    leak.at(20, CompleteTask(TICKET, task="confirm", note="called"))
    leak.at(30, WaiveTask(TICKET, task="repair", reason="tenant did it"))
    tasks = {task.id: task for task in leak.ticket().tasks}
    assert (tasks["confirm"].state, tasks["confirm"].note) == ("done", "called")
    assert tasks["confirm"].ended_at == START + 20 * SECOND
    assert (tasks["repair"].state, tasks["repair"].note) == ("waived", "tenant did it")
    again = WaiveTask(TICKET, task="confirm", reason="seen")
    assert refusal(leak, again) == ("task-ended", "task confirm is done already")
    unknown = CompleteTask(TICKET, task="dance")
    assert refusal(leak, unknown) == ("no-task", f"ticket {TICKET} has no task 'dance'")


def test_ticket_without_a_plan_ends_by_itself_when_resolved_and_normal(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-fire-main-pressure", pressure_mpa=0.06))
    timeline.at(100, AcknowledgeAlarm(ALARM))
    timeline.at(200, ACCEPT, ARRIVE, RESOLVE)
    assert timeline.incident().state == "open"
    timeline.at(300, reading("b3-fire-main-pressure", pressure_mpa=0.3))
    timeline.at(400)
    assert (timeline.incident().state, timeline.ticket().state) == ("closed", "closed")
    timeline.at(500, reading("b3-fire-main-pressure", pressure_mpa=0.06))
    timeline.at(600)
    assert [i.id for i in timeline.incidents()] == [INCIDENT, "riverside-i2"]


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        (["delivered", "read"], "read"),
        (["read", "delivered"], "read"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["failed", "failed"], "failed"),
    ],
)
def test_notice_only_moves_forward(
    leak: Timeline, reports: list[NoticeState], state: NoticeState
) -> None:
    for n, report in enumerate(reports):
        leak.at(20 + n, Delivery(["riverside-n1"], "resident_page", report, START + n * SECOND))
    notice = leak.state.notices["riverside-n1"]
    assert notice.state == state
    assert (notice.delivered_at is None) is (state == "failed")


def test_notice_can_still_be_read_a_week_after_its_incident_closed(leak: Timeline) -> None:
    end_alarm(leak, 20)
    leak.at(200, CloseIncident(INCIDENT, outcome="false_alarm", reason="seen"))
    day_s = 86_400
    read = Delivery(["riverside-n1"], "resident_page", "read", START)
    leak.at(200 + 7 * day_s - 1, read)
    leak.expect((0, 0), happened("notice.read", id="riverside-n1"))
    leak.at(200 + 7 * day_s, Delivery(["riverside-n2"], "resident_page", "read", START))
    leak.at(200 + 7 * day_s + 1, Delivery(["riverside-n3"], "resident_page", "read", START))
    assert leak.state.notices == {}
    leak.expect((0, 0), happened("notice.read", id="riverside-n3"), times=0)


def test_offline_is_not_clear(leak: Timeline) -> None:
    leak.at(20, Status(LEAK, False, START + 20 * SECOND))
    leak.at(30, Status(LEAK, False, START + 30 * SECOND))
    leak.at(40, Status(LEAK, True, START + 10 * SECOND))
    leak.at(50, Status("nobody", False, START + 50 * SECOND))
    leak.expect((20, 20), happened("device.offline", id=LEAK))
    leak.expect((0, 0), happened("device.online"), times=0)
    assert leak.alarms()[0].state == "unacknowledged"
