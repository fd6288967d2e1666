"""Owner notifications: who is told what about an incident, each household once a version."""

from collections.abc import Mapping
from dataclasses import replace

from rules.estate.affected import ADDED, Affected, Why, affected
from rules.estate.graph import Estate
from rules.messages.drill_mark import wrap
from rules.messages.placeholders import DRILL, UPDATE, UPDATE_ETA, UPDATES, local_time, placeholders
from rules.notices.delivery import is_held, renew, request, withdraw
from rules.records.drills import Drill
from rules.records.incidents import Incident
from rules.records.notices import PENDING, Notice, Urgency, told_key
from rules.rulebook.plan import Plan, PlanNotice
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, at_least
from rules.vocabulary.text import Text
from rules.watching.watch import Watch

_VERSION_OF_LEVEL: dict[Level, int] = {"IV": 1, "III": 2, "II": 3, "I": 4}
ALL_CLEAR = "CLEAR"


def tell_of_plan(work: Work, plan: Plan, incident: Incident) -> None:
    """The notices that the plan sends at the incident's level."""
    for notice in plan.notices:
        if notice.from_level is not None and at_least(incident.level, notice.from_level):
            if notice.confirmed and not incident.confirmed:
                continue
            _tell(work, notice, incident, incident.place, plan.name, "", plan.restore_h or 0)


def tell_of_rule(work: Work, watch: Watch, incident: Incident) -> None:
    """The notices that the rule asks for, about the place that its condition points at."""
    plan = work.state.plan_of(incident)
    for notice in plan.notices if plan else []:
        if notice.id in watch.rule.notice:
            place, location = _place(work, watch), watch.device.location
            hours = (plan.restore_h if plan else None) or 0
            _tell(work, notice, incident, place, watch.rule.name, location, hours)


def _place(work: Work, watch: Watch) -> Place:
    """The device's place; one without a floor gets the highest floor that another device gave.

    So a burst is told from the uppermost wet floor downwards (DOMAIN 4.3).
    """
    place, devices = watch.device.place, work.state.estate.devices
    if place.floor is not None:
        return place
    near = [devices[leaf.device].place.floor for leaf in watch.leaves if leaf.truth]
    return replace(place, floor=max((floor for floor in near if floor is not None), default=None))


def tell_all_clear(work: Work, incident: Incident) -> None:
    """Once, to everyone who was told of the incident (DOMAIN section 6).

    What has not disturbed anybody yet is withdrawn: it would come after the end.
    """
    told = notices_of(work, incident.id)
    withdraw(
        work, [n for n in told if is_held(n, work.now)], by="system", reason=reasons.INCIDENT_OVER
    )
    urgency: Urgency = "N1" if any(n.urgency == "N1" for n in told) else "N3"
    text = work.state.rulebook.messages[ALL_CLEAR].fill(
        **_values(work.state.estate, incident, work.now)
    )
    for household in sorted({n.household for n in notices_of(work, incident.id) if _was_told(n)}):
        if household not in incident.removed:
            told_why = next(n.why for n in told if n.household == household)
            _send(work, incident, ALL_CLEAR, 1, household, Why(0, told_why), text, urgency)


def _was_told(notice: Notice) -> bool:
    return notice.state not in (*PENDING, "withdrawn") or notice.delivered_at is not None


def tell_update(
    work: Work, incident: Incident, words: Text, *, eta_at: Instant | None, by: str, reason: str
) -> None:
    """Further words of a person to everyone on the incident's list, as urgent as the first ones."""
    told = notices_of(work, incident.id)
    urgency: Urgency = min((n.urgency for n in told), default="N3")
    version = 1 + max((n.version for n in told if n.template in UPDATES), default=0)
    template, text = update_text(
        work.state.rulebook.messages, work.state.estate, incident, words, eta_at=eta_at,
        now=work.now,
    )  # fmt: skip
    whys = {n.household: Why(n.wave, n.why) for n in reversed(told) if n.state != "withdrawn"}
    whys |= dict.fromkeys(incident.added, ADDED)
    changed = replace(incident, updated_at=work.now)
    work.emit("incident.updated", changed, by=by, reason=reason)
    for household, why in sorted(whys.items(), key=lambda item: (item[1].wave, item[0])):
        if household not in incident.removed:
            _send(work, incident, template, version, household, why, text, urgency)


def update_text(
    messages: Mapping[str, Text],
    estate: Estate,
    incident: Incident,
    words: Text,
    *,
    eta_at: Instant | None,
    now: Instant,
) -> tuple[str, Text]:
    """The template of an update and its text, with the expected end where there is one."""
    values = {**_values(estate, incident, now), "words": words}
    if eta_at is None:
        return UPDATE, messages[UPDATE].fill(**values)
    values["eta"] = local_time(estate, eta_at)
    return UPDATE_ETA, messages[UPDATE_ETA].fill(**values)


