"""A new version of the estate's graph, its rules or its roster: what stays is remembered.

One that cannot be used is a system alarm and changes nothing.
"""

from typing import Any

from pydantic import ValidationError

from rules.alarms.raising import clear
from rules.catalogue import device_types, rulebook_from, shared_body
from rules.estate.file import EstateFault, expand, parse
from rules.oncall.roster_gaps import look_for_gaps
from rules.records.events import SystemAlarm
from rules.records.rosters import Roster
from rules.rulebook.rulebook import Rulebook, as_data
from rules.state.inputs import EstateChanged, RosterChanged, RulebookChanged
from rules.state.state import State
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.written.sentences import sentences


def change_estate(work: Work, change: EstateChanged) -> None:
    """Bind the rules to the new graph.

    Conditions on what changed are judged again, as a neighbour that they counted may be gone.
    """
    state = work.state
    try:
        estate = expand(parse(change.body), device_types())
    except EstateFault as fault:
        detail = f"estate version {change.version} cannot be used: {fault}; import it again, mended"
        _refuse(work, f"estate/{change.version}", detail)
        return
    state.estate, state.estate_version, state.estate_file = estate, change.version, change.body
    _bind(work, judged_again=True)


def change_rulebook(work: Work, change: RulebookChanged) -> None:
    """Bind the new rules to the graph in force; the others' memory is as it was.

    An open incident keeps the plan that it began with, so that plan is kept too.
    """
    state = work.state
    try:
        rulebook = rulebook_from(change.body)
    except ValidationError as error:
        faults = "; ".join(sentences(error))
        detail = f"rules version {change.version} cannot be used: {faults}; save them again, mended"
        _refuse(work, f"rulebook/{change.version}", detail)
        return
    state.superseded_plans = _still_needed(state, rulebook)
    state.rulebook = rulebook
    state.rulebook_version, state.rulebook_body = change.version, shared_body(change.body)
    _bind(work)


def change_roster(work: Work, change: RosterChanged) -> None:
    """From now on these people are called; who has been called stays called."""
    try:
        work.state.roster = Roster.parse(change.version, change.body)
    except ValidationError as error:
        faults = "; ".join(sentences(error))
        detail = f"roster version {change.version} cannot be used: {faults}; save it again, mended"
        _refuse(work, f"roster/{change.version}", detail)
        return
    look_for_gaps(work)


def _refuse(work: Work, id_: str, detail: str) -> None:
    work.emit("system.alarm", SystemAlarm(id_, work.state.estate_id, detail), by="system")


def _still_needed(state: State, rulebook: Rulebook) -> dict[str, dict[str, Any]]:
    """The plans that open incidents began with and that are not in `rulebook` as they were."""
    needed: dict[str, dict[str, Any]] = {}
    for incident in state.incidents.values():
        plan = state.plan_of(incident)
        if plan is not None and rulebook.plans.get(plan.id) != plan:
            needed[f"{incident.plan}/{incident.plan_version}"] = as_data(plan)
    return needed


def _bind(work: Work, *, judged_again: bool = False) -> None:
    """Watches of the rules on the graph; those that stay keep their memory.

    The alarm of a device or a rule that is gone has nobody left to clear it, so it is cleared
    here.
    """
    state = work.state
    for watch in state.watches.rebind(state.estate, state.rulebook):
        if judged_again and watch.at:
            state.watches.judge_at(watch, watch.at)
    real = [a for a in state.alarms.values() if a.standing and not a.drill]
    for alarm in [a for a in real if not state.watches.watch_of(a)]:
        clear(work, alarm, work.now, by="system", reason=reasons.NOTHING_LEFT)
