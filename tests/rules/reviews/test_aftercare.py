"""After-care (DOMAIN section 4): what a closed incident leaves, and when its review is done."""

from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident, RaiseLevel
from rules.commands.reviews import (
    AddMeasure,
    CompleteMeasure,
    CompleteReviewTask,
    FinishReview,
    RecordCause,
    RecordDamage,
    WaiveReviewTask,
)
from rules.commands.tasks import WaiveTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    DispatchTicket,
    ReopenTicket,
    ResolveTicket,
    StartTicket,
)
from rules.records.events import Refusal
from rules.records.json_form import as_json
from rules.records.nouns import record_from_json
from rules.records.reviews import (
    AftercareTask,
    DamageItem,
    Measure,
    Review,
    files_of_review,
    review_deadlines,
)
from rules.snapshot import load, save
from rules.state.inputs import Command
from rules.vocabulary.instant import DAY, HOUR
from rules.vocabulary.text import Text
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, happened, reading

INCIDENT, REVIEW = "riverside-i1", "riverside-r1"
LEAK = "b3-05-01-kitchen-leak"
ITEMS = (DamageItem("ceiling", 120_000), DamageItem("lamp", 8_000))
CAUSE = RecordCause(REVIEW, "burst hose", "owner")
FINISH = FinishReview(REVIEW, "seen")
CLOSED_S = 400.0
DAY_S = 86_400
PHOTO = "a" * 64


def close(
    timeline: Timeline, at_s: float, outcome: Literal["resolved", "false_alarm"] = "resolved"
) -> None:
    """Normal again, everything of the plan waived, and closed."""
    timeline.at(at_s - 200, reading(LEAK, wet=0))
    timeline.at(at_s - 20, AcknowledgeAlarm("riverside-a1"))
    for task in timeline.ticket().tasks:
        timeline.at(at_s - 10, WaiveTask("riverside-t1", task=task.id, reason="seen"))
    timeline.at(at_s, CloseIncident(INCIDENT, outcome, "seen"))


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(30)
    return timeline


@pytest.fixture
def closed(leak: Timeline) -> Timeline:
    """A leak at level III that is over."""
    leak.at(40, RaiseLevel(INCIDENT, level="III", reason="seen"))
    close(leak, CLOSED_S)
    return leak


def review(timeline: Timeline) -> Review:
    """The newest review as it stands."""
    return [e.record for e in timeline.events if isinstance(e.record, Review)][-1]


def after(timeline: Timeline, order: Command) -> Review | str:
    """The review after the order a second later, or the code that it was refused with."""
    at_s = (timeline.now - START) / 1e6 + 1
    (event,) = timeline.at(at_s, order)
    if isinstance(event.record, Refusal):
        return event.record.code
    assert isinstance(event.record, Review)
    return event.record


def end_tasks(timeline: Timeline) -> None:
    for task in review(timeline).tasks:
        if task.state == "open":
            after(timeline, WaiveReviewTask(REVIEW, task.id, "seen"))


def test_closed_incident_leaves_the_plans_aftercare_with_its_deadlines(closed: Timeline) -> None:
    closed_at = START + round(CLOSED_S * 1e6)
    assert {t.id: t.due_at - closed_at for t in review(closed).tasks} == {
        "call-back": DAY,
        "call-back-others": 3 * DAY,
        "liability-file": 3 * DAY,
        "review": 5 * DAY,
    }
    assert (review(closed).incident_id, review(closed).ticket_id) == (INCIDENT, "riverside-t1")


def test_false_alarm_leaves_a_short_review_that_needs_no_cause(leak: Timeline) -> None:
    close(leak, CLOSED_S, "false_alarm")
    assert [t.id for t in review(leak).tasks] == ["review"]
    assert isinstance(after(leak, CompleteReviewTask(REVIEW, "review")), Review)
    finished = after(leak, FINISH)
    assert isinstance(finished, Review)
    assert finished.state == "done"


