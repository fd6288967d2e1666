"""What a person may do to a ticket on its way from new to closed (DOMAIN section 5)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from rules.commands.refused import Refused
from rules.commands.words import end_of, need_reason
from rules.incidents.closing import close, close_if_over, end_ticket
from rules.planned_works import watch_again
from rules.records import ticket_clocks
from rules.records.tickets import BEFORE_SITE, Pause, PauseCause, Ticket, TicketState
from rules.state.inputs import Command
from rules.state.work import Work
from rules.tickets.reopening import reopen

_AT_WORK = frozenset({TicketState.ON_SITE, TicketState.WORKING})
_TAKEN = _AT_WORK | {TicketState.ACCEPTED}
_NOT_TAKEN = frozenset({TicketState.NEW, TicketState.DISPATCHED})
_LOOKED_AT = frozenset({TicketState.VERIFIED, TicketState.CALLBACK, TicketState.CLOSED})


@dataclass(frozen=True, slots=True)
class _Move:
    """An event, the state it leads to, the clock it stops, the states it starts from."""

    event: str
    to: TicketState
    clock: str
    start: frozenset[TicketState]


_MOVES = {
    "ticket.dispatch": _Move("ticket.dispatched", TicketState.DISPATCHED, "", _NOT_TAKEN),
    "ticket.accept": _Move("ticket.accepted", TicketState.ACCEPTED, "accept", _NOT_TAKEN),
    "ticket.reject": _Move(
        "ticket.rejected", TicketState.DISPATCHED, "",
        frozenset({TicketState.DISPATCHED, TicketState.ACCEPTED}),
    ),
    "ticket.transfer": _Move(
        "ticket.transferred", TicketState.DISPATCHED, "", _TAKEN | {TicketState.DISPATCHED}
    ),
    "ticket.arrive": _Move(
        "ticket.arrived", TicketState.ON_SITE, "respond", frozenset({TicketState.ACCEPTED})
    ),
    "ticket.start": _Move(
        "ticket.started", TicketState.WORKING, "", frozenset({TicketState.ON_SITE})
    ),
    "ticket.resolve": _Move("ticket.resolved", TicketState.RESOLVED, "finish", _AT_WORK),
}  # fmt: skip


def open_ticket(work: Work, command: Command) -> Ticket:
    """The command's target. Raises Refused: it has ended."""
    ticket = work.state.tickets.get(command.target)
    if ticket is None:
        raise Refused("not-open", f"ticket {command.target} is closed")
    return ticket


def _in(ticket: Ticket, command: Command, start: frozenset[TicketState]) -> Ticket:
    if ticket.state not in start:
        steps = " or ".join(sorted(start))
        raise Refused(
            "wrong-state", f"ticket {ticket.id} is {ticket.state}: {command.name} needs {steps}"
        )
    return ticket


def move(work: Work, command: Command) -> None:
    """Carry out one of `_MOVES` on its target. Raises Refused."""
    move = _MOVES[command.name]
    ticket = _in(open_ticket(work, command), command, move.start)
    moved = replace(
        ticket_clocks.meet(ticket, move.clock, work.now),
        state=move.to,
        assignee=_assignee(ticket, command),
        worker=command.by if move.to is TicketState.RESOLVED else ticket.worker,
    )
    work.emit(move.event, moved, by=command.by, reason=command.reason)
    if move.to is TicketState.RESOLVED:
        watch_again(work, moved, by=command.by)
        close_if_over(work, ticket.incident_id)


def _assignee(ticket: Ticket, command: Command) -> str | None:
    match command.name:
        case "ticket.dispatch" | "ticket.transfer":
            if not command.params.get("assignee"):
                raise Refused("no-assignee", "assignee is missing: name who shall go")
            return command.params["assignee"]
        case "ticket.accept":
            return command.by
        case "ticket.reject":
            return None
    return ticket.assignee


def _reject(work: Work, command: Command) -> None:
    need_reason(command, "say why you cannot take it")
    move(work, command)


def _transfer(work: Work, command: Command) -> None:
    need_reason(command, "say why somebody else shall take it")
    assignee = command.params.get("assignee")
    if assignee and assignee == open_ticket(work, command).assignee:
        raise Refused("same-assignee", f"assignee {assignee!r}: has the ticket already")
    move(work, command)


def _suspend(work: Work, command: Command) -> None:
    """The clocks stand, with a cause, an approver and an end; never those of an emergency."""
    ticket = _in(open_ticket(work, command), command, _TAKEN)
    policy = work.state.rulebook.ticket_policy.suspend
    if ticket.klass not in policy.classes:
        raise Refused("not-suspendable", f"ticket {ticket.id} is {ticket.klass}: it cannot rest")
    pause = Pause(
        cause=_cause(command),
        reason=need_reason(command, "say what is waited for"),
        approver=_approver(ticket, command),
        state=ticket.state,
        since_at=work.now,
        until_at=end_of(work, command, most_h=policy.at_most_days * 24),
    )
    suspended = ticket_clocks.suspend(ticket, pause)
    work.emit("ticket.suspended", suspended, by=command.by, reason=pause.reason)


