"""A ticket's clocks and tasks, as service levels and the plan give them."""

from dataclasses import replace

from rules.incidents import Incident
from rules.instant import Instant, seconds
from rules.priority import at_least
from rules.rulebook import Plan, PlanTask, ServiceLevel
from rules.state import Step
from rules.tickets import Clock, Task


def clocks(level: ServiceLevel, opened_at: Instant) -> dict[str, Clock]:
    """The service-level clocks that run from `opened_at`."""
    return {
        name: Clock(due_at=opened_at + seconds(minutes * 60))
        for name, minutes in level.model_dump().items()
        if minutes is not None
    }


def tasks_of(plan: Plan, incident: Incident, now: Instant) -> tuple[Task, ...]:
    """The plan's tasks for the incident as it is; their deadlines count from `now`."""
    return tuple(_task(t, now) for t in plan.tasks if _applies(t, incident))


def add_tasks(step: Step, plan: Plan, incident: Incident) -> None:
    """Bring the ticket up to the incident's level; a task once there is never lost.

    A graver class restarts the clocks that still run, never for the worse.
    """
    ticket = step.state.tickets.get(incident.ticket_id)
    if ticket is None:
        return
    there = {task.id for task in ticket.tasks}
    new = [t for t in plan.tasks if t.id not in there and _applies(t, incident)]
    klass = plan.ticket_class(incident.level)
    if not new and klass == ticket.klass:
        return
    order = {t.id: n for n, t in enumerate(plan.tasks)}
    tasks = sorted(
        [*ticket.tasks, *(_task(t, step.now) for t in new)], key=lambda task: order[task.id]
    )
    fresh = clocks(step.state.rulebook.service_levels[klass], step.now)
    merged = {
        name: clock if clock.met_at else _sooner(clock, fresh.get(name, clock))
        for name, clock in ticket.clocks.items()
    }
    step.emit(
        "ticket.task_added",
        replace(ticket, klass=klass, tasks=tuple(tasks), clocks=fresh | merged),
        by="system",
        reason=f"level {incident.level}",
    )


def _sooner(a: Clock, b: Clock) -> Clock:
    return a if a.due_at <= b.due_at else b


def _applies(task: PlanTask, incident: Incident) -> bool:
    return at_least(incident.level, task.from_level) and (incident.confirmed or not task.confirmed)


def _task(task: PlanTask, now: Instant) -> Task:
    due = None if task.within_min is None else now + seconds(task.within_min * 60)
    return Task(id=task.id, role=task.role, title=task.title, proof=task.proof, due_at=due)
