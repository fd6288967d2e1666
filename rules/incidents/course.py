"""The course of an incident: its level, severity and cause, and what its plan then asks for."""

from dataclasses import replace

from rules.incidents.causes import probable_cause
from rules.notices.telling import tell_of_plan
from rules.records.incidents import Incident
from rules.state.work import Work
from rules.tickets.opening import add_tasks


def raise_level(work: Work, incident: Incident, *, by: str, reason: str, **changes: object) -> None:
    """Give the incident a graver level or confirm it, then do what the plan now asks for."""
    raised = replace(incident, **changes)  # type: ignore[arg-type]
    if raised == incident:
        return
    confirmed_now = raised.confirmed and not incident.confirmed
    kind = "incident.confirmed" if confirmed_now else "incident.level_raised"
    work.emit(kind, raised, by=by, reason=reason)
    carry_out_plan(work, raised)


def weigh_severity(work: Work, incident_id: str | None) -> None:
    """The incident's severity is that of its gravest standing alarm."""
    incident = work.state.incidents.get(incident_id or "")
    if incident is None:
        return
    severity = work.state.indexes.alarm.severity(incident.id)
    if severity != incident.severity:
        work.emit("incident.severity_changed", replace(incident, severity=severity), by="system")


def weigh_cause(work: Work, incident_id: str) -> None:
    """Say what probably explains the incident's alarms, if that has changed."""
    incident = work.state.incidents.get(incident_id)
    if incident is None:
        return
    active = [work.state.alarms[alarm_id] for alarm_id in work.state.alarms_of(incident_id)]
    cause = probable_cause(work.state.estate, incident, active) or incident.cause
    if cause != incident.cause:
        work.emit("incident.cause_found", replace(incident, cause=cause), by="system")


def carry_out_plan(work: Work, incident: Incident) -> None:
    """What the plan asks for at the incident's level: tasks on the ticket, notices."""
    plan = work.state.plan_of(incident)
    if plan is not None:
        add_tasks(work, plan, incident)
        tell_of_plan(work, plan, incident)