def add_household(work: Work, incident: Incident, household: str, *, by: str, reason: str) -> None:
    """Put a household on the list: it is told what the others were, in the newest version."""
    grown = replace(
        incident,
        added=(*(h for h in incident.added if h != household), household),
        removed=tuple(h for h in incident.removed if h != household),
    )
    work.emit("incident.household_added", grown, by=by, reason=reason)
    told = work.state.told.get(incident.id, {})
    for notice in _newest(notices_of(work, incident.id)):
        known = told.get(told_key(notice.template, notice.version, household))
        if known is None:
            _send(
                work, grown, notice.template, notice.version, household, ADDED, notice.text,
                notice.urgency,
            )  # fmt: skip
        elif work.state.notices[known].state == "withdrawn":
            renew(work, work.state.notices[known], by=by, reason=reason)


def remove_household(
    work: Work, incident: Incident, household: str, *, by: str, reason: str
) -> None:
    """Take a household off the list: what it has not got yet is withdrawn, and nothing follows."""
    shrunk = replace(
        incident,
        added=tuple(h for h in incident.added if h != household),
        removed=(*incident.removed, household),
    )
    work.emit("incident.household_removed", shrunk, by=by, reason=reason)
    mine = [n for n in notices_of(work, incident.id) if n.household == household]
    withdraw(work, mine, by=by, reason=reason)


def tell_stop(work: Work, drill: Drill, incident: Incident) -> None:
    """STOP to every household that is enrolled; what has not reached them yet is withdrawn."""
    told = notices_of(work, incident.id)
    late = [n for n in told if n.delivered_at is None]
    withdraw(work, late, by="system", reason=reasons.DRILL_STOPPED)
    version = 1 + max((n.version for n in told if n.template == DRILL), default=0)
    text = work.state.rulebook.drill_policy.words.stop_households
    for household in drill.households:
        _send(work, incident, DRILL, version, household, Why(0, "enrolled"), text, "N1")


def notices_of(work: Work, incident_id: str) -> list[Notice]:
    """What was asked for about the incident, oldest first."""
    return [work.state.notices[id_] for id_ in work.state.told.get(incident_id, {}).values()]


def _newest(notices: list[Notice]) -> list[Notice]:
    """One notice of each template, of its highest version; the all-clear is never told anew."""
    newest: dict[str, Notice] = {}
    for notice in notices:
        known = newest.get(notice.template)
        if notice.template != ALL_CLEAR and (known is None or notice.version >= known.version):
            newest[notice.template] = notice
    return list(newest.values())


def _values(estate: Estate, incident: Incident, now: Instant) -> dict[str, str | Text]:
    return placeholders(
        estate, incident.place, reason=incident.title, location="", restore_h=0, at=now,
        kind=incident.kind, level=incident.level,
    )  # fmt: skip


def _tell(
    work: Work, notice: PlanNotice, incident: Incident, place: Place, reason: Text,
    location: str, restore_h: float,
) -> None:  # fmt: skip
    state = work.state
    values = placeholders(
        state.estate, place, reason=reason, location=location, restore_h=restore_h, at=work.now,
        kind=incident.kind, level=incident.level,
    )  # fmt: skip
    text = state.rulebook.messages[notice.template].fill(**values)
    version = _VERSION_OF_LEVEL[incident.level] if notice.each_level else 1
    whys = affected(notice.audience, state.estate, place)
    tell_households(work, incident, notice.template, version, whys, text, notice.urgency)


def tell_households(
    work: Work, incident: Incident, template: str, version: int, whys: Affected, text: Text,
    urgency: Urgency,
) -> None:  # fmt: skip
    """Tell those of `whys` and whom a person added, wave by wave, but nobody who was removed."""
    all_ = dict.fromkeys(incident.added, ADDED) | whys
    for household, why in sorted(all_.items(), key=lambda item: (item[1].wave, item[0])):
        if household not in incident.removed:
            _send(work, incident, template, version, household, why, text, urgency)


def _send(
    work: Work, incident: Incident, template: str, version: int, household: str, why: Why,
    text: Text, urgency: Urgency,
) -> None:  # fmt: skip
    if incident.drill:
        drill = work.state.drill_of(incident.id)
        if drill is None or household not in drill.households:
            return
        text = wrap(work.state.rulebook.messages, text)
    told = work.state.told.setdefault(incident.id, {})
    key = told_key(template, version, household)
    if key in told:
        return
    _withdraw_older(work, told, template, version, household)
    told[key] = work.state.new_id("n")
    notice = Notice(
        id=told[key],
        estate=incident.estate,
        incident_id=incident.id,
        household=household,
        template=template,
        version=version,
        urgency=urgency,
        wave=why.wave,
        text=text,
        state="queued",
        requested_at=work.now,
        drill=incident.drill,
        why=why.reason,
    )
    request(work, incident, notice)


def _withdraw_older(
    work: Work, told: dict[str, str], template: str, version: int, household: str
) -> None:
    """Newer words take the place of those that still wait to go out."""
    for older in range(1, version):
        notice = work.state.notices.get(told.get(told_key(template, older, household), ""))
        if notice is not None and is_held(notice, work.now):
            withdraw(work, [notice], by="system", reason=reasons.NEWER_WORDS)
