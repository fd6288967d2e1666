"""What a person may do to a suppression, and how a device goes out of service (ISA-18.2, I)."""

from typing import Annotated

from pydantic import Field

from rules.alarms import shelving
from rules.commands.refused import Refused
from rules.commands.until import need_end_within
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import Id, Reason, SomeWords, Until

MOST_OUT_OF_SERVICE_H = 31 * 24
"""A permit runs for a month at most; then it is looked at again."""


class TakeOutOfService(Command, frozen=True, tag="device.take_out_of_service"):
    """Hold back all alarms of the device, by a permit (ISA-18.2, state I)."""

    device: Id
    reason: Reason
    until: Until
    measure: Annotated[
        SomeWords,
        Field(description="What guards people meanwhile.", examples=["patrol every hour"]),
    ]

    def carry_out(self, work: Work, order: Ordered) -> None:
        if self.device not in work.state.estate.devices:
            raise Refused("no-device", f"device {self.device} is not in this estate")
        if any(
            s.kind == "out_of_service" and self.device in s.devices
            for s in work.state.suppressions.values()
        ):
            raise Refused("out-of-service", f"device {self.device} is out of service already")
        need_end_within(work, self.until, MOST_OUT_OF_SERVICE_H)
        shelving.begin(
            work, "out_of_service", devices=(self.device,), by=order.by, reason=self.reason,
            until_at=self.until, measure=self.measure,
        )  # fmt: skip


class EndSuppression(Command, frozen=True, tag="suppression.end"):
    """Annunciate again what stands. Who may not take a device out of service may not end it."""

    suppression: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        suppression = work.state.suppressions.get(self.suppression)
        if suppression is None:
            raise Refused("not-in-force", f"suppression {self.suppression} is over: nothing to do")
        shelving.end(work, suppression, by=order.by, reason=self.reason)
