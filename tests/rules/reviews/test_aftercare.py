"""After-care (DOMAIN section 4): what a closed incident leaves, and when its review is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.catalogue import rulebook
from rules.records.events import Refusal
from rules.records.json_form import as_json
from rules.records.nouns import record_from_json
from rules.records.reviews import AftercareTask, Measure, Review, files_of_review, review_deadlines
from rules.snapshot import load, save
from rules.vocabulary.instant import DAY, HOUR, to_rfc3339
from rules.vocabulary.text import Text
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, command, happened, reading

INCIDENT, REVIEW = "riverside-i1", "riverside-r1"
LEAK = "b3-05-01-kitchen-leak"
ITEMS = '[{"words":"ceiling","cost_fen":120000},{"words":"lamp","cost_fen":8000}]'
CLOSED_S = 400.0
DAY_S = 86_400
PHOTO = "a" * 64


def close(timeline: Timeline, at_s: float, **params: str) -> None:
    """Normal again, everything of the plan waived, and closed."""
    timeline.at(at_s - 200, reading(LEAK, wet=0))
    timeline.at(at_s - 20, command("alarm.acknowledge", "riverside-a1"))
    for task in timeline.ticket().tasks:
        timeline.at(at_s - 10, command("ticket.waive_task", "riverside-t1", task=task.id))
    timeline.at(at_s, command("incident.close", INCIDENT, **params))


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(30)
    return timeline


@pytest.fixture
def closed(leak: Timeline) -> Timeline:
    """A leak at level III that is over."""
    leak.at(40, command("incident.raise_level", INCIDENT, level="III"))
    close(leak, CLOSED_S)
    return leak


def review(timeline: Timeline) -> Review:
    """The newest review as it stands."""
    return [e.record for e in timeline.events if isinstance(e.record, Review)][-1]


def after(timeline: Timeline, name: str, **params: str) -> Review | str:
    """The review after the order a second later, or the code that it was refused with."""
    at_s = (timeline.now - START) / 1e6 + 1
    (event,) = timeline.at(at_s, command(f"review.{name}", REVIEW, **params))
    if isinstance(event.record, Refusal):
        return event.record.code
    assert isinstance(event.record, Review)
    return event.record


def end_tasks(timeline: Timeline) -> None:
    for task in review(timeline).tasks:
        if task.state == "open":
            after(timeline, "waive_task", task=task.id)


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
    close(leak, CLOSED_S, outcome="false_alarm")
    assert [t.id for t in review(leak).tasks] == ["review"]
    assert isinstance(after(leak, "complete_task", task="review"), Review)
    finished = after(leak, "finish")
    assert isinstance(finished, Review)
    assert finished.state == "done"


def test_low_level_leaves_no_liability_file(leak: Timeline) -> None:
    close(leak, CLOSED_S)
    assert [t.id for t in review(leak).tasks] == ["call-back-others", "review"]


def test_incident_without_a_plan_leaves_none(timeline: Timeline) -> None:
    main = "b3-fire-main-pressure"
    timeline.at(0, reading(main, pressure_mpa=0.06))
    timeline.at(100, reading(main, pressure_mpa=0.3))
    timeline.at(700, command("alarm.acknowledge", "riverside-a1"))
    for name in ("dispatch", "accept", "arrive", "start", "resolve"):
        timeline.at(800, command(f"ticket.{name}", "riverside-t1", assignee="operator"))
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
    damage = {"household": "B3-04-01", "items": ITEMS, "offer_fen": "100000", "photos": PHOTO}
    found = after(closed, "record_damage", **damage)
    assert isinstance(found, Review)
    assert (found.damages[0].cost_fen, found.damages[0].offer_fen) == (128_000, 100_000)
    visit = found.tasks[-1]
    assert (visit.household, visit.due_at) == ("B3-04-01", closed.now + 24 * HOUR)
    assert after(closed, "complete_task", task=visit.id) == "no-score"
    seen = after(closed, "complete_task", task=visit.id, score="4", note="content")
    assert isinstance(seen, Review)
    assert (seen.tasks[-1].state, seen.tasks[-1].score) == ("done", 4)
    again = after(closed, "record_damage", **{**damage, "items": '[{"words":"l","cost_fen":1}]'})
    assert isinstance(again, Review)
    assert [d.cost_fen for d in again.damages] == [1], "what was there is replaced"
    assert len(again.tasks) == len(found.tasks), "and nobody is visited twice"
    assert files_of_review(again) == {PHOTO}


def test_review_is_finished_when_its_tasks_are_ended_and_its_cause_is_known(
    closed: Timeline,
) -> None:
    assert after(closed, "finish") == "tasks-open"
    end_tasks(closed)
    assert after(closed, "finish") == "no-cause"
    after(closed, "record_cause", words="burst hose", part="owner")
    finished = after(closed, "finish")
    assert isinstance(finished, Review)
    assert (finished.state, finished.finished_by) == ("done", "operator")
    assert after(closed, "record_cause", words="another", part="common") == "review-done"
    assert not closed.state.reviews


def test_measure_stays_open_after_its_review_until_somebody_did_it(closed: Timeline) -> None:
    until = to_rfc3339(START + 30 * DAY)
    after(closed, "add_measure", phase="act", words="renew hoses", owner="CS", until=until)
    after(closed, "record_cause", words="burst hose", part="owner")
    end_tasks(closed)
    after(closed, "finish")
    assert REVIEW in closed.state.reviews
    done = after(closed, "complete_measure", measure="m1")
    assert isinstance(done, Review)
    assert done.measures[0].state == "done"
    assert not closed.state.reviews
    assert after(closed, "complete_measure", measure="m1") == "nothing-open"


def test_measure_is_found_late_once_also_after_its_review(closed: Timeline) -> None:
    until = to_rfc3339(START + 10 * DAY)
    measure = {"phase": "act", "words": "renew hoses", "owner": "CS", "until": until}
    after(closed, "add_measure", **measure)
    after(closed, "add_measure", **measure)
    after(closed, "complete_measure", measure="m2")
    after(closed, "record_cause", words="burst hose", part="owner")
    end_tasks(closed)
    after(closed, "finish")
    closed.at(12 * DAY_S)
    closed.at(14 * DAY_S)
    late = [e for e in closed.events if e.kind == "review.measure_overdue"]
    assert [e.reason for e in late] == ["measure:m1"]
    first, second = review(closed).measures
    assert (first.state, first.overdue_at, second.overdue_at) == ("open", START + 10 * DAY, None)
    assert isinstance(after(closed, "complete_measure", measure="m1"), Review)


def test_reopened_incident_goes_on_with_its_review(closed: Timeline) -> None:
    closed.at(500, command("ticket.reopen", "riverside-t1"))
    end_tasks(closed)
    after(closed, "record_cause", words="burst hose", part="owner")
    assert after(closed, "finish") == "incident-open"
    closed.at(2000, command("incident.raise_level", INCIDENT, level="II"))
    for task in closed.ticket().tasks:
        closed.at(2100, command("ticket.waive_task", "riverside-t1", task=task.id))
    closed.at(2200, command("incident.close", INCIDENT))
    assert {r.id for r in closed.state.reviews.values()} == {REVIEW}
    closed.now += 1
    finished = after(closed, "finish")
    assert isinstance(finished, Review)
    assert finished.cause is not None


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("complete_task", {"task": "nothing"}, "no-task"),
        ("complete_task", {"task": "review", "score": "6"}, "bad-score"),
        ("waive_task", {"task": "review", "reason": " "}, "no-reason"),
        ("record_cause", {"words": "", "part": "owner"}, "no-words"),
        ("record_cause", {"words": "hose", "part": "nobody"}, "bad-part"),
        ("record_damage", {"household": "B9-01-01", "items": ITEMS}, "no-household"),
        ("record_damage", {"household": "B3-04-01", "items": "ceiling"}, "bad-items"),
        ("record_damage", {"household": "B3-04-01", "items": "[]"}, "bad-items"),
        (
            "record_damage",
            {"household": "B3-04-01", "items": '[{"words":"x","cost_fen":-1}]'},
            "bad-items",
        ),
        (
            "record_damage",
            {"household": "B3-04-01", "items": ITEMS, "offer_fen": "1.5"},
            "bad-offer_fen",
        ),
        (
            "record_damage",
            {"household": "B3-04-01", "items": ITEMS, "signature": PHOTO},
            "no-offer",
        ),
        ("add_measure", {"phase": "hope", "words": "w", "owner": "CS"}, "bad-phase"),
        ("add_measure", {"phase": "do", "words": "w", "owner": "me"}, "bad-owner"),
        ("add_measure", {"phase": "do", "words": "w", "owner": "CS"}, "bad-until"),
        ("complete_measure", {"measure": "m9"}, "no-measure"),
    ],
)
def test_bad_orders_are_refused_and_change_nothing(
    closed: Timeline, name: str, params: dict[str, str], code: str
) -> None:
    before = review(closed)
    assert after(closed, name, **params) == code
    assert closed.state.reviews[REVIEW] == before


def test_review_survives_a_snapshot_and_its_event(closed: Timeline) -> None:
    after(closed, "record_damage", household="B3-04-01", items=ITEMS)
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
