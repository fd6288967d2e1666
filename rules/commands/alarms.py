"""What a person may do to an alarm."""

from rules.alarms import shelving
from rules.alarms.annunciation import expect_answer
from rules.commands.refused import Refused
from rules.commands.words import end_of, need_reason
from rules.incidents.closing import close_if_over
from rules.records import alarms
from rules.records.alarms import Alarm
from rules.state.inputs import Command
from rules.state.work import Work


def _alarm(work: Work, command: Command) -> Alarm:
    alarm = work.state.alarms.get(command.target)
    if alarm is None:
        raise Refused("not-active", f"alarm {command.target} is back to normal: nothing to do")
    return alarm


def _acknowledge(work: Work, command: Command) -> None:
    alarm = _alarm(work, command)
    if not alarms.can_acknowledge(alarm):
        raise Refused(
            "already-acknowledged", f"alarm {alarm.id} was acknowledged by {alarm.acknowledged_by}"
        )
    acknowledged = alarms.acknowledge(alarm, by=command.by, at=work.now)
    work.emit("alarm.acknowledged", acknowledged, by=command.by, reason=command.reason)
    expect_answer(work, acknowledged)
    close_if_over(work, alarm.incident_id)


def _reset(work: Work, command: Command) -> None:
    alarm = _alarm(work, command)
    if not alarms.can_reset(alarm):
        need = "acknowledge it first" if alarms.can_acknowledge(alarm) else "its cause still stands"
        raise Refused("not-resettable", f"alarm {alarm.id} is {alarm.state}: {need}")
    work.emit("alarm.reset", alarms.reset(alarm), by=command.by, reason=command.reason)
    close_if_over(work, alarm.incident_id)


def _shelve(work: Work, command: Command) -> None:
    """ISA-18.2, state G: with a reason and an end, never where life is at stake."""
    alarm = _alarm(work, command)
    watch = work.state.watches.watch_of(alarm)
    if alarm.suppression is not None:
        raise Refused(
            "suppressed", f"alarm {alarm.id} is held back already, by {alarm.suppression}"
        )
    if watch is None or not watch.rule.shelvable:
        raise Refused(
            "not-shelvable", f"alarm {alarm.id}: alarms of {alarm.rule} are never shelved"
        )
    most = work.state.rulebook.alarm_handling.shelve_at_most_h
    until_at = end_of(work, command, most_h=most)
    shelving.begin(
        work, "shelved", devices=(alarm.device,), rules=(alarm.rule,), by=command.by,
        reason=need_reason(command, "say why the alarm is shelved"), until_at=until_at,
    )  # fmt: skip


HANDLERS = {
    "alarm.acknowledge": _acknowledge,
    "alarm.reset": _reset,
    "alarm.shelve": _shelve,
}
