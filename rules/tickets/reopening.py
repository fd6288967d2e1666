"""Work that was done and is not: the same ticket again, under its number (DOMAIN section 5)."""

from dataclasses import replace

from rules.records.incidents import Incident
from rules.records.tickets import Ticket
from rules.state.work import Work
from rules.tickets.opening import again


def reopen(work: Work, ticket: Ticket, *, by: str, reason: str) -> None:
    """Take up `ticket` again; its incident, if that was closed, goes on with it.

    Precondition: the ticket has not ended, or its incident is still remembered.
    """
    incident = work.state.closed_incidents.get(ticket.incident_id)
    if incident is not None:
        _reopen_incident(work, incident, ticket, by=by, reason=reason)
    work.emit("ticket.reopened", again(work, ticket), by=by, reason=reason)


def _reopen_incident(
    work: Work, incident: Incident, ticket: Ticket, *, by: str, reason: str
) -> None:
    """A further incident may have come in its place meanwhile: that one keeps the alarms."""
    state = work.state
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
    work.emit("incident.reopened", opened, by=by, reason=reason)
    state.timers.cancel("forget_notices", incident.id)
