"""Tickets that people ask for: repairs and complaints they report, further trades, what is left.

A report has no alarm: an incident of kind `ticket` holds it. The reporter's household is an id.
"""

from rules.incidents.grouping import Group, new_incident, open_incident
from rules.records.incidents import Incident
from rules.records.tickets import Report, Role, Ticket, TicketClass, TicketState
from rules.rulebook.ticket_policy import Category, FalseAlarmCause
from rules.state.work import Work
from rules.tickets.opening import clocks_of
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text


def take_report(
    work: Work, report: Report, category: Category, klass: TicketClass, place: Place,
    *, photos: tuple[str, ...] = (), by: str,
) -> Ticket:  # fmt: skip
    """Open the ticket of what a person reported, at `place`."""
    return open_container(
        work, report.kind, klass, category.role, category.name, place, by=by,
        reason=report.words, report=report, photos=photos,
    )  # fmt: skip


def open_container(
    work: Work,
    what: str,
    klass: TicketClass,
    role: Role,
    title: Text,
    place: Place,
    *,
    by: str,
    reason: str,
    report: Report | None = None,
    **more: object,
) -> Ticket:
    """A ticket, with the fields `more`, in an incident of its own that has no alarm."""
    priority = work.state.rulebook.ticket_policy.priorities[klass]
    number = work.state.numbers.get("i", 0) + 1
    key = f"ticket/{what}/{number}"
    group = Group(kind="ticket", key=key, level="IV", title=title, plan=None, ticket=klass)
    incident = new_incident(work, group, place, None)
    return open_incident(
        work, group, incident, title=title, priority=priority, by=by, reason=reason,
        role=role, report=report, verification="person", **more,
    )  # fmt: skip


def open_further(
    work: Work, incident: Incident, klass: TicketClass, role: Role, title: Text, *, by: str
) -> Ticket:
    """One more ticket on `incident`, for another trade; as urgent as the incident.

    A person looks at its work; the household is asked about the first ticket, which stands for
    all of them.
    """
    first = work.state.tickets.get(incident.ticket_id)
    priority: Priority = incident.severity or (first.priority if first else "P4")
    ticket = Ticket(
        id=work.state.new_id("t"),
        estate=incident.estate,
        incident_id=incident.id,
        klass=klass,
        priority=priority,
        state=TicketState.NEW,
        title=title,
        place=incident.place,
        opened_at=work.now,
        clocks=clocks_of(work, klass),
        tasks=(),
        drill=incident.drill,
        role=role,
    )
    work.emit("ticket.opened", ticket, by=by)
    return ticket


def leave_work(
    work: Work, incident: Incident, cause: FalseAlarmCause, *, by: str, reason: str
) -> None:
    """The ticket that a false alarm by `cause` leaves, such as cleaning a detector after steam."""
    left = work.state.rulebook.ticket_policy.false_alarms.get(cause)
    if left is not None and not incident.drill:
        open_container(
            work, f"left/{cause}", left.klass, left.role, left.title, incident.place,
            by=by, reason=reason,
        )  # fmt: skip
