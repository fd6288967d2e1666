"""The end of an incident: its ticket closed, its open tasks waived, the all-clear sent."""

from dataclasses import replace

from rules.incidents import Incident, Outcome
from rules.state import Step
from rules.telling import tell_all_clear
from rules.tickets import TicketState

_BEFORE_SITE = (TicketState.NEW, TicketState.DISPATCHED, TicketState.ACCEPTED)


def close(step: Step, incident: Incident, outcome: Outcome, *, by: str, reason: str) -> None:
    """Close `incident`, none of whose alarms is active any more."""
    _close_ticket(step, incident, outcome, by=by, reason=reason)
    closed = replace(incident, state="closed", closed_at=step.now, outcome=outcome)
    step.emit("incident.closed", closed, by=by, reason=reason)
    tell_all_clear(step, closed)


def _close_ticket(
    step: Step, incident: Incident, outcome: Outcome, *, by: str, reason: str
) -> None:
    """A ticket of nothing, for which nobody has come yet, is cancelled."""
    ticket = step.state.tickets.get(incident.ticket_id)
    if ticket is None:
        return
    tasks = tuple(
        replace(task, state="waived", ended_at=step.now, ended_by=by, note=reason)
        if task.state == "open"
        else task
        for task in ticket.tasks
    )
    is_for_nothing = outcome == "false_alarm" and ticket.state in _BEFORE_SITE
    state = TicketState.CANCELLED if is_for_nothing else TicketState.CLOSED
    ended = replace(ticket, state=state, tasks=tasks, closed_at=step.now)
    step.emit("ticket.closed", ended, by=by, reason=reason)
