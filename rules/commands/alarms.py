"""What a person may do to an alarm."""

from rules import alarms
from rules.alarms import Alarm
from rules.commands.refused import Refused
from rules.inputs import Command
from rules.response import close_if_over
from rules.state import Step


def _alarm(step: Step, command: Command) -> Alarm:
    alarm = step.state.alarms.get(command.target)
    if alarm is None:
        raise Refused("not-active", f"alarm {command.target} is back to normal: nothing to do")
    return alarm


def _acknowledge(step: Step, command: Command) -> None:
    alarm = _alarm(step, command)
    if not alarms.can_acknowledge(alarm):
        raise Refused(
            "already-acknowledged", f"alarm {alarm.id} was acknowledged by {alarm.acknowledged_by}"
        )
    acknowledged = alarms.acknowledge(alarm, by=command.by, at=step.now)
    step.emit("alarm.acknowledged", acknowledged, by=command.by, reason=command.reason)
    close_if_over(step, alarm.incident_id)


def _reset(step: Step, command: Command) -> None:
    alarm = _alarm(step, command)
    if not alarms.can_reset(alarm):
        need = "acknowledge it first" if alarms.can_acknowledge(alarm) else "its cause still stands"
        raise Refused("not-resettable", f"alarm {alarm.id} is {alarm.state}: {need}")
    step.emit("alarm.reset", alarms.reset(alarm), by=command.by, reason=command.reason)
    close_if_over(step, alarm.incident_id)


HANDLERS = {
    "alarm.acknowledge": _acknowledge,
    "alarm.reset": _reset,
}
