"""The shipped emergency plans are whole; an incident goes on by the one that it began with."""

import pytest

from rules.catalogue import rulebook
from rules.commands.incidents import CloseIncident, RaiseLevel, StartIncident
from rules.commands.tasks import CompleteTask, WaiveTask
from rules.records.incidents import IncidentKind
from rules.records.tickets import Task
from rules.rulebook.plan import Plan
from rules.rulebook.rulebook import as_data
from rules.state.inputs import RulebookChanged
from rules.vocabulary.instant import MINUTE
from rules.vocabulary.priority import LEVELS, Level, at_least
from tests.rules.timeline import Timeline, happened

BOOK = rulebook()
PLANS = [pytest.param(plan, id=plan.id) for plan in BOOK.plans.values()]


def begun(timeline: Timeline, kind: IncidentKind, level: Level) -> Timeline:
    timeline.at(0, StartIncident("riverside", kind=kind, level=level, reason="seen", building="B3"))
    return timeline


def task_of(timeline: Timeline, task_id: str) -> Task:
    (found,) = [task for task in timeline.ticket().tasks if task.id == task_id]
    return found


def calmed(timeline: Timeline, at_s: float, note: str = "calm") -> None:
    """The passengers of a lift are spoken to once more."""
    order = CompleteTask(timeline.ticket().id, task="reassure", note=note)
    timeline.at(at_s, order)


def reachable(plan: Plan) -> set[Level]:
    """The levels that a rule, evidence or a person's confirmation gives to its incidents."""
    rules = {r.response.level for r in BOOK.rules.values() if r.response.kind == plan.kind}
    confirmed = {plan.confirmed_level} - {None}
    return {*rules, *(e.to for e in plan.escalate), *confirmed}  # type: ignore[arg-type]


@pytest.mark.parametrize("plan", PLANS)
def test_every_level_that_can_be_reached_has_words(plan: Plan) -> None:
    assert reachable(plan) <= plan.levels.keys()
    assert plan.by_hand or reachable(plan)
    assert {"II", "I"} <= plan.levels.keys(), "what makes it grave, and gravest"


@pytest.mark.parametrize("plan", PLANS)
def test_somebody_leads_at_every_level_and_more_are_informed_the_graver_it_is(plan: Plan) -> None:
    assert set(plan.command) == set(LEVELS)
    assert [plan.command[level].external for level in LEVELS] == [True, False, False, False]
    assert all(plan.command[level].informed for level in LEVELS if level != "IV")


@pytest.mark.parametrize("plan", PLANS)
def test_plan_says_what_is_done_first_when_it_ends_and_what_is_left_then(plan: Plan) -> None:
    assert plan.first
    assert plan.tasks
    assert plan.close
    assert plan.aftercare
    assert max(care.within_h for care in plan.aftercare) <= 5 * 24, "review in 5 working days"


@pytest.mark.parametrize("plan", PLANS)
def test_street_office_and_company_are_told_within_15_minutes_from_level_two(plan: Plan) -> None:
    told = {
        task.id
        for task in plan.tasks
        if task.report_to and task.within_min is not None and task.within_min <= 15
        and at_least("II", task.from_level)
    }  # fmt: skip
    assert {"report-committee", "report-company"} <= told


@pytest.mark.parametrize("plan", PLANS)
def test_task_that_names_a_proof_insists_on_it(plan: Plan) -> None:
    assert [task.id for task in plan.tasks if bool(task.proof) != bool(task.proof_kinds)] == []


@pytest.mark.parametrize("kind", [plan.kind for plan in BOOK.plans.values()])
def test_every_task_of_the_level_is_on_the_ticket_with_whom_it_reports_to(
    kind: IncidentKind,
) -> None:
    timeline = begun(Timeline(), kind, "I")
    (plan,) = [plan for plan in BOOK.plans.values() if plan.kind == kind]
    expected = {(t.id, t.role, t.report_to, t.phone) for t in plan.tasks}
    assert {(t.id, t.role, t.report_to, t.phone) for t in timeline.ticket().tasks} == expected


