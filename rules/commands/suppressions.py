"""What a person may do to a suppression, and how a device goes out of service (ISA-18.2, I)."""

from rules.alarms import shelving
from rules.commands.refused import Refused
from rules.commands.words import end_of, need_reason
from rules.state.inputs import Command
from rules.state.work import Work

MOST_OUT_OF_SERVICE_H = 31 * 24
"""A permit runs for a month at most; then it is looked at again."""


def _take_out_of_service(work: Work, command: Command) -> None:
    device = command.target
    if device not in work.state.estate.devices:
        raise Refused("no-device", f"device {device} is not in this estate")
    if any(
        s.kind == "out_of_service" and device in s.devices for s in work.state.suppressions.values()
    ):
        raise Refused("out-of-service", f"device {device} is out of service already")
    measure = command.params.get("measure", "").strip()
    if not measure:
        raise Refused("no-measure", "measure is missing: say what guards people meanwhile")
    shelving.begin(
        work, "out_of_service", devices=(device,), by=command.by,
        reason=need_reason(command, "say why the device is out of service"),
        until_at=end_of(work, command, most_h=MOST_OUT_OF_SERVICE_H), measure=measure,
    )  # fmt: skip


def _end(work: Work, command: Command) -> None:
    suppression = work.state.suppressions.get(command.target)
    if suppression is None:
        raise Refused("not-in-force", f"suppression {command.target} is over: nothing to do")
    shelving.end(work, suppression, by=command.by, reason=command.reason)


HANDLERS = {
    "device.take_out_of_service": _take_out_of_service,
    "suppression.end": _end,
}