def _cause(command: Command) -> PauseCause:
    known: tuple[PauseCause, ...] = get_args(PauseCause)
    for cause in known:
        if command.params.get("cause") == cause:
            return cause
    raise Refused("bad-cause", f"cause {command.params.get('cause')!r}: use {', '.join(known)}")


def _approver(ticket: Ticket, command: Command) -> str:
    approver = command.params.get("approver", "")
    if not approver or approver == ticket.assignee:
        raise Refused(
            "bad-approver", f"approver {approver!r}: name who allowed it, not who has the ticket"
        )
    return approver


def _resume(work: Work, command: Command) -> None:
    ticket = _in(open_ticket(work, command), command, frozenset({TicketState.SUSPENDED}))
    resumed = ticket_clocks.resume(ticket, work.now)
    work.emit("ticket.resumed", resumed, by=command.by, reason=command.reason)


def _verify(work: Work, command: Command) -> None:
    """Somebody else than the worker looks at the work; what fails is work again, by its clock."""
    ticket = _in(open_ticket(work, command), command, frozenset({TicketState.RESOLVED}))
    if command.by in (ticket.worker, ticket.assignee):
        raise Refused("own-work", f"ticket {ticket.id} is your own work: let somebody else verify")
    match command.params.get("outcome"):
        case "passed":
            verified = replace(ticket, state=TicketState.VERIFIED, verified_by=command.by)
            work.emit("ticket.verified", verified, by=command.by, reason=command.reason)
            close_if_over(work, ticket.incident_id)
        case "failed":
            need_reason(command, "say what is still wrong")
            back = replace(
                ticket_clocks.run_on(ticket, "finish"), state=TicketState.WORKING, worker=None
            )
            work.emit("ticket.verification_failed", back, by=command.by, reason=command.reason)
        case other:
            raise Refused("bad-outcome", f"outcome {other!r}: use passed or failed")


def _call_back(work: Work, command: Command) -> None:
    """The household's word (回访): dissatisfied, or not fixed, and the ticket is work again."""
    ticket = _in(open_ticket(work, command), command, frozenset({TicketState.CALLBACK}))
    score, fixed = command.params.get("score", ""), command.params.get("fixed", "")
    if score not in ("1", "2", "3", "4", "5"):
        raise Refused("bad-score", f"score {score!r}: give 1 (bad) to 5 (very good)")
    if fixed not in ("yes", "no"):
        raise Refused("bad-fixed", f"fixed {fixed!r}: say yes or no")
    called = replace(ticket, satisfaction=int(score))
    work.emit("ticket.called_back", called, by=command.by, reason=command.reason)
    policy = work.state.rulebook.ticket_policy
    if fixed == "no" or int(score) <= policy.dissatisfied_at_most:
        reopen(work, called, by=command.by, reason=command.reason)
    else:
        close_if_over(work, ticket.incident_id)


def _reopen(work: Work, command: Command) -> None:
    ended = work.state.ended_tickets.get(command.target)
    ticket = _in(ended or open_ticket(work, command), command, _LOOKED_AT)
    if ticket.drill:
        raise Refused("drill", f"ticket {ticket.id} is of a drill: it is not taken up again")
    reason = need_reason(command, "say what is not fixed")
    closed_at = ticket.closed_at
    if closed_at is not None and work.now > work.state.may_reopen_until(closed_at):
        raise Refused("too-late", f"ticket {ticket.id} was closed too long ago: open a new one")
    if ticket.incident_id not in work.state.incidents.keys() | work.state.closed_incidents.keys():
        raise Refused("too-late", f"incident {ticket.incident_id} is over: open a new ticket")
    reopen(work, ticket, by=command.by, reason=reason)


def _cancel(work: Work, command: Command) -> None:
    """Before anybody is on site; where it is the incident's last one, that ends with it."""
    ticket = _in(open_ticket(work, command), command, BEFORE_SITE)
    reason = need_reason(command, "say why it is not needed")
    incident = work.state.incidents[ticket.incident_id]
    if ticket.id != incident.ticket_id:
        end_ticket(work, ticket, cancelled=True, by=command.by, reason=reason)
        close_if_over(work, incident.id)
        return
    if incident.plan is not None or work.state.alarms_of(incident.id):
        raise Refused("incident-open", f"close incident {incident.id} instead: it ends with it")
    others = [t.id for t in work.state.tickets_of(incident.id) if t.id != ticket.id]
    if others:
        raise Refused("tickets-open", f"tickets {', '.join(others)} are open: end them first")
    watch_again(work, ticket, by=command.by)
    close(work, incident, "cancelled", by=command.by, reason=reason)


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    **dict.fromkeys(_MOVES, move),
    "ticket.reject": _reject,
    "ticket.transfer": _transfer,
    "ticket.suspend": _suspend,
    "ticket.resume": _resume,
    "ticket.verify": _verify,
    "ticket.call_back": _call_back,
    "ticket.reopen": _reopen,
    "ticket.cancel": _cancel,
}
