"""What a person who is called may answer."""

from collections.abc import Callable
from dataclasses import replace

from rules.alarms.annunciation import expect_answer
from rules.commands.refused import Refused
from rules.commands.tickets import move
from rules.commands.words import need_reason
from rules.incidents.closing import close_if_over
from rules.oncall.calls import end
from rules.oncall.escalation import give_up_level, unanswered
from rules.records import alarms
from rules.records.callouts import Callout
from rules.state.inputs import Command
from rules.state.work import Work


def _mine(work: Work, command: Command) -> Callout:
    callout = work.state.callouts.get(command.target)
    if callout is None:
        raise Refused("callout-over", f"callout {command.target} is over: somebody has answered")
    if callout.user != command.by:
        raise Refused("not-called", f"callout {callout.id} is for {callout.user}, not you")
    return callout


def _answer(work: Work, command: Command) -> None:
    """One tap: the alarms that wait are acknowledged, or the ticket is accepted."""
    callout = _mine(work, command)
    if callout.why == "unanswered":
        _acknowledge_all(work, command, callout.incident_id)
    elif callout.why != "drill_stopped":
        move(work, replace(command, name="ticket.accept", target=callout.ticket_id))
    end(work, callout, "answered", by=command.by, reason=command.reason)


def _decline(work: Work, command: Command) -> None:
    """The person cannot come: a ticket goes back, or another is called."""
    need_reason(command, "say why you cannot come")
    callout = _mine(work, command)
    if callout.why == "dispatched":
        move(work, replace(command, name="ticket.reject", target=callout.ticket_id))
    end(work, callout, "declined", by=command.by, reason=command.reason)
    give_up_level(work, callout.incident_id)


def _acknowledge_all(work: Work, command: Command, incident_id: str) -> None:
    for alarm in unanswered(work, incident_id):
        acknowledged = alarms.acknowledge(alarm, by=command.by, at=work.now)
        work.emit("alarm.acknowledged", acknowledged, by=command.by, reason=command.reason)
        expect_answer(work, acknowledged)
    close_if_over(work, incident_id)


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "callout.answer": _answer,
    "callout.decline": _decline,
}
