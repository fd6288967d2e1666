"""What people report: the ticket that it becomes, who is asked afterwards, and further trades."""

import pytest

from rules.records.events import Refusal
from rules.records.tickets import Ticket
from rules.state.inputs import Command
from rules.vocabulary.instant import HOUR, MINUTE
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, command, happened, reading

FLAT, TICKET = "B3-05-01", "riverside-t1"
REPAIR = {"category": "water", "urgency": "ordinary", "words": "tap drips", "household": FLAT}


def asked(name: str, target: str = "riverside", /, by: str = "operator", **params: str) -> Command:
    return Command(f"ticket.{name}", target, by, "operator", "seen", params)


@pytest.fixture
def repair(timeline: Timeline) -> Timeline:
    """A repair that a household reported by telephone."""
    timeline.at(0, asked("report", **REPAIR))
    return timeline


def do_the_work(timeline: Timeline, at_s: float = 60) -> None:
    for name in ("accept", "arrive", "start", "resolve"):
        timeline.at(at_s, asked(name, TICKET, by="worker"))
    timeline.at(at_s, asked("verify", TICKET, outcome="passed"))


def refusal(timeline: Timeline, of: Command) -> str:
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
    repair.at(90, asked("call_back", TICKET, score="4", fixed="yes"))
    assert (repair.ticket().state, repair.ticket().satisfaction) == ("closed", 4)
    assert repair.incident().state == "closed"


@pytest.mark.parametrize(("score", "fixed"), [("2", "yes"), ("1", "no"), ("5", "no")])
def test_dissatisfied_household_reopens_the_ticket(
    repair: Timeline, score: str, fixed: str
) -> None:
    do_the_work(repair)
    repair.at(90, asked("call_back", TICKET, score=score, fixed=fixed))
    assert (repair.ticket().state, repair.ticket().reopened) == ("dispatched", 1)
    assert repair.ticket().satisfaction is None
    repair.expect((90, 90), happened("ticket.called_back", satisfaction=int(score)))
    repair.expect((90, 90), happened("ticket.reopened", id=TICKET))
    do_the_work(repair, 100)
    repair.at(120, asked("call_back", TICKET, score="5", fixed="yes"))
    assert repair.ticket().state == "closed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"score": "6", "fixed": "yes"}, "bad-score"),
        ({"score": "", "fixed": "yes"}, "bad-score"),
        ({"score": "4", "fixed": "perhaps"}, "bad-fixed"),
    ],
)
def test_call_back_is_a_score_and_a_plain_answer(
    repair: Timeline, given: dict[str, str], code: str
) -> None:
    do_the_work(repair)
    assert refusal(repair, asked("call_back", TICKET, **given)) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"category": "magic"}, "bad-category"),
        ({"urgency": "emergency"}, "bad-urgency"),
        ({"words": "  "}, "no-words"),
        ({"household": "B9-99-99"}, "bad-household"),
        ({"building": "B9"}, "bad-building"),
        ({"photos": ",".join(f"{n:064x}" for n in range(41))}, "too-many-photos"),
    ],
)
def test_report_that_cannot_be_used_names_its_field(
    timeline: Timeline, change: dict[str, str], code: str
) -> None:
    assert refusal(timeline, asked("report", **{**REPAIR, **change})) == code
    assert timeline.state.tickets == {}


def test_households_page_takes_five_reports_at_once_and_the_telephone_more(
    timeline: Timeline,
) -> None:
    mine = Command("ticket.report", "riverside", f"household:{FLAT}", "resident", "", REPAIR)
    for n in range(5):
        timeline.at(n, mine)
    assert refusal(timeline, mine) == "too-many-reports"
    timeline.at(1001, asked("report", **REPAIR))
    assert len(tickets(timeline)) == 6