def test_low_level_leaves_no_liability_file(leak: Timeline) -> None:
    close(leak, CLOSED_S)
    assert [t.id for t in review(leak).tasks] == ["call-back-others", "review"]


def test_incident_without_a_plan_leaves_none(timeline: Timeline) -> None:
    main = "b3-fire-main-pressure"
    timeline.at(0, reading(main, pressure_mpa=0.06))
    timeline.at(100, reading(main, pressure_mpa=0.3))
    timeline.at(700, AcknowledgeAlarm("riverside-a1"))
    ticket = timeline.ticket().id
    timeline.at(800, DispatchTicket(ticket, "operator"), AcceptTicket(ticket), ArriveOnSite(ticket))
    timeline.at(810, StartTicket(ticket), ResolveTicket(ticket, "mended"))
    assert timeline.incident().state == "closed"
    assert not timeline.state.reviews


def test_task_is_found_late_once(closed: Timeline) -> None:
    closed.at(CLOSED_S + 6 * DAY_S)
    late = [e.reason for e in closed.events if e.kind == "review.task_overdue"]
    assert late == ["task:call-back", "task:call-back-others", "task:liability-file", "task:review"]
    overdue = review(closed).tasks[0].overdue_at
    assert overdue == START + round(CLOSED_S * 1e6) + DAY


def test_ended_task_is_never_found_late(closed: Timeline) -> None:
    end_tasks(closed)
    closed.at(CLOSED_S + 6 * DAY_S)
    closed.expect((0, 0), happened("review.task_overdue"), times=0)


def test_damaged_household_is_visited_within_a_day_and_asked(closed: Timeline) -> None:
    damage = RecordDamage(REVIEW, "B3-04-01", ITEMS, offer_fen=100_000, photos=(PHOTO,))
    found = after(closed, damage)
    assert isinstance(found, Review)
    assert (found.damages[0].cost_fen, found.damages[0].offer_fen) == (128_000, 100_000)
    visit = found.tasks[-1]
    assert (visit.household, visit.due_at) == ("B3-04-01", closed.now + 24 * HOUR)
    assert after(closed, CompleteReviewTask(REVIEW, visit.id)) == "no-score"
    seen = after(closed, CompleteReviewTask(REVIEW, visit.id, note="content", score=4))
    assert isinstance(seen, Review)
    assert (seen.tasks[-1].state, seen.tasks[-1].score) == ("done", 4)
    again = after(closed, msgspec.structs.replace(damage, items=(DamageItem("l", 1),)))
    assert isinstance(again, Review)
    assert [d.cost_fen for d in again.damages] == [1], "what was there is replaced"
    assert len(again.tasks) == len(found.tasks), "and nobody is visited twice"
    assert files_of_review(again) == {PHOTO}


def test_review_is_finished_when_its_tasks_are_ended_and_its_cause_is_known(
    closed: Timeline,
) -> None:
    assert after(closed, FINISH) == "tasks-open"
    end_tasks(closed)
    assert after(closed, FINISH) == "no-cause"
    after(closed, CAUSE)
    finished = after(closed, FINISH)
    assert isinstance(finished, Review)
    assert (finished.state, finished.finished_by) == ("done", "operator")
    assert after(closed, RecordCause(REVIEW, "another", "common")) == "review-done"
    assert not closed.state.reviews


def test_measure_stays_open_after_its_review_until_somebody_did_it(closed: Timeline) -> None:
    after(closed, AddMeasure(REVIEW, "act", "renew hoses", "CS", until=START + 30 * DAY))
    after(closed, CAUSE)
    end_tasks(closed)
    after(closed, FINISH)
    assert REVIEW in closed.state.reviews
    done = after(closed, CompleteMeasure(REVIEW, "m1", "seen"))
    assert isinstance(done, Review)
    assert done.measures[0].state == "done"
    assert not closed.state.reviews
    assert after(closed, CompleteMeasure(REVIEW, "m1", "seen")) == "nothing-open"


