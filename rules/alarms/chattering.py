"""Chattering (抖动): one held alarm and a ticket for the sensor, no plan (ISA-18.2; DOMAIN 2)."""

from dataclasses import replace

from rules.alarms.raising import place
from rules.incidents.closing import close, close_if_over
from rules.incidents.course import weigh_severity
from rules.incidents.grouping import Group, sensor_group
from rules.records.alarms import Alarm
from rules.records.incidents import Incident
from rules.records.tickets import TicketState
from rules.state.work import Step
from rules.tickets.opening import clocks_of, proofs_of
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant
from rules.watching.watch import Watch


def begin_chatter(step: Step, watch: Watch, at: Instant) -> None:
    """A standing alarm chatters: it is held as one, and its sensor gets a ticket."""
    alarm = step.state.alarm_of(watch)
    if alarm is None:
        return
    alarm = replace(alarm, chattering=True)
    if alarm.suppression is None:
        _leave_to_sensor(step, watch, alarm, at)
    else:
        step.emit("alarm.chattering", alarm, by=_by(watch), at=at)


def end_chatter(step: Step, watch: Watch, at: Instant) -> None:
    """The condition stands steadily: an alarm that was only its sensor's gets its own incident."""
    alarm = step.state.alarm_of(watch)
    if alarm is None or not alarm.chattering:
        return
    settled = replace(alarm, chattering=False)
    sensor = step.state.incident_with(sensor_group(step.state, watch).key)
    if alarm.suppression is None and sensor is not None and alarm.incident_id == sensor.id:
        place(step, watch, settled, "alarm.settled", at)
        close_if_over(step, sensor.id)
    else:
        step.emit("alarm.settled", settled, by=_by(watch), at=at)


def _leave_to_sensor(step: Step, watch: Watch, alarm: Alarm, at: Instant) -> None:
    """A plan that the alarm alone began, and nobody took up, is not needed any more."""
    state, group = step.state, sensor_group(step.state, watch)
    incident = state.incidents.get(alarm.incident_id or "")
    is_alone = incident is not None and incident.alarm_count == 1
    if incident is None or not is_alone or not _is_untouched(step, incident):
        place(step, watch, alarm, "alarm.chattering", at)
        weigh_severity(step, incident.id if incident else None)
    elif state.told.get(incident.id) or state.incident_with(group.key) is not None:
        place(step, watch, alarm, "alarm.chattering", at)
        incident = state.incidents[incident.id]
        close(step, incident, "false_alarm", by="system", reason=reasons.ONLY_CHATTERS)
    else:
        step.emit("alarm.chattering", alarm, by=_by(watch), at=at)
        _reclassify(step, incident, group)


def _is_untouched(step: Step, incident: Incident) -> bool:
    ticket = step.state.tickets.get(incident.ticket_id)
    return ticket is not None and ticket.state in (TicketState.NEW, TicketState.DISPATCHED)


def _reclassify(step: Step, incident: Incident, group: Group) -> None:
    """The incident and its ticket become those of the sensor; nobody outside was told."""
    step.state.incident_ids.pop(incident.key, None)
    changed = replace(
        incident,
        kind=group.kind,
        key=group.key,
        level=group.level,
        title=group.title,
        plan=None,
        plan_version=None,
    )
    step.emit("incident.reclassified", changed, by="system", reason=reasons.ONLY_CHATTERS)
    ticket = replace(
        step.state.tickets[incident.ticket_id],
        klass=group.ticket,
        title=group.title,
        clocks=clocks_of(step, group.ticket),
        tasks=(),
        valves=(),
        **proofs_of(step, group.ticket, incident.place, None),
    )
    step.emit("ticket.reclassified", ticket, by="system", reason=reasons.ONLY_CHATTERS)


def _by(watch: Watch) -> str:
    return f"rule:{watch.rule.id}"
