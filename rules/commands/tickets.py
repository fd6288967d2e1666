"""What a person may do to a ticket on its way from new to closed (DOMAIN section 5)."""

from collections.abc import Set
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from rules.commands.refused import Refused
from rules.commands.until import need_end_within
from rules.incidents.closing import close, close_if_over, end_ticket
from rules.planned_works import watch_again
from rules.records import ticket_clocks
from rules.records.tickets import BEFORE_SITE, Pause, PauseCause, Ticket, TicketState
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.tickets.reopening import reopen
from rules.vocabulary.fields import Id, Reason, Until, Words

_AT_WORK = frozenset({TicketState.ON_SITE, TicketState.WORKING})
_TAKEN = _AT_WORK | {TicketState.ACCEPTED}
_NOT_TAKEN = frozenset({TicketState.NEW, TicketState.DISPATCHED})
_LOOKED_AT = frozenset({TicketState.VERIFIED, TicketState.CALLBACK, TicketState.CLOSED})

Assignee = Annotated[Id, Field(description="A user or a duty.", examples=["engineer"])]


class DispatchTicket(Command, frozen=True, tag="ticket.dispatch"):
    """Send somebody."""

    ticket: Id
    assignee: Assignee

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, _NOT_TAKEN)
        dispatched = replace(ticket, state=TicketState.DISPATCHED, assignee=self.assignee)
        work.emit("ticket.dispatched", dispatched, by=order.by)


class AcceptTicket(Command, frozen=True, tag="ticket.accept"):
    """Take the ticket on oneself; stops the clock of acceptance."""

    ticket: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = ticket_clocks.meet(_in(work, self, _NOT_TAKEN), "accept", work.now)
        accepted = replace(ticket, state=TicketState.ACCEPTED, assignee=order.by)
        work.emit("ticket.accepted", accepted, by=order.by)


class RejectTicket(Command, frozen=True, tag="ticket.reject"):
    """Give it back; its clocks go on."""

    ticket: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, {TicketState.DISPATCHED, TicketState.ACCEPTED})
        rejected = replace(ticket, state=TicketState.DISPATCHED, assignee=None)
        work.emit("ticket.rejected", rejected, by=order.by, reason=self.reason)


class TransferTicket(Command, frozen=True, tag="ticket.transfer"):
    """Give it to somebody else; its clocks go on."""

    ticket: Id
    assignee: Assignee
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        if self.assignee == open_ticket(work, self.ticket).assignee:
            raise Refused("same-assignee", f"assignee {self.assignee!r}: has the ticket already")
        ticket = _in(work, self, _TAKEN | {TicketState.DISPATCHED})
        transferred = replace(ticket, state=TicketState.DISPATCHED, assignee=self.assignee)
        work.emit("ticket.transferred", transferred, by=order.by, reason=self.reason)


class ArriveOnSite(Command, frozen=True, tag="ticket.arrive"):
    """Be on site; stops the clock of response."""

    ticket: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = ticket_clocks.meet(_in(work, self, {TicketState.ACCEPTED}), "respond", work.now)
        work.emit("ticket.arrived", replace(ticket, state=TicketState.ON_SITE), by=order.by)


class StartTicket(Command, frozen=True, tag="ticket.start"):
    """Begin to work."""

    ticket: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, {TicketState.ON_SITE})
        work.emit("ticket.started", replace(ticket, state=TicketState.WORKING), by=order.by)


class ResolveTicket(Command, frozen=True, tag="ticket.resolve"):
    """Say that the work is done, and what was done; stops the last clock."""

    ticket: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = ticket_clocks.meet(_in(work, self, _AT_WORK), "finish", work.now)
        resolved = replace(ticket, state=TicketState.RESOLVED, worker=order.by)
        work.emit("ticket.resolved", resolved, by=order.by, reason=self.reason)
        watch_again(work, resolved, by=order.by)
        close_if_over(work, ticket.incident_id)


class SuspendTicket(Command, frozen=True, tag="ticket.suspend"):
    """Let it rest: its clocks stand. Never an emergency.

    What is waited for, who allowed it, and when the work goes on by itself.
    """

    ticket: Id
    cause: Annotated[PauseCause, Field(examples=["parts"])]
    approver: Annotated[Id, Field(examples=["manager"])]
    until: Until
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, _TAKEN)
        policy = work.state.rulebook.ticket_policy.suspend
        if ticket.klass not in policy.classes:
            raise Refused(
                "not-suspendable", f"ticket {ticket.id} is {ticket.klass}: it cannot rest"
            )
        if self.approver == ticket.assignee:
            raise Refused(
                "bad-approver",
                f"approver {self.approver!r}: name who allowed it, not who has the ticket",
            )
        need_end_within(work, self.until, policy.at_most_days * 24)
        pause = Pause(
            cause=self.cause,
            reason=self.reason,
            approver=self.approver,
            state=ticket.state,
            since_at=work.now,
            until_at=self.until,
        )
        suspended = ticket_clocks.suspend(ticket, pause)
        work.emit("ticket.suspended", suspended, by=order.by, reason=self.reason)


