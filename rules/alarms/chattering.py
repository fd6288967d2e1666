"""Chattering (抖动): one held alarm and a ticket for the sensor, no plan (ISA-18.2; DOMAIN 2)."""

from dataclasses import replace

from rules.alarms.raising import place
from rules.incidents.closing import close, close_if_over
from rules.incidents.course import weigh_severity
from rules.incidents.grouping import Group, sensor_group
from rules.records.alarms import Alarm
from rules.records.incidents import Incident
from rules.records.tickets import TicketState
from rules.state.work import Work
from rules.tickets.opening import clocks_of, proofs_of
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant
from rules.watching.watch import Watch


def begin_chatter(work: Work, watch: Watch, at: Instant) -> None:
    """A standing alarm chatters: it is held as one, and its sensor gets a ticket."""
    alarm = work.state.alarm_of(watch)
    if alarm is None:
        return
    alarm = replace(alarm, chattering=True)
    if alarm.suppression is not None or _is_the_sensors(work, watch, alarm):
        work.emit("alarm.chattering", alarm, by=_by(watch), at=at)
    else:
        _leave_to_sensor(work, watch, alarm, at)


def end_chatter(work: Work, watch: Watch, at: Instant) -> None:
    """The condition stands steadily: an alarm that was only its sensor's gets its own incident."""
    alarm = work.state.alarm_of(watch)
    if alarm is None or not alarm.chattering:
        return
    settled = replace(alarm, chattering=False)
    if alarm.suppression is None and _is_the_sensors(work, watch, alarm):
        place(work, watch, settled, "alarm.settled", at)
        close_if_over(work, alarm.incident_id)
    else:
        work.emit("alarm.settled", settled, by=_by(watch), at=at)


def _is_the_sensors(work: Work, watch: Watch, alarm: Alarm) -> bool:
    sensor = work.state.incident_with(sensor_group(work.state, watch).key)
    return sensor is not None and sensor.id == alarm.incident_id


def _leave_to_sensor(work: Work, watch: Watch, alarm: Alarm, at: Instant) -> None:
    """A plan that the alarm alone began, and nobody took up, is not needed any more."""
    state, group = work.state, sensor_group(work.state, watch)
    incident = state.incidents.get(alarm.incident_id or "")
    is_alone = incident is not None and incident.alarm_count == 1
    if incident is None or not is_alone or not _is_untouched(work, incident):
        place(work, watch, alarm, "alarm.chattering", at)
        weigh_severity(work, incident.id if incident else None)
    elif state.told.get(incident.id) or state.incident_with(group.key) is not None:
        place(work, watch, alarm, "alarm.chattering", at)
        incident = state.incidents[incident.id]
        close(work, incident, "false_alarm", by="system", reason=reasons.ONLY_CHATTERS)
    else:
        work.emit("alarm.chattering", alarm, by=_by(watch), at=at)
        _reclassify(work, incident, group)


def _is_untouched(work: Work, incident: Incident) -> bool:
    ticket = work.state.tickets.get(incident.ticket_id)
    return ticket is not None and ticket.state in (TicketState.NEW, TicketState.DISPATCHED)


def _reclassify(work: Work, incident: Incident, group: Group) -> None:
    """The incident and its ticket become those of the sensor; nobody outside was told."""
    work.state.incident_ids.pop(incident.key, None)
    changed = replace(
        incident,
        kind=group.kind,
        key=group.key,
        level=group.level,
        title=group.title,
        plan=None,
        plan_version=None,
    )
    work.emit("incident.reclassified", changed, by="system", reason=reasons.ONLY_CHATTERS)
    ticket = replace(
        work.state.tickets[incident.ticket_id],
        klass=group.ticket,
        title=group.title,
        clocks=clocks_of(work, group.ticket),
        tasks=(),
        valves=(),
        **proofs_of(work, group.ticket, incident.place, None),
    )
    work.emit("ticket.reclassified", ticket, by="system", reason=reasons.ONLY_CHATTERS)


def _by(watch: Watch) -> str:
    return f"rule:{watch.rule.id}"
