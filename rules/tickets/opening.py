"""A ticket's clocks, tasks and valves, as service levels, the plan and its alarms give them."""

from dataclasses import replace
from typing import Any, cast

from rules.estate.affected import valves_for
from rules.records import ticket_clocks
from rules.records.alarms import Alarm
from rules.records.incidents import Incident
from rules.records.tickets import (
    WORK_DONE,
    Clock,
    ClockName,
    Report,
    Task,
    Ticket,
    TicketClass,
    TicketState,
    ValveAdvice,
)
from rules.rulebook.plan import Plan, PlanTask
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority, at_least
from rules.vocabulary.text import Text


def new_ticket(
    work: Work,
    incident: Incident,
    plan: Plan | None,
    klass: TicketClass,
    *,
    title: Text,
    priority: Priority,
    report: Report | None = None,
    **more: Any,
) -> Ticket:
    """The ticket that `incident` opens with; `more` are further fields of it."""
    proofs = proofs_of(work, klass, incident.place, plan, report)
    return Ticket(
        id=incident.ticket_id,
        estate=incident.estate,
        incident_id=incident.id,
        klass=klass,
        priority=priority,
        state=TicketState.NEW,
        title=title,
        place=incident.place,
        opened_at=work.now,
        clocks=clocks_of(work, klass),
        tasks=_tasks_of(plan, incident, work.now) if plan else (),
        valves=_valves(work, incident, incident.place),
        drill=incident.drill,
        report=report,
        **proofs | more,
    )


def proofs_of(
    work: Work, klass: TicketClass, place: Place, plan: Plan | None, report: Report | None = None
) -> dict[str, Any]:
    """The fields `verification` and `call_back` of a ticket, by the policy.

    Where there is a plan, a person looks at the work, and its after-care says who is called.
    """
    policy = work.state.rulebook.ticket_policy
    by_alarms = plan is None and report is None and klass in policy.verified_by_alarms
    reported = policy.call_back.reported and report is not None and report.household is not None
    in_flat = policy.call_back.in_flat and plan is None and place.unit is not None
    return {
        "verification": "alarms" if by_alarms else "person",
        "call_back": reported or in_flat,
    }


def take_in(work: Work, incident: Incident, alarm: Alarm) -> None:
    """What one more alarm changes on the incident's ticket.

    A graver alarm gives it its priority and title; water elsewhere adds valves; a ticket whose
    work was done is work again.
    """
    ticket = work.state.tickets.get(incident.ticket_id)
    if ticket is None:
        return
    more = [v for v in _valves(work, incident, alarm.place) if v not in ticket.valves]
    changed = replace(ticket, valves=(*ticket.valves, *more))
    if alarm.priority < ticket.priority:
        changed = replace(changed, priority=alarm.priority, title=alarm.title)
    if ticket.state in WORK_DONE:
        changed = again(work, changed)
    if changed != ticket:
        work.emit("ticket.alarm_added", changed, by=f"rule:{alarm.rule}")


def again(work: Work, ticket: Ticket) -> Ticket:
    """`ticket` as work once more: same number, counted, with new clocks (DOMAIN section 5)."""
    return replace(
        ticket,
        state=TicketState.DISPATCHED,
        clocks=clocks_of(work, ticket.klass),
        reopened=ticket.reopened + 1,
        worker=None,
        verified_by=None,
        satisfaction=None,
        closed_at=None,
    )


def _valves(work: Work, incident: Incident, place: Place) -> tuple[ValveAdvice, ...]:
    if incident.kind != "pipe":
        return ()
    found = valves_for(work.state.estate, place)
    return tuple(ValveAdvice(v.id, v.place, len(v.isolates)) for v in found)


def clocks_of(work: Work, klass: TicketClass) -> dict[ClockName, Clock]:
    """The service-level clocks of `klass`, running from now."""
    levels = work.state.rulebook.service_levels[klass].model_dump()
    return {
        name: Clock(due_at=work.now + seconds(within * 60))
        for name, within in cast("dict[ClockName, float | None]", levels).items()
        if within is not None
    }


def _tasks_of(plan: Plan, incident: Incident, now: Instant) -> tuple[Task, ...]:
    return tuple(_task(t, incident, now) for t in plan.tasks if _applies(t, incident))


def add_tasks(work: Work, plan: Plan, incident: Incident) -> None:
    """Bring the ticket up to the incident's level; a task once there is never lost.

    A graver class restarts the clocks that still run, never for the worse, and ends a suspension.
    """
    ticket = work.state.tickets.get(incident.ticket_id)
    if ticket is None:
        return
    there = {task.id for task in ticket.tasks}
    new = [t for t in plan.tasks if t.id not in there and _applies(t, incident)]
    klass = plan.ticket_class(incident.level)
    if not new and klass == ticket.klass:
        return
    if klass != ticket.klass and ticket.state is TicketState.SUSPENDED:
        ticket = ticket_clocks.resume(ticket, work.now)
    order = {t.id: n for n, t in enumerate(plan.tasks)}
    tasks = [*ticket.tasks, *(_task(t, incident, work.now) for t in new)]
    tasks.sort(key=lambda task: order.get(task.id, len(order)))
    fresh = clocks_of(work, klass)
    merged = {
        name: clock if clock.met_at is not None else _sooner(clock, fresh.get(name, clock))
        for name, clock in ticket.clocks.items()
    }
    work.emit(
        "ticket.task_added",
        replace(ticket, klass=klass, tasks=tuple(tasks), clocks=fresh | merged),
        by="system",
        reason=reasons.level(incident.level),
    )


def _sooner(a: Clock, b: Clock) -> Clock:
    return a if a.due_at <= b.due_at else b


def _applies(task: PlanTask, incident: Incident) -> bool:
    return at_least(incident.level, task.from_level) and (incident.confirmed or not task.confirmed)


def _task(task: PlanTask, incident: Incident, now: Instant) -> Task:
    """In a drill it has no number to dial: it is said, and nobody outside is called."""
    due = None if task.within_min is None else now + seconds(task.within_min * 60)
    return Task(
        id=task.id,
        role=task.role,
        title=task.title,
        proof=task.proof,
        due_at=due,
        proof_kinds=tuple(task.proof_kinds),
        report_to=task.report_to,
        phone=None if incident.drill else task.phone,
        repeat_min=task.repeat_min,
    )