def test_measure_is_found_late_once_also_after_its_review(closed: Timeline) -> None:
    measure = AddMeasure(REVIEW, "act", "renew hoses", "CS", until=START + 10 * DAY)
    after(closed, measure)
    after(closed, measure)
    after(closed, CompleteMeasure(REVIEW, "m2", "seen"))
    after(closed, CAUSE)
    end_tasks(closed)
    after(closed, FINISH)
    closed.at(12 * DAY_S)
    closed.at(14 * DAY_S)
    late = [e for e in closed.events if e.kind == "review.measure_overdue"]
    assert [e.reason for e in late] == ["measure:m1"]
    first, second = review(closed).measures
    assert (first.state, first.overdue_at, second.overdue_at) == ("open", START + 10 * DAY, None)
    assert isinstance(after(closed, CompleteMeasure(REVIEW, "m1", "seen")), Review)


def test_reopened_incident_goes_on_with_its_review(closed: Timeline) -> None:
    closed.at(500, ReopenTicket("riverside-t1", reason="seen"))
    end_tasks(closed)
    after(closed, CAUSE)
    assert after(closed, FINISH) == "incident-open"
    closed.at(2000, RaiseLevel(INCIDENT, level="II", reason="seen"))
    for task in closed.ticket().tasks:
        closed.at(2100, WaiveTask("riverside-t1", task=task.id, reason="seen"))
    closed.at(2200, CloseIncident(INCIDENT, outcome="resolved", reason="seen"))
    assert {r.id for r in closed.state.reviews.values()} == {REVIEW}
    closed.now += 1
    finished = after(closed, FINISH)
    assert isinstance(finished, Review)
    assert finished.cause is not None


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (CompleteReviewTask(REVIEW, "nothing"), "no-task"),
        (RecordDamage(REVIEW, "B9-01-01", ITEMS), "no-household"),
        (RecordDamage(REVIEW, "B3-04-01", ITEMS, signature=PHOTO), "no-offer"),
        (AddMeasure(REVIEW, "do", "words", "CS", until=START), "bad-until"),
        (CompleteMeasure(REVIEW, "m9", "seen"), "no-measure"),
    ],
)
def test_bad_orders_are_refused_and_change_nothing(
    closed: Timeline, order: Command, code: str
) -> None:
    before = review(closed)
    assert after(closed, order) == code
    assert closed.state.reviews[REVIEW] == before


def test_review_survives_a_snapshot_and_its_event(closed: Timeline) -> None:
    after(closed, RecordDamage(REVIEW, "B3-04-01", ITEMS))
    now = review(closed)
    assert record_from_json("review.damage_recorded", as_json(now)) == now
    assert load(save(closed.state), rulebook()).reviews == {REVIEW: now}


_TASKS = st.lists(
    st.builds(
        AftercareTask,
        id=st.uuids().map(str),
        role=st.just("CS"),
        title=st.just(Text("t", "t")),
        due_at=st.integers(0, 10**15),
        state=st.sampled_from(["open", "done", "waived"]),
        overdue_at=st.none() | st.just(1),
    ),
    max_size=6,
)


@given(_TASKS)
def test_exactly_the_open_tasks_and_measures_that_were_not_late_have_deadlines(
    tasks: list[AftercareTask],
) -> None:
    measures = tuple(
        Measure(f"m-{t.id}", "act", "w", "CS", t.due_at, "done" if t.state == "done" else "open",
                overdue_at=t.overdue_at)
        for t in tasks
    )  # fmt: skip
    found = Review(
        "x-r1", "x", "x-i1", "x-t1", "open", 0, tasks=tuple(tasks), measures=measures
    )  # fmt: skip
    duties = (("aftercare", found.tasks), ("measure", measures))
    assert review_deadlines(found) == {
        (kind, f"x-r1/{duty.id}"): duty.due_at
        for kind, of in duties
        for duty in of
        if duty.state == "open" and not duty.overdue_at
    }
