"""An incident that a person starts: no sensor has seen it, the plan runs all the same."""

from dataclasses import replace

from rules.incidents.course import carry_out_plan
from rules.incidents.grouping import Group, new_incident, open_incident
from rules.records.incidents import Incident
from rules.rulebook.plan import Plan
from rules.state.work import Work
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, Priority, higher

PRIORITY_OF: dict[Level, Priority] = {"I": "P1", "II": "P1", "III": "P2", "IV": "P3"}
"""How urgent the ticket is that a person's level asks for."""


def start(work: Work, plan: Plan, level: Level, place: Place, *, by: str, reason: str) -> Incident:
    """Begin `plan` at `level`, or graver, for something at `place`: a person's word confirms it."""
    level = higher(level, plan.confirmed_level or level)
    number = work.state.numbers.get("i", 0) + 1
    group = Group(
        kind=plan.kind,
        key=f"{plan.kind}/started/{number}",
        level=level,
        title=plan.name,
        plan=plan,
        ticket=plan.ticket_class(level),
    )
    incident = replace(new_incident(work, group, place, None), confirmed=True)
    priority = PRIORITY_OF[level]
    open_incident(work, group, incident, title=plan.name, priority=priority, by=by, reason=reason)
    carry_out_plan(work, incident)
    return incident
