"""After-care (善后): an incident with a plan leaves a review when it closes."""

from dataclasses import replace

from rules.records.incidents import Incident
from rules.records.reviews import AftercareTask, Review, Visit
from rules.rulebook.plan import Aftercare, Plan
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.priority import at_least

_REVIEW, _VISIT = "review", "call-back"
"""Entries of a plan's after-care: the review itself, and the visit to whom it hurt."""


def begin_aftercare(work: Work, incident: Incident) -> None:
    """Open the review of `incident`, which has just been closed; one that is open goes on.

    A false alarm or a drill leaves the review alone; an incident that was cancelled leaves nothing.
    """
    plan = work.state.plan_of(incident)
    if plan is None or incident.outcome not in ("resolved", "false_alarm"):
        return
    tasks = _tasks_of(plan, incident, work.now)
    before = review_of(work, incident.id)
    if before is None:
        review = Review(
            id=work.state.new_id("r"),
            estate=incident.estate,
            incident_id=incident.id,
            ticket_id=incident.ticket_id,
            state="open",
            opened_at=work.now,
            tasks=tasks,
            false_alarm=incident.outcome == "false_alarm",
            drill=incident.drill,
            visit=_visit_of(plan),
        )
        work.emit("review.opened", review, by="system")
        return
    there = {task.id for task in before.tasks}
    more = tuple(task for task in tasks if task.id not in there)
    false_alarm = incident.outcome == "false_alarm"
    if more or false_alarm != before.false_alarm:
        review = replace(before, tasks=(*before.tasks, *more), false_alarm=false_alarm)
        work.emit("review.task_added", review, by="system", reason=reasons.level(incident.level))


def review_of(work: Work, incident_id: str) -> Review | None:
    """The open review of an incident."""
    reviews = work.state.reviews.values()
    return next((r for r in reviews if r.incident_id == incident_id and r.state == "open"), None)


def with_visit(review: Review, household: str, now: Instant) -> Review:
    """`review` with the call-back visit to `household`, which suffered damage; once."""
    id_ = f"{_VISIT}-{household}"
    visit = review.visit
    if visit is None or any(task.id == id_ for task in review.tasks):
        return review
    due_at = now + seconds(visit.within_h * 3600)
    task = AftercareTask(id_, visit.role, visit.title, due_at, household=household)
    return replace(review, tasks=(*review.tasks, task))


def task_overdue(work: Work, target: str) -> None:
    """Once for each task; it stays open, late."""
    review_id, _, task_id = target.partition("/")
    review = work.state.reviews.get(review_id)
    if review is None:
        return
    tasks = tuple(replace(t, overdue_at=work.now) if t.id == task_id else t for t in review.tasks)
    late = replace(review, tasks=tasks)
    work.emit("review.task_overdue", late, by="system", reason=reasons.task(task_id))


def measure_overdue(work: Work, target: str) -> None:
    """Once for each measure, also after its review was finished; it stays open, late."""
    review_id, _, measure_id = target.partition("/")
    review = work.state.reviews.get(review_id)
    if review is None:
        return
    measures = tuple(
        replace(m, overdue_at=work.now) if m.id == measure_id else m for m in review.measures
    )
    late = replace(review, measures=measures)
    work.emit("review.measure_overdue", late, by="system", reason=reasons.measure(measure_id))


def _tasks_of(plan: Plan, incident: Incident, now: Instant) -> tuple[AftercareTask, ...]:
    return tuple(
        AftercareTask(entry.id, entry.role, entry.title, now + seconds(entry.within_h * 3600))
        for entry in plan.aftercare
        if _applies(entry, incident)
    )


def _applies(entry: Aftercare, incident: Incident) -> bool:
    if incident.drill or incident.outcome == "false_alarm":
        return entry.id == _REVIEW
    return at_least(incident.level, entry.from_level)


def _visit_of(plan: Plan) -> Visit | None:
    entry = next((e for e in plan.aftercare if e.id == _VISIT), None)
    return Visit(entry.role, entry.title, entry.within_h) if entry else None
