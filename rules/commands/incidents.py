"""What a person may do to an incident."""

from typing import Annotated, Literal

from pydantic import Field

from rules.commands.place import AtPlace
from rules.commands.refused import Refused
from rules.incidents.asked_for import leave_work
from rules.incidents.closing import close
from rules.incidents.course import raise_level
from rules.incidents.regrouping import merge, split
from rules.incidents.started_by_hand import start
from rules.records.incidents import Incident, IncidentKind
from rules.rulebook.ticket_policy import FalseAlarmCause
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Id, Reason
from rules.vocabulary.priority import Level, higher

_IN_A_BUILDING = frozenset({"fire", "lift", "power"})
"""Kinds whose households are found by the building (`rules.estate.affected`)."""


class StartIncident(AtPlace, frozen=True, tag="incident.start"):
    """Start an emergency plan by hand: what no sensor has seen, or can see (DOMAIN 4.8)."""

    estate: EstateId
    kind: Annotated[IncidentKind, Field(examples=["power"])]
    level: Annotated[Level, Field(examples=["II"])]
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        plans = work.state.rulebook.plans.values()
        plan = next((p for p in plans if p.kind == self.kind), None)
        if plan is None:
            kinds = ", ".join(sorted(p.kind for p in plans))
            raise Refused("bad-kind", f"kind {self.kind!r}: there is a plan for each of {kinds}")
        place = self.place(work)
        if self.kind in _IN_A_BUILDING and place.building is None:
            raise Refused(
                "no-building", f"building is missing: say where, {self.kind} concerns its people"
            )
        start(work, plan, self.level, place, by=order.by, reason=self.reason)


class RaiseLevel(Command, frozen=True, tag="incident.raise_level"):
    """Say that the incident is graver: the plan adds what this level asks for."""

    incident: Id
    level: Level
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        if higher(self.level, incident.level) == incident.level:
            raise Refused(
                "not-graver", f"level {self.level}: incident {incident.id} is at {incident.level}"
            )
        raise_level(work, incident, by=order.by, reason=self.reason, level=self.level)


class MergeIncident(Command, frozen=True, tag="incident.merge"):
    """Make this incident part of another open one, which keeps its number."""

    incident: Id
    into: Annotated[Id, Field(examples=["riverside-i1"])]
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        source = _real(open_incident(work, self.incident), "it stays by itself")
        target = work.state.incidents.get(self.into)
        if target is None or target.id == source.id or target.drill:
            raise Refused("bad-into", f"into {self.into!r}: name another open incident")
        merge(work, source, target, by=order.by, reason=self.reason)


class SplitIncident(Command, frozen=True, tag="incident.split"):
    """Give some of its alarms, but not all, an incident of their own."""

    incident: Id
    alarms: Annotated[tuple[Id, ...], Field(min_length=1, max_length=500)]
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = _real(open_incident(work, self.incident), "it stays whole")
        there, wanted = set(work.state.alarms_of(incident.id)), set(self.alarms)
        if wanted - there:
            raise Refused(
                "bad-alarms",
                f"alarms {', '.join(sorted(wanted - there))}: "
                f"name active alarms of incident {incident.id}",
            )
        if wanted == there:
            raise Refused("bad-alarms", "alarms: leave at least one alarm in the incident")
        alarms = [work.state.alarms[alarm_id] for alarm_id in sorted(wanted)]
        orphans = [alarm.id for alarm in alarms if work.state.watches.watch_of(alarm) is None]
        if orphans:
            raise Refused(
                "bad-alarms", f"alarms {', '.join(orphans)}: their device is gone, leave them"
            )
        split(work, incident, alarms, by=order.by, reason=self.reason)


class ConfirmIncident(Command, frozen=True, tag="incident.confirm"):
    """Say that the incident is real: its plan goes on to what needs that."""

    incident: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        if incident.confirmed:
            raise Refused("already-confirmed", f"incident {incident.id} is confirmed already")
        plan = work.state.plan_of(incident)
        level = plan.confirmed_level if plan and plan.confirmed_level else incident.level
        raise_level(
            work, incident, by=order.by, reason=self.reason, confirmed=True, level=level
        )  # fmt: skip


class CloseIncident(Command, frozen=True, tag="incident.close"):
    """End the incident and its tickets, and send the all-clear to everyone who was told.

    Its alarms are reset, its tasks done or waived with reason; a false alarm has a cause, which
    may leave work (DOMAIN section 4, Close).
    """

    incident: Id
    outcome: Literal["resolved", "false_alarm"]
    reason: Reason
    cause: FalseAlarmCause = "other"

    def carry_out(self, work: Work, order: Ordered) -> None:
        remedy = "finish the drill instead: it ends with it"
        incident = _real(open_incident(work, self.incident), remedy)
        standing = work.state.alarms_of(incident.id)
        if standing:
            raise Refused(
                "alarms-active",
                f"{len(standing)} alarms of incident {incident.id} are active "
                f"({', '.join(standing[:3])}): acknowledge and reset them when their cause is gone",
            )
        if self.outcome == "resolved":
            _need_work_ended(work, incident)
        close(work, incident, self.outcome, by=order.by, reason=self.reason)
        if self.outcome == "false_alarm":
            leave_work(work, incident, self.cause, by=order.by, reason=self.reason)


def open_incident(work: Work, incident_id: str) -> Incident:
    """Raises Refused: it is closed."""
    incident = work.state.incidents.get(incident_id)
    if incident is None:
        raise Refused("not-open", f"incident {incident_id} is closed")
    return incident


def _real(incident: Incident, remedy: str) -> Incident:
    if incident.drill:
        raise Refused("drill", f"incident {incident.id} is of a drill: {remedy}")
    return incident


def _need_work_ended(work: Work, incident: Incident) -> None:
    tickets = work.state.tickets_of(incident.id)
    open_tasks = [task.id for ticket in tickets for task in ticket.tasks if task.due]
    if open_tasks:
        raise Refused(
            "tasks-open",
            f"{len(open_tasks)} tasks of incident {incident.id} are open "
            f"({', '.join(open_tasks[:3])}): complete each, or waive it with a reason",
        )
    others = [t.id for t in tickets if t.id != incident.ticket_id or t.report is not None]
    if others:
        raise Refused(
            "tickets-open",
            f"{len(others)} tickets of incident {incident.id} are open "
            f"({', '.join(others[:3])}): bring each to its end, or cancel it",
        )
