"""What people report: the ticket that it becomes, who is asked afterwards, and further trades."""

from typing import Literal

import msgspec
import pytest

from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm
from rules.commands.incidents import CloseIncident
from rules.commands.reports import Complain, OpenTicket, ReportRepair
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    CallBack,
    CancelTicket,
    ResolveTicket,
    StartTicket,
    VerifyTicket,
)
from rules.records.events import Refusal
from rules.records.tickets import Ticket
from rules.rulebook.ticket_policy import FalseAlarmCause
from rules.state.inputs import Ordered
from rules.vocabulary.instant import HOUR, MINUTE
from tests.rules.riverside import START
from tests.rules.timeline import Said, Timeline, happened, reading

FLAT, TICKET = "B3-05-01", "riverside-t1"
REPAIR = ReportRepair("riverside", "tap drips", "water", "ordinary", household=FLAT)
CONTENT = CallBack(TICKET, 5, "yes")


@pytest.fixture
def repair(timeline: Timeline) -> Timeline:
    """A repair that a household reported by telephone."""
    timeline.at(0, REPAIR)
    return timeline


def do_the_work(timeline: Timeline, at_s: float = 60, ticket: str = TICKET) -> None:
    for step in (
        AcceptTicket(ticket), ArriveOnSite(ticket), StartTicket(ticket),
        ResolveTicket(ticket, "mended"),
    ):  # fmt: skip
        timeline.at(at_s, Ordered(step, "worker", "engineer"))
    timeline.at(at_s, VerifyTicket(ticket, "passed"))


def refusal(timeline: Timeline, of: Said) -> str:
    (event,) = timeline.at(1000, of)
    assert isinstance(event.record, Refusal), event
    return event.record.code


def tickets(timeline: Timeline) -> list[Ticket]:
    found = {e.record.id: e.record for e in timeline.events if isinstance(e.record, Ticket)}
    return list(found.values())


def test_repair_is_a_ticket_at_the_households_flat_with_its_trade_and_clocks(
    repair: Timeline,
) -> None:
    ticket = repair.ticket()
    assert (ticket.klass, ticket.role, ticket.place.unit) == ("ordinary", "EN", FLAT)
    assert ticket.clocks["respond"].due_at == START + 24 * HOUR
    assert ticket.report is not None
    assert (ticket.report.words, ticket.report.household) == ("tap drips", FLAT)
    assert (repair.incident().kind, repair.incident().alarm_count) == ("ticket", 0)


def test_household_is_asked_before_its_repair_is_closed(repair: Timeline) -> None:
    do_the_work(repair)
    assert (repair.ticket().state, repair.incident().state) == ("callback", "open")
    repair.at(90, CallBack(TICKET, 4, "yes"))
    assert (repair.ticket().state, repair.ticket().satisfaction) == ("closed", 4)
    assert repair.incident().state == "closed"


@pytest.mark.parametrize(("score", "fixed"), [(2, "yes"), (1, "no"), (5, "no")])
def test_dissatisfied_household_reopens_the_ticket(
    repair: Timeline, score: int, fixed: Literal["yes", "no"]
) -> None:
    do_the_work(repair)
    repair.at(90, CallBack(TICKET, score, fixed))
    assert (repair.ticket().state, repair.ticket().reopened) == ("dispatched", 1)
    assert repair.ticket().satisfaction is None
    repair.expect((90, 90), happened("ticket.called_back", satisfaction=score))
    repair.expect((90, 90), happened("ticket.reopened", id=TICKET))
    do_the_work(repair, 100)
    repair.at(120, CONTENT)
    assert repair.ticket().state == "closed"


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (msgspec.structs.replace(REPAIR, category="magic"), "bad-category"),
        (msgspec.structs.replace(REPAIR, household="B9-99-99"), "bad-household"),
        (msgspec.structs.replace(REPAIR, building="B9"), "bad-building"),
    ],
)
def test_report_that_cannot_be_used_names_its_field(
    timeline: Timeline, report: ReportRepair, code: str
) -> None:
    assert refusal(timeline, report) == code
    assert timeline.state.tickets == {}


def test_households_page_takes_five_reports_at_once_and_the_telephone_more(
    timeline: Timeline,
) -> None:
    mine = Ordered(REPAIR, f"household:{FLAT}", "resident")
    for n in range(5):
        timeline.at(n, mine)
    assert refusal(timeline, mine) == "too-many-reports"
    timeline.at(1001, REPAIR)
    assert len(tickets(timeline)) == 6


def test_complaint_has_its_own_clocks_and_names_what_it_is_about(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    about = timeline.incident().id
    timeline.at(
        10, Complain("riverside", "no answer", "an apology", "major", about, household=FLAT)
    )  # fmt: skip
    complaint = tickets(timeline)[-1]
    assert (complaint.klass, complaint.role, complaint.call_back) == ("complaint", "HQ", True)
    due = {name: clock.due_at - complaint.opened_at for name, clock in complaint.clocks.items()}
    assert due == {"accept": 30 * MINUTE, "respond": 24 * HOUR, "finish": 72 * HOUR}
    assert complaint.report is not None
    assert (complaint.report.demand, complaint.report.about) == ("an apology", about)
    foreign = Complain("riverside", "no answer", about="riverside-i99")
    assert refusal(timeline, foreign) == "bad-about"


def test_several_trades_work_on_one_incident_and_it_ends_with_the_last(repair: Timeline) -> None:
    incident = repair.incident().id
    repair.at(10, OpenTicket(incident, "CL", "urgent", "dry the floor"))
    second = tickets(repair)[-1]
    assert (second.incident_id, second.role, second.priority) == (incident, "CL", "P4")
    do_the_work(repair)
    repair.at(90, CONTENT)
    assert repair.incident().state == "open"
    assert (
        refusal(repair, CloseIncident(incident, outcome="resolved", reason="seen"))
        == "tickets-open"
    )
    do_the_work(repair, 1100, second.id)
    assert {t.state for t in tickets(repair)} == {"closed"}
    assert repair.incident().state == "closed"


def test_further_ticket_may_be_cancelled_and_the_first_goes_on(repair: Timeline) -> None:
    incident = repair.incident().id
    repair.at(10, OpenTicket(incident, "CL", "ordinary", "dry"))
    assert refusal(repair, CancelTicket(TICKET, "seen")) == "tickets-open"
    repair.at(1100, CancelTicket(tickets(repair)[-1].id, "seen"))
    assert [t.state for t in tickets(repair)] == ["new", "cancelled"]
    repair.at(1200, CancelTicket(TICKET, "seen"))
    assert [t.state for t in tickets(repair)] == ["cancelled", "cancelled"]
    assert repair.incident().outcome == "cancelled"


@pytest.mark.parametrize(
    ("cause", "left"),
    [("steam", "CL"), ("cooking", "CL"), ("dust", "CL"), ("insects", "EN"), ("test", None)],
)
def test_false_alarm_leaves_the_work_that_its_cause_asks_for(
    timeline: Timeline, cause: FalseAlarmCause, left: str | None
) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    timeline.at(120, reading("b3-10-corridor-smoke", panel_state="normal"))
    timeline.at(180, AcknowledgeAlarm("riverside-a1"))
    timeline.at(190, ResetAlarm("riverside-a1"))
    close = CloseIncident("riverside-i1", outcome="false_alarm", reason="seen", cause=cause)
    timeline.at(200, close)
    assert timeline.incidents()[0].outcome == "false_alarm"
    more = [(t.role, t.klass) for t in tickets(timeline) if t.role]
    assert more == ([(left, "ordinary")] if left else [])