def test_complaint_has_its_own_clocks_and_names_what_it_is_about(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    about = timeline.incident().id
    timeline.at(
        10, asked("complain", words="no answer", demand="an apology", grade="major", about=about,
                  household=FLAT),
    )  # fmt: skip
    complaint = tickets(timeline)[-1]
    assert (complaint.klass, complaint.role, complaint.call_back) == ("complaint", "HQ", True)
    due = {name: clock.due_at - complaint.opened_at for name, clock in complaint.clocks.items()}
    assert due == {"accept": 30 * MINUTE, "respond": 24 * HOUR, "finish": 72 * HOUR}
    assert complaint.report is not None
    assert (complaint.report.demand, complaint.report.about) == ("an apology", about)
    assert refusal(timeline, asked("complain", words="x", about="riverside-i99")) == "bad-about"
    assert refusal(timeline, asked("complain", words="x", grade="huge")) == "bad-grade"


def test_several_trades_work_on_one_incident_and_it_ends_with_the_last(repair: Timeline) -> None:
    incident = repair.incident().id
    repair.at(10, asked("open", incident, role="CL", title="dry the floor", **{"class": "urgent"}))
    second = tickets(repair)[-1]
    assert (second.incident_id, second.role, second.priority) == (incident, "CL", "P4")
    do_the_work(repair)
    repair.at(90, asked("call_back", TICKET, score="5", fixed="yes"))
    assert repair.incident().state == "open"
    assert refusal(repair, command("incident.close", incident)) == "tickets-open"
    for name in ("accept", "arrive", "resolve"):
        repair.at(1100, asked(name, second.id, by="cleaner"))
    repair.at(1110, asked("verify", second.id, outcome="passed"))
    assert {t.state for t in tickets(repair)} == {"closed"}
    assert repair.incident().state == "closed"


def test_further_ticket_may_be_cancelled_and_the_first_goes_on(repair: Timeline) -> None:
    incident = repair.incident().id
    repair.at(10, asked("open", incident, role="CL", title="dry", **{"class": "ordinary"}))
    assert refusal(repair, asked("cancel", TICKET)) == "tickets-open"
    repair.at(1100, asked("cancel", tickets(repair)[-1].id))
    assert [t.state for t in tickets(repair)] == ["new", "cancelled"]
    repair.at(1200, asked("cancel", TICKET))
    assert [t.state for t in tickets(repair)] == ["cancelled", "cancelled"]
    assert repair.incident().outcome == "cancelled"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "XX", "title": "x", "class": "urgent"}, "bad-role"),
        ({"role": "EN", "title": " ", "class": "urgent"}, "no-title"),
        ({"role": "EN", "title": "x", "class": "huge"}, "bad-class"),
    ],
)
def test_further_ticket_names_trade_work_and_class(
    repair: Timeline, given: dict[str, str], code: str
) -> None:
    assert refusal(repair, asked("open", repair.incident().id, **given)) == code


@pytest.mark.parametrize(
    ("cause", "left"),
    [("steam", "CL"), ("cooking", "CL"), ("dust", "CL"), ("insects", "EN"), ("test", None)],
)
def test_false_alarm_leaves_the_work_that_its_cause_asks_for(
    timeline: Timeline, cause: str, left: str | None
) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    timeline.at(120, reading("b3-10-corridor-smoke", panel_state="normal"))
    timeline.at(180, command("alarm.acknowledge", "riverside-a1"))
    timeline.at(190, command("alarm.reset", "riverside-a1"))
    close = command("incident.close", "riverside-i1", outcome="false_alarm", cause=cause)
    timeline.at(200, close)
    assert timeline.incidents()[0].outcome == "false_alarm"
    more = [(t.role, t.klass) for t in tickets(timeline) if t.role]
    assert more == ([(left, "ordinary")] if left else [])


def test_cause_of_a_false_alarm_is_one_of_the_list(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    timeline.at(120, reading("b3-10-corridor-smoke", panel_state="normal"))
    timeline.at(180, command("alarm.acknowledge", "riverside-a1"))
    timeline.at(190, command("alarm.reset", "riverside-a1"))
    close = command("incident.close", "riverside-i1", outcome="false_alarm", cause="ghosts")
    assert refusal(timeline, close) == "bad-cause"
