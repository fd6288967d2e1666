"""An incident's level: it only rises, by a graver alarm or by independent evidence."""

from typing import Any

from rules.records.incidents import Incident
from rules.rulebook.plan import Escalate
from rules.state.state import State
from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.priority import higher
from rules.watching.watch import Watch


def level_by_evidence(
    state: State, watch: Watch, incident: Incident, at: Instant
) -> dict[str, Any]:
    """The changes of `level` and `confirmed` that an alarm raised at `at` brings to its incident.

    The same device twice never counts twice (DOMAIN 3.3, GB 50116-2013 4.1.6); what counts is
    its newest evidence.
    """
    level, confirmed = higher(incident.level, watch.rule.response.level), incident.confirmed
    if watch.rule.response.evidence:
        seen = state.evidence.setdefault(incident.id, {})
        seen[watch.device.id] = max(at, seen.get(watch.device.id, at))
        plan = state.plan_of(incident)
        for escalate in plan.escalate if plan else []:
            if _enough(state, escalate, seen, at):
                level = higher(level, escalate.to)
                confirmed = confirmed or escalate.confirms
    changes: dict[str, Any] = {}
    if level != incident.level:
        changes["level"] = level
    if confirmed != incident.confirmed:
        changes["confirmed"] = confirmed
    return changes


def _enough(state: State, escalate: Escalate, seen: dict[str, Instant], at: Instant) -> bool:
    window = seconds(escalate.within_s)
    near = [device for device, newest in seen.items() if abs(newest - at) <= window]
    if escalate.distinct == "device":
        return len(near) >= escalate.at_least
    devices = state.estate.devices
    units = {devices[d].place.unit for d in near if d in devices} - {None}
    return len(units) >= escalate.at_least
