"""What a person may do to an incident."""

from typing import Literal, cast, get_args

from rules.commands.refused import Refused
from rules.commands.words import need_reason, place_of
from rules.incidents.asked_for import leave_work
from rules.incidents.closing import close
from rules.incidents.course import raise_level
from rules.incidents.regrouping import merge, split
from rules.incidents.started_by_hand import start
from rules.records.incidents import Incident
from rules.rulebook.ticket_policy import FalseAlarmCause
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.priority import LEVELS, Level, higher


def _incident(work: Work, command: Command) -> Incident:
    incident = work.state.incidents.get(command.target)
    if incident is None:
        raise Refused("not-open", f"incident {command.target} is closed")
    return incident


def _real(incident: Incident, remedy: str) -> Incident:
    if incident.drill:
        raise Refused("drill", f"incident {incident.id} is of a drill: {remedy}")
    return incident


def _confirm(work: Work, command: Command) -> None:
    incident = _incident(work, command)
    if incident.confirmed:
        raise Refused("already-confirmed", f"incident {incident.id} is confirmed already")
    plan = work.state.plan_of(incident)
    level = plan.confirmed_level if plan and plan.confirmed_level else incident.level
    raise_level(
        work, incident, by=command.by, reason=command.reason, confirmed=True, level=level
    )  # fmt: skip


def _close(work: Work, command: Command) -> None:
    """DOMAIN section 4, Close: alarms reset, tasks done or waived with reason, all-clear sent."""
    incident = _real(_incident(work, command), "finish the drill instead: it ends with it")
    outcome = _outcome(command)
    standing = work.state.alarms_of(incident.id)
    if standing:
        raise Refused(
            "alarms-active",
            f"{len(standing)} alarms of incident {incident.id} are active "
            f"({', '.join(standing[:3])}): acknowledge and reset them when their cause is gone",
        )
    if outcome == "false_alarm" and not command.reason:
        raise Refused("no-reason", "reason is missing: say what caused the false alarm")
    if outcome == "resolved":
        _need_work_ended(work, incident)
    cause = _cause(command) if outcome == "false_alarm" else None
    close(work, incident, outcome, by=command.by, reason=command.reason)
    if cause is not None:
        leave_work(work, incident, cause, by=command.by, reason=command.reason)


def _outcome(command: Command) -> Literal["resolved", "false_alarm"]:
    match command.params.get("outcome", "resolved"):
        case "resolved":
            return "resolved"
        case "false_alarm":
            return "false_alarm"
        case other:
            raise Refused("bad-outcome", f"outcome {other!r}: use resolved or false_alarm")


def _cause(command: Command) -> FalseAlarmCause:
    given, known = command.params.get("cause", "other"), get_args(FalseAlarmCause)
    for cause in known:
        if cause == given:
            return cast(FalseAlarmCause, cause)
    raise Refused("bad-cause", f"cause {given!r}: use {', '.join(known)}")


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


def _merge(work: Work, command: Command) -> None:
    source = _real(_incident(work, command), "it stays by itself")
    reason = need_reason(command, "say why the two are one occurrence")
    target = work.state.incidents.get(command.params.get("into", ""))
    if target is None or target.id == source.id or target.drill:
        raise Refused(
            "bad-into", f"into {command.params.get('into')!r}: name another open incident"
        )
    merge(work, source, target, by=command.by, reason=reason)


def _split(work: Work, command: Command) -> None:
    incident = _real(_incident(work, command), "it stays whole")
    reason = need_reason(command, "say why these alarms are another occurrence")
    there = set(work.state.alarms_of(incident.id))
    wanted = {word for word in command.params.get("alarms", "").split(",") if word}
    if not wanted or wanted - there:
        raise Refused(
            "bad-alarms",
            f"alarms {', '.join(sorted(wanted - there)) or 'is empty'}: "
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
    split(work, incident, alarms, by=command.by, reason=reason)


_IN_A_BUILDING = frozenset({"fire", "lift", "power"})
"""Kinds whose households are found by the building (`rules.estate.affected`)."""


def _start(work: Work, command: Command) -> None:
    """A person starts a plan (DOMAIN 4.8), or tells of what no sensor has seen."""
    kind, level = command.params.get("kind", ""), _level(command)
    plan = next((p for p in work.state.rulebook.plans.values() if p.kind == kind), None)
    if plan is None:
        kinds = ", ".join(sorted(p.kind for p in work.state.rulebook.plans.values()))
        raise Refused("bad-kind", f"kind {kind!r}: there is a plan for each of {kinds}")
    place = place_of(work, command)
    if kind in _IN_A_BUILDING and place.building is None:
        raise Refused("no-building", f"building is missing: say where, {kind} concerns its people")
    need_reason(command, "say what happens, and who told of it")
    start(work, plan, level, place, by=command.by, reason=command.reason)


def _raise_level(work: Work, command: Command) -> None:
    incident = _incident(work, command)
    reason = need_reason(command, "say what makes it graver")
    level = _level(command)
    if higher(level, incident.level) == incident.level:
        raise Refused("not-graver", f"level {level}: incident {incident.id} is at {incident.level}")
    raise_level(work, incident, by=command.by, reason=reason, level=level)


def _level(command: Command) -> Level:
    for level in LEVELS:
        if command.params.get("level") == level:
            return level
    raise Refused("bad-level", f"level {command.params.get('level')!r}: use {', '.join(LEVELS)}")


HANDLERS = {
    "incident.raise_level": _raise_level,
    "incident.start": _start,
    "incident.merge": _merge,
    "incident.split": _split,
    "incident.confirm": _confirm,
    "incident.close": _close,
}
