"""System alarms of P1: somebody has seen what the system could not know."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from rules.commands.refused import Refused
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Holds, Words


class SeeSystemAlarm(Command, frozen=True, tag="system.see"):
    """Say that what the alarm asks for was looked at: from then on `/readyz` is silent about it."""

    alarm: Annotated[str, Holds.ID, Field(max_length=200, examples=["rebuilt/4711"])]
    estate: EstateId
    reason: Annotated[Words, Field(description="What was looked at, and found.")] = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        alarm = work.state.unseen.get(self.alarm)
        if alarm is None:
            raise Refused(
                "nothing-unseen",
                f"system alarm {self.alarm}: there is none that waits to be seen; look for others",
            )
        seen = replace(alarm, seen_at=work.now)
        work.emit("system.seen", seen, by=order.by, reason=self.reason)
