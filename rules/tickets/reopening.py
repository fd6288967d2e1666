"""Work that was done and is not: the same ticket again, under its number (DOMAIN section 5)."""

from dataclasses import replace

from rules.records.incidents import Incident
from rules.records.tickets import Ticket
from rules.state.work import Step
from rules.tickets.opening import again


def reopen(step: Step, ticket: Ticket, *, by: str, reason: str) -> None:
    """Take up `ticket` again; its incident, if that was closed, goes on with it.

    Precondition: the ticket has not ended, or its incident is still remembered.
    """
    incident = step.state.closed_incidents.get(ticket.incident_id)
    if incident is not None:
        _reopen_incident(step, incident, ticket, by=by, reason=reason)
    step.emit("ticket.reopened", again(step, ticket), by=by, reason=reason)


def _reopen_incident(
    step: Step, incident: Incident, ticket: Ticket, *, by: str, reason: str
) -> None:
    """A further incident may have come in its place meanwhile: that one keeps the alarms."""
    state = step.state
    free = [k for k in (incident.key, *incident.merged_keys) if state.incident_with(k) is None]
    key = incident.key if incident.key in free else f"{incident.key}/{incident.id}"
    opened = replace(
        incident,
        state="open",
        key=key,
        merged_keys=tuple(k for k in free if k != key),
        closed_at=None,
        outcome=None,
        merged_into=None,
        ticket_id=ticket.id,
    )
    step.emit("incident.reopened", opened, by=by, reason=reason)
    state.timers.cancel("forget_notices", incident.id)
