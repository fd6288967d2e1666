"""Owner notifications: who is told what about an incident, each household once a version."""

from dataclasses import replace

from rules.affected import affected
from rules.incidents import Incident
from rules.messages import placeholders
from rules.notices import Notice, Urgency
from rules.places import Place
from rules.priority import Level, at_least
from rules.rulebook import Plan, PlanNotice
from rules.state import Step
from rules.text import Text
from rules.watches import Watch

_VERSION_OF_LEVEL: dict[Level, int] = {"IV": 1, "III": 2, "II": 3, "I": 4}
ALL_CLEAR = "CLEAR"


def tell_of_plan(step: Step, plan: Plan, incident: Incident) -> None:
    """The notices that the plan sends at the incident's level."""
    for notice in plan.notices:
        if notice.from_level is not None and at_least(incident.level, notice.from_level):
            if notice.confirmed and not incident.confirmed:
                continue
            _tell(step, notice, incident, incident.place, plan.name, "", plan.restore_h or 0)


def tell_of_rule(step: Step, watch: Watch, incident: Incident) -> None:
    """The notices that the rule asks for, about the place that its condition points at."""
    plan = step.state.rulebook.plans.get(incident.plan or "")
    for notice in plan.notices if plan else []:
        if notice.id in watch.rule.notice:
            place, location = _place(step, watch), watch.device.location
            hours = (plan.restore_h if plan else None) or 0
            _tell(step, notice, incident, place, watch.rule.name, location, hours)


def _place(step: Step, watch: Watch) -> Place:
    """The device's place; one without a floor gets the highest floor that another device gave.

    So a burst is told from the uppermost wet floor downwards (DOMAIN 4.3).
    """
    place, devices = watch.device.place, step.state.estate.devices
    if place.floor is not None:
        return place
    near = [devices[leaf.device].place.floor for leaf in watch.node.leaves() if leaf.truth]
    return replace(place, floor=max((floor for floor in near if floor is not None), default=None))


def tell_all_clear(step: Step, incident: Incident) -> None:
    """Once, to everyone who was told of the incident (DOMAIN section 6)."""
    told = step.state.told.get(incident.id, {})
    notices = [step.state.notices[n] for n in told.values()]
    urgency: Urgency = "N1" if any(n.urgency == "N1" for n in notices) else "N3"
    values = {"incident": incident.title, **_values(step, incident)}
    text = step.state.rulebook.messages[ALL_CLEAR].fill(**values)
    for household in sorted({n.household for n in notices}):
        _send(step, incident, ALL_CLEAR, 1, household, 0, text, urgency)


def _values(step: Step, incident: Incident) -> dict[str, str | Text]:
    return placeholders(
        step.state.estate, incident.place, reason=incident.title, location="", restore_h=0,
        at=step.now,
    )  # fmt: skip


def _tell(
    step: Step, notice: PlanNotice, incident: Incident, place: Place, reason: Text,
    location: str, restore_h: float,
) -> None:  # fmt: skip
    state = step.state
    values = placeholders(
        state.estate, place, reason=reason, location=location, restore_h=restore_h, at=step.now
    )
    text = state.rulebook.messages[notice.template].fill(**values)
    version = _VERSION_OF_LEVEL[incident.level] if notice.each_level else 1
    waves = affected(notice.audience, state.estate, place)
    for household, wave in sorted(waves.items(), key=lambda item: (item[1], item[0])):
        _send(step, incident, notice.template, version, household, wave, text, notice.urgency)


def _send(
    step: Step, incident: Incident, template: str, version: int, household: str, wave: int,
    text: Text, urgency: Urgency,
) -> None:  # fmt: skip
    told = step.state.told.setdefault(incident.id, {})
    key = f"{template}/{version}/{household}"
    if key in told:
        return
    told[key] = step.state.new_id("n")
    notice = Notice(
        id=told[key],
        estate=incident.estate,
        incident_id=incident.id,
        household=household,
        template=template,
        version=version,
        urgency=urgency,
        wave=wave,
        text=text,
        state="queued",
        requested_at=step.now,
        drill=incident.drill,
    )
    step.emit("notice.requested", notice, by="system")