class ResumeTicket(Command, frozen=True, tag="ticket.resume"):
    """Go on before the suspension ends by itself."""

    ticket: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, {TicketState.SUSPENDED})
        work.emit("ticket.resumed", ticket_clocks.resume(ticket, work.now), by=order.by)


class VerifyTicket(Command, frozen=True, tag="ticket.verify"):
    """Look at the work; whoever did it may not. What fails is work again, by its clock."""

    ticket: Id
    outcome: Literal["passed", "failed"]
    reason: Words = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, {TicketState.RESOLVED})
        if order.by in (ticket.worker, ticket.assignee):
            raise Refused(
                "own-work", f"ticket {ticket.id} is your own work: let somebody else verify"
            )
        if self.outcome == "passed":
            verified = replace(ticket, state=TicketState.VERIFIED, verified_by=order.by)
            work.emit("ticket.verified", verified, by=order.by, reason=self.reason)
            close_if_over(work, ticket.incident_id)
            return
        if not self.reason:
            raise Refused("no-reason", "reason is missing: say what is still wrong")
        ticket = ticket_clocks.run_on(ticket, "finish")
        back = replace(ticket, state=TicketState.WORKING, worker=None)
        work.emit("ticket.verification_failed", back, by=order.by, reason=self.reason)


class CallBack(Command, frozen=True, tag="ticket.call_back"):
    """Note what the household says (回访): how satisfied it is, whether it is fixed.

    Dissatisfied, or not fixed, and the ticket is work again.
    """

    ticket: Id
    score: Annotated[int, Field(ge=1, le=5, examples=[5])]
    fixed: Literal["yes", "no"]
    reason: Words = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, {TicketState.CALLBACK})
        called = replace(ticket, satisfaction=self.score)
        work.emit("ticket.called_back", called, by=order.by, reason=self.reason)
        policy = work.state.rulebook.ticket_policy
        if self.fixed == "no" or self.score <= policy.dissatisfied_at_most:
            reopen(work, called, by=order.by, reason=self.reason)
        else:
            close_if_over(work, ticket.incident_id)


class ReopenTicket(Command, frozen=True, tag="ticket.reopen"):
    """Take it up again within a week, under its number."""

    ticket: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        state = work.state
        ended = state.ended_tickets.get(self.ticket)
        ticket = _need_state(ended or open_ticket(work, self.ticket), self, _LOOKED_AT)
        if ticket.drill:
            raise Refused("drill", f"ticket {ticket.id} is of a drill: it is not taken up again")
        closed_at = ticket.closed_at
        if closed_at is not None and work.now > state.may_reopen_until(closed_at):
            raise Refused("too-late", f"ticket {ticket.id} was closed too long ago: open a new one")
        if ticket.incident_id not in state.incidents.keys() | state.closed_incidents.keys():
            raise Refused("too-late", f"incident {ticket.incident_id} is over: open a new ticket")
        reopen(work, ticket, by=order.by, reason=self.reason)


class CancelTicket(Command, frozen=True, tag="ticket.cancel"):
    """Drop it, before anybody is on site; the incident's last one takes it along."""

    ticket: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = _in(work, self, BEFORE_SITE)
        incident = work.state.incidents[ticket.incident_id]
        if ticket.id != incident.ticket_id:
            end_ticket(work, ticket, cancelled=True, by=order.by, reason=self.reason)
            close_if_over(work, incident.id)
            return
        if incident.plan is not None or work.state.alarms_of(incident.id):
            raise Refused("incident-open", f"close incident {incident.id} instead: it ends with it")
        others = [t.id for t in work.state.tickets_of(incident.id) if t.id != ticket.id]
        if others:
            raise Refused("tickets-open", f"tickets {', '.join(others)} are open: end them first")
        watch_again(work, ticket, by=order.by)
        close(work, incident, "cancelled", by=order.by, reason=self.reason)


def open_ticket(work: Work, ticket_id: str) -> Ticket:
    """Raises Refused: it has ended."""
    ticket = work.state.tickets.get(ticket_id)
    if ticket is None:
        raise Refused("not-open", f"ticket {ticket_id} is closed")
    return ticket


def _in(work: Work, command: Command, start: Set[TicketState]) -> Ticket:
    return _need_state(open_ticket(work, command.target), command, start)


def _need_state(ticket: Ticket, command: Command, start: Set[TicketState]) -> Ticket:
    if ticket.state not in start:
        steps = " or ".join(sorted(start))
        raise Refused(
            "wrong-state", f"ticket {ticket.id} is {ticket.state}: {command.name} needs {steps}"
        )
    return ticket