def test_repeated_task_is_due_again_once_it_was_done(timeline: Timeline) -> None:
    begun(timeline, "lift", "III")
    calmed(timeline, 60)
    again = task_of(timeline, "reassure")
    assert (again.state, again.times, again.note) == ("open", 1, "calm")
    assert again.due_at == timeline.now + 3 * MINUTE
    calmed(timeline, 120, note="still calm")
    assert task_of(timeline, "reassure").times == 2


def test_next_round_that_nobody_makes_is_overdue(timeline: Timeline) -> None:
    begun(timeline, "lift", "III")
    calmed(timeline, 60)
    timeline.at(250)
    assert task_of(timeline, "reassure").overdue_at is not None
    calmed(timeline, 260)
    assert task_of(timeline, "reassure").overdue_at is None


def end_all_but(timeline: Timeline, left: str) -> None:
    ticket = timeline.ticket()
    others = [task.id for task in ticket.tasks if task.id != left]
    waive = [WaiveTask(ticket.id, task=t, reason="not here") for t in others]
    timeline.at(100, *waive)


def test_round_that_is_due_again_does_not_keep_the_incident_open(timeline: Timeline) -> None:
    begun(timeline, "lift", "III")
    calmed(timeline, 60)
    end_all_but(timeline, "reassure")
    timeline.at(120, CloseIncident(timeline.incident().id, outcome="resolved", reason="seen"))
    assert timeline.incident().state == "closed"
    timeline.at(1000)
    last = task_of(timeline, "reassure")
    assert (last.state, last.times, last.overdue_at) == ("waived", 1, None)


def test_repeated_task_that_was_never_done_keeps_it_open(timeline: Timeline) -> None:
    begun(timeline, "lift", "III")
    end_all_but(timeline, "reassure")
    timeline.at(120, CloseIncident(timeline.incident().id, outcome="resolved", reason="seen"))
    assert timeline.incident().state == "open"
    timeline.expect((120, 120), happened("command.refused", code="tasks-open"))


@pytest.mark.parametrize("kind", [plan.kind for plan in BOOK.plans.values() if plan.levels])
def test_raising_the_level_step_by_step_loses_no_task_that_is_done(
    kind: IncidentKind,
) -> None:
    timeline = begun(Timeline(), kind, "IV")
    ended = {}
    graver: tuple[tuple[int, Level], ...] = ((100, "III"), (200, "II"), (300, "I"))
    for at_s, level in graver:
        ticket = timeline.ticket()
        first = next(task for task in ticket.tasks if task.state == "open")
        order = WaiveTask(ticket.id, task=first.id, reason="not here")
        timeline.at(at_s, order)
        ended[first.id] = task_of(timeline, first.id)
        timeline.at(at_s + 1, RaiseLevel(timeline.incident().id, level=level, reason="seen"))
        assert {t.id: t for t in timeline.ticket().tasks}.items() >= ended.items()
    assert timeline.incident().level == "I"


def test_plan_that_is_replaced_meanwhile_leaves_an_open_incident_as_it_was() -> None:
    timeline = begun(Timeline(), "power", "III")
    before, task_ids = timeline.incident(), {t.id for t in timeline.ticket().tasks}
    shorter = BOOK.plans["POWER"].model_copy(update={"version": 2, "tasks": [], "notices": []})
    book = BOOK.model_copy(update={"plans": {**BOOK.plans, "POWER": shorter}})
    timeline.at(50, RulebookChanged(1, as_data(book)))
    timeline.at(60, RaiseLevel(before.id, level="I", reason="seen"))
    assert timeline.incident().plan_version == 1
    assert {t.id for t in timeline.ticket().tasks} > {*task_ids, "report-committee"}
    timeline.at(
        70, StartIncident("riverside", kind="power", level="I", reason="seen", building="B3")
    )
    newest = timeline.incidents()[-1]
    assert newest.plan_version == 2
    assert timeline.state.tickets[newest.ticket_id].tasks == ()
