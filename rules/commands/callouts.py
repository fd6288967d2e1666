"""What a person who is called may answer."""

from typing import Annotated

from pydantic import Field

from rules.alarms.annunciation import expect_answer
from rules.commands.refused import Refused
from rules.commands.tickets import AcceptTicket, RejectTicket
from rules.incidents.closing import close_if_over
from rules.oncall.calls import end
from rules.oncall.escalation import give_up_level, unanswered
from rules.records import alarms
from rules.records.callouts import Callout
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import Id, Reason


class AnswerCallout(Command, frozen=True, tag="callout.answer"):
    """Acknowledge what one was called to: the alarms that wait, or the ticket."""

    callout: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        callout = _mine(work, self.callout, order.by)
        if callout.why == "unanswered":
            _acknowledge_all(work, callout.incident_id, by=order.by)
        elif callout.why != "drill_stopped":
            AcceptTicket(callout.ticket_id).carry_out(work, order)
        end(work, callout, "answered", by=order.by)


class DeclineCallout(Command, frozen=True, tag="callout.decline"):
    """Say that one cannot come: a ticket goes back, or another is called at once."""

    callout: Id
    reason: Annotated[Reason, Field(examples=["at another incident"])]

    def carry_out(self, work: Work, order: Ordered) -> None:
        callout = _mine(work, self.callout, order.by)
        if callout.why == "dispatched":
            RejectTicket(callout.ticket_id, self.reason).carry_out(work, order)
        end(work, callout, "declined", by=order.by, reason=self.reason)
        give_up_level(work, callout.incident_id)


def _mine(work: Work, callout_id: str, user: str) -> Callout:
    callout = work.state.callouts.get(callout_id)
    if callout is None:
        raise Refused("callout-over", f"callout {callout_id} is over: somebody has answered")
    if callout.user != user:
        raise Refused("not-called", f"callout {callout.id} is for {callout.user}, not you")
    return callout


def _acknowledge_all(work: Work, incident_id: str, *, by: str) -> None:
    for alarm in unanswered(work, incident_id):
        acknowledged = alarms.acknowledge(alarm, by=by, at=work.now)
        work.emit("alarm.acknowledged", acknowledged, by=by)
        expect_answer(work, acknowledged)
    close_if_over(work, incident_id)
