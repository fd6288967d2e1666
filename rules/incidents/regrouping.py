"""Two incidents made one, and one made two: by a person who sees what the places do not tell."""

from dataclasses import replace

from rules.incidents.course import carry_out_plan, raise_level, weigh_severity
from rules.incidents.grouping import group_of, new_incident, open_for
from rules.records.alarms import Alarm
from rules.records.incidents import Incident
from rules.records.ticket_clocks import end
from rules.records.tickets import Ticket, TicketState
from rules.state.work import Work
from rules.vocabulary.priority import higher


def merge(work: Work, source: Incident, target: Incident, *, by: str, reason: str) -> None:
    """`source` becomes part of `target`: its alarms, evidence, tickets, and who was told.

    What comes later for `source` goes to `target`; a ticket that nobody has begun is cancelled.
    """
    state = work.state
    _move_alarms(work, state.alarms_of(source.id), target, by=by, reason=reason)
    for device, at in state.evidence.get(source.id, {}).items():
        seen = state.evidence.setdefault(target.id, {})
        seen[device] = max(at, seen.get(device, at))
    state.told[target.id] = {**state.told.pop(source.id, {}), **state.told.get(target.id, {})}
    for ticket in state.tickets_of(source.id):
        _move_ticket(work, ticket, target, by=by, reason=reason)
    merged = replace(
        source, state="closed", closed_at=work.now, outcome="merged", merged_into=target.id,
        severity=None,
    )  # fmt: skip
    work.emit("incident.merged", merged, by=by, reason=reason)
    grown = _with_first_out(work, replace(
        target,
        alarm_count=target.alarm_count + source.alarm_count,
        merged_keys=(*target.merged_keys, source.key, *source.merged_keys),
        added=tuple(dict.fromkeys((*target.added, *source.added))),
    ))  # fmt: skip
    work.emit("incident.grown", grown, by=by, reason=reason)
    level = higher(source.level, target.level)
    confirmed = source.confirmed or target.confirmed
    raise_level(work, grown, by=by, reason=reason, level=level, confirmed=confirmed)
    weigh_severity(work, target.id)


def split(work: Work, incident: Incident, alarms: list[Alarm], *, by: str, reason: str) -> None:
    """`alarms`, some of those of `incident`, become an incident of their own, with its plan.

    Precondition: the first of them, in event time, has a watch.
    """
    first = min(alarms, key=lambda alarm: (alarm.raised_at, alarm.id))
    watch = work.state.watches.watch_of(first)
    assert watch is not None
    group = group_of(work.state, watch)
    fresh = new_incident(work, group, watch.device.place, first)
    fresh = replace(fresh, key=f"{incident.key}/{fresh.id}", alarm_count=len(alarms))
    open_for(work, watch, group, fresh)
    _move_alarms(work, [alarm.id for alarm in alarms], fresh, by=by, reason=reason)
    shrunk = replace(incident, alarm_count=incident.alarm_count - len(alarms))
    work.emit("incident.shrunk", _with_first_out(work, shrunk), by=by, reason=reason)
    carry_out_plan(work, _with_first_out(work, fresh))
    weigh_severity(work, incident.id)
    weigh_severity(work, fresh.id)


def _move_alarms(
    work: Work, alarm_ids: list[str], target: Incident, *, by: str, reason: str
) -> None:
    for alarm_id in alarm_ids:
        moved = replace(work.state.alarms[alarm_id], incident_id=target.id)
        work.emit("alarm.moved", moved, by=by, reason=reason)


def _move_ticket(work: Work, ticket: Ticket, target: Incident, *, by: str, reason: str) -> None:
    if ticket.state is TicketState.NEW and not any(t.state == "done" for t in ticket.tasks):
        gone = end(ticket, TicketState.CANCELLED, work.now)
        work.emit("ticket.closed", gone, by=by, reason=reason)
    else:
        work.emit("ticket.moved", replace(ticket, incident_id=target.id), by=by, reason=reason)


def _with_first_out(work: Work, incident: Incident) -> Incident:
    """`incident` with its first-out (首出) found anew among its active alarms."""
    active = [work.state.alarms[alarm_id] for alarm_id in work.state.alarms_of(incident.id)]
    first = min(active, key=lambda alarm: (alarm.raised_at, alarm.id), default=None)
    for alarm in active:
        is_first = alarm is first
        if alarm.first_out != is_first:
            work.emit("alarm.first_out_changed", replace(alarm, first_out=is_first), by="system")
    if first is None:
        return incident
    return replace(incident, first_out=first.id, first_out_at=first.raised_at)
