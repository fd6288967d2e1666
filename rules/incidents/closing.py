"""The end of tickets and of their incident, the all-clear, and the after-care.

An incident ends with the last of its tickets; the one that it opened with ends last.
"""

from dataclasses import replace

from rules.notices.telling import tell_all_clear
from rules.records.incidents import Incident, Outcome
from rules.records.ticket_clocks import end
from rules.records.tickets import BEFORE_SITE, Ticket, TicketState
from rules.reviews.aftercare import begin_aftercare
from rules.state.work import Work
from rules.vocabulary import reasons


def close(work: Work, incident: Incident, outcome: Outcome, *, by: str, reason: str) -> None:
    """Close `incident`, none of whose alarms is active any more, and what is left of its tickets.

    A ticket of nothing, for which nobody has come yet, is cancelled.
    """
    for ticket in work.state.tickets_of(incident.id):
        for_nothing = outcome != "resolved" and ticket.state in BEFORE_SITE
        end_ticket(work, ticket, cancelled=for_nothing, by=by, reason=reason)
    closed = replace(incident, state="closed", closed_at=work.now, outcome=outcome)
    work.emit("incident.closed", closed, by=by, reason=reason)
    if work.state.told.get(closed.id):
        tell_all_clear(work, closed)
    begin_aftercare(work, closed)


def end_ticket(work: Work, ticket: Ticket, *, cancelled: bool, by: str, reason: str) -> None:
    """Close or cancel `ticket`; what is open of its tasks is waived."""
    tasks = tuple(
        replace(task, state="waived", ended_at=work.now, ended_by=by, note=reason)
        if task.state == "open"
        else task
        for task in ticket.tasks
    )
    state = TicketState.CANCELLED if cancelled else TicketState.CLOSED
    work.emit(
        "ticket.closed", end(replace(ticket, tasks=tasks), state, work.now), by=by, reason=reason
    )


def close_if_over(work: Work, incident_id: str | None) -> None:
    """Take the incident's tickets on as far as nobody is needed for it.

    An incident without a plan is over when its alarms are normal and its tickets are through.
    """
    incident = work.state.incidents.get(incident_id or "")
    if incident is None:
        return
    normal = not work.state.indexes.alarm.by_incident.has(incident.id)
    for ticket in work.state.tickets_of(incident.id):
        moved = _moved_on(work, ticket, normal=normal)
        if moved.through and moved.id != incident.ticket_id:
            end_ticket(work, moved, cancelled=False, by="system", reason="")
    left = work.state.tickets_of(incident.id)
    if incident.plan is None and normal and all(ticket.through for ticket in left):
        close(work, incident, "resolved", by="system", reason=reasons.ALL_DONE)


def _moved_on(work: Work, ticket: Ticket, *, normal: bool) -> Ticket:
    """Verified where normal alarms are the proof, then waiting for the call-back if there is one.

    As long as an alarm stands, nobody is called.
    """
    if ticket.state is TicketState.RESOLVED and ticket.verification == "alarms" and normal:
        ticket = replace(ticket, state=TicketState.VERIFIED, verified_by="system")
        work.emit("ticket.verified", ticket, by="system", reason=reasons.ALARMS_NORMAL)
    if ticket.state is TicketState.VERIFIED and ticket.call_back and normal:
        ticket = replace(ticket, state=TicketState.CALLBACK)
        work.emit("ticket.call_back_due", ticket, by="system")
    return ticket
