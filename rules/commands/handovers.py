"""Giving the desk to the next shift: one proposes, the other accepts (DOMAIN section 7)."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from rules.commands.refused import Refused
from rules.records.handovers import Handover
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Id, UserId, Words
from rules.vocabulary.instant import MINUTE, to_rfc3339


class HandOver(Command, frozen=True, tag="shift.hand_over"):
    """Propose the handover; it holds when the incoming person has accepted it.

    What is open is added by itself. A new proposal takes the place of one that nobody has accepted.
    """

    estate: EstateId
    incoming: UserId
    keys: Annotated[Words, Field(description="Which keys are where, and who has the others.")] = ""
    radios: Annotated[Words, Field(description="Which radios are where, and charged.")] = ""
    note: Annotated[Words, Field(description="What else the next shift must know.")] = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        _refuse_while_grave(work)
        if self.incoming == order.by:
            raise Refused("own-handover", f"{self.incoming} cannot sign twice: name who takes over")
        proposal = _with_what_is_open(
            work,
            Handover(
                id=work.state.new_id("h"),
                estate=work.state.estate_id,
                outgoing=order.by,
                incoming=self.incoming,
                proposed_at=work.now,
                keys=self.keys,
                radios=self.radios,
                note=self.note,
            ),
        )
        before = work.state.handover
        if before is not None:
            withdrawn = replace(before, state="withdrawn", ended_at=work.now)
            work.emit("handover.withdrawn", withdrawn, by=order.by)
        work.emit("handover.proposed", proposal, by=order.by)


class TakeOver(Command, frozen=True, tag="shift.take_over"):
    """Take the desk over: only the incoming person may, by their own session.

    What is open may have changed since: the record names what it is now.
    """

    handover: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        proposed = work.state.handover
        if proposed is None or proposed.id != self.handover:
            raise Refused(
                "handover-over", f"handover {self.handover} is over: look for a newer one"
            )
        if proposed.incoming != order.by:
            raise Refused(
                "not-incoming",
                f"handover {proposed.id} is for {proposed.incoming}, not for {order.by}: "
                "sign in as the one who takes over",
            )
        _refuse_while_grave(work)
        accepted = replace(proposed, state="accepted", ended_at=work.now)
        work.emit("handover.accepted", _with_what_is_open(work, accepted), by=order.by)


def _refuse_while_grave(work: Work) -> None:
    """Who knows what happened stays while a P1 alarm is fresh."""
    waits = round(work.state.rulebook.escalation_policy.handover_waits_min * MINUTE)
    fresh = [
        alarm
        for alarm in (*work.state.alarms.values(), *work.state.settled.values())
        if alarm.priority == "P1" and not alarm.drill and work.now < alarm.raised_at + waits
    ]
    if fresh:
        last = max(fresh, key=lambda alarm: alarm.raised_at)
        raise Refused(
            "p1-fresh",
            f"P1 alarm {last.id} has just begun: hand over after "
            f"{to_rfc3339(last.raised_at + waits)}",
        )


def _with_what_is_open(work: Work, handover: Handover) -> Handover:
    state = work.state
    return replace(
        handover,
        alarms=tuple(sorted(state.alarms)),
        suppressions=tuple(sorted(state.suppressions)),
        incidents=tuple(sorted(state.incidents)),
        tickets=tuple(sorted(state.tickets)),
    )
