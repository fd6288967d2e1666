"""What the clock does to tickets: levels missed, tasks overdue, suspensions over."""

from collections.abc import Callable
from typing import cast

from rules.records import ticket_clocks
from rules.records.tickets import ClockName
from rules.state.work import Work
from rules.vocabulary import reasons


def _clock_missed(work: Work, target: str) -> None:
    """Once for each clock; it runs on, late."""
    ticket_id, _, name = target.partition("/")
    ticket = work.state.tickets.get(ticket_id)
    if ticket is not None:
        missed = ticket_clocks.miss(ticket, cast("ClockName", name), work.now)
        work.emit("ticket.clock_missed", missed, by="system", reason=reasons.clock(name))


def _task_overdue(work: Work, target: str) -> None:
    ticket_id, _, task_id = target.partition("/")
    ticket = work.state.tickets.get(ticket_id)
    task = next((t for t in ticket.tasks if t.id == task_id), None) if ticket else None
    if ticket is not None and task is not None:
        late = ticket_clocks.task_late(ticket, task, work.now)
        work.emit("ticket.task_overdue", late, by="system", reason=reasons.task(task_id))


def _resume(work: Work, ticket_id: str) -> None:
    ticket = work.state.tickets.get(ticket_id)
    if ticket is not None:
        resumed = ticket_clocks.resume(ticket, work.now)
        work.emit("ticket.resumed", resumed, by="system", reason=reasons.TIME_IS_OVER)


def _forget_ticket(work: Work, ticket_id: str) -> None:
    work.state.ended_tickets.pop(ticket_id, None)


def _forget_incident(work: Work, incident_id: str) -> None:
    work.state.closed_incidents.pop(incident_id, None)


HANDLERS: dict[str, Callable[[Work, str], None]] = {
    "clock": _clock_missed,
    "task": _task_overdue,
    "resume": _resume,
    "forget_ticket": _forget_ticket,
    "forget_incident": _forget_incident,
}
"""By kind of timer, which runs only while it applies (`rules.records.ticket_clocks`)."""
