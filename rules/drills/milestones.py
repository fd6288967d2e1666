"""After each step of a drill: how far it has come, and whether something real comes first."""

from collections.abc import Iterable
from dataclasses import replace

from rules.drills.course import going_on, pause
from rules.drills.real_first import comes_first
from rules.drills.score import reached_by_most
from rules.notices.telling import notices_of
from rules.records.alarms import Alarm
from rules.records.drills import Drill
from rules.records.events import Event
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.tickets import Ticket
from rules.state.work import Work
from rules.vocabulary import reasons

_MILESTONES = {
    "alarm.acknowledged": "acknowledged_at",
    "ticket.dispatched": "dispatched_at",
    "ticket.accepted": "dispatched_at",
    "ticket.arrived": "arrived_at",
}
"""The first event of each kind that is of the drill: acknowledged, somebody sent, on site."""


def attend_drill(work: Work, events: list[Event]) -> None:
    """Note the milestones that the drill reached by `events`, or stop it for what is real."""
    drill = going_on(work)
    if drill is None or drill.state != "running":
        return
    came = _with_milestones(work, drill, events)
    if came != drill:
        work.emit("drill.progressed", came, by="system")
    first = next((e.record for e in events if comes_first(e.record, drill)), None)
    if first is not None:
        real = first.incident_id if isinstance(first, Alarm) else first.id
        reason = reasons.real_first(real or first.id)
        pause(work, came, by="system", reason=reason, real=real)


def _with_milestones(work: Work, drill: Drill, events: Iterable[Event]) -> Drill:
    reached: dict[str, int] = {}
    told = False
    for event in events:
        record = event.record
        if not isinstance(record, Alarm | Ticket | Notice | Incident) or not record.drill:
            continue
        told = told or isinstance(record, Notice)
        name = _MILESTONES.get(event.kind)
        if name is not None and getattr(drill, name) is None:
            reached.setdefault(name, event.at)
    if told and drill.notified_at is None and drill.incident_id is not None:
        share = work.state.rulebook.drill_policy.score["notify"].share
        at = reached_by_most(notices_of(work, drill.incident_id), share)
        if at is not None:
            reached["notified_at"] = at
    return replace(drill, **reached)  # type: ignore[arg-type]
