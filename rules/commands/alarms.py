"""What a person may do to an alarm."""

from rules.alarms import shelving
from rules.alarms.annunciation import expect_answer
from rules.commands.refused import Refused
from rules.commands.until import need_end_within
from rules.incidents.closing import close_if_over
from rules.records import alarms
from rules.records.alarms import Alarm
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import Id, Reason, Until


class AcknowledgeAlarm(Command, frozen=True, tag="alarm.acknowledge"):
    """Say that a person has seen the alarm and takes it on."""

    alarm: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        alarm = _active(work, self.alarm)
        if not alarms.can_acknowledge(alarm):
            raise Refused(
                "already-acknowledged",
                f"alarm {alarm.id} was acknowledged by {alarm.acknowledged_by}",
            )
        acknowledged = alarms.acknowledge(alarm, by=order.by, at=work.now)
        work.emit("alarm.acknowledged", acknowledged, by=order.by)
        expect_answer(work, acknowledged)
        close_if_over(work, alarm.incident_id)


class ResetAlarm(Command, frozen=True, tag="alarm.reset"):
    """Bring a latched alarm, acknowledged and with its cause gone, back to normal."""

    alarm: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        alarm = _active(work, self.alarm)
        if not alarms.can_reset(alarm):
            answered = not alarms.can_acknowledge(alarm)
            need = "its cause still stands" if answered else "acknowledge it first"
            raise Refused("not-resettable", f"alarm {alarm.id} is {alarm.state}: {need}")
        work.emit("alarm.reset", alarms.reset(alarm), by=order.by)
        close_if_over(work, alarm.incident_id)


class ShelveAlarm(Command, frozen=True, tag="alarm.shelve"):
    """Hold back the alarms of its rule on its device; what stands then is annunciated again.

    ISA-18.2, state G: with a reason and an end, never where life is at stake.
    """

    alarm: Id
    until: Until
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        alarm = _active(work, self.alarm)
        watch = work.state.watches.watch_of(alarm)
        if alarm.suppression is not None:
            raise Refused(
                "suppressed", f"alarm {alarm.id} is held back already, by {alarm.suppression}"
            )
        if watch is None or not watch.rule.shelvable:
            raise Refused(
                "not-shelvable", f"alarm {alarm.id}: alarms of {alarm.rule} are never shelved"
            )
        need_end_within(work, self.until, work.state.rulebook.alarm_handling.shelve_at_most_h)
        shelving.begin(
            work, "shelved", devices=(alarm.device,), rules=(alarm.rule,), by=order.by,
            reason=self.reason, until_at=self.until,
        )  # fmt: skip


def _active(work: Work, alarm_id: str) -> Alarm:
    alarm = work.state.alarms.get(alarm_id)
    if alarm is None:
        raise Refused("not-active", f"alarm {alarm_id} is back to normal: nothing to do")
    return alarm
