"""Planned works on the water supply: told of a day before, and no alarm while they last.

Scenario 17 of DOMAIN section 9; the figures are in the ticket policy.
"""

from collections.abc import Callable
from dataclasses import replace

from rules.alarms import shelving
from rules.estate.affected import Why
from rules.estate.graph import Valve
from rules.incidents.asked_for import open_container
from rules.messages.placeholders import local_time, placeholders
from rules.notices.telling import tell_households
from rules.records.tickets import Ticket, Works
from rules.state.work import Step
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, Instant
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text


def plan_works(
    step: Step, valve: Valve, from_at: Instant, until_at: Instant, *, by: str, reason: str
) -> Ticket:
    """Open the planned ticket; what is to be done at its time, its timers do."""
    policy = step.state.rulebook.ticket_policy.works
    works = Works(
        valve=valve.id,
        from_at=from_at,
        until_at=until_at,
        tell_at=from_at - round(policy.notice_before_h * HOUR),
        reason=reason,
    )
    place = Place(valve.place, building=valve.building, riser=valve.riser, zone=valve.water_zone)
    return open_container(
        step, "works", "planned", "EN", policy.title, place, by=by, reason=reason, works=works
    )


def watch_again(step: Step, ticket: Ticket, *, by: str) -> None:
    """The works are over before their time: what is low now is an alarm again."""
    suppression = (
        step.state.suppressions.get(_of(ticket).suppression or "") if ticket.works else None
    )
    if suppression is not None:
        shelving.end(step, suppression, by=by)


def _tell(step: Step, ticket_id: str) -> None:
    """Tell whom the valve leaves dry, with the reason and the expected end."""
    ticket = step.state.tickets.get(ticket_id)
    if ticket is None:
        return
    works, estate = _of(ticket), step.state.estate
    told = replace(ticket, works=replace(works, told_at=step.now))
    step.emit("ticket.works_announced", told, by="system", reason=reasons.TIME_IS_OVER)
    valve = estate.valves.get(works.valve)
    if valve is None:
        return
    policy = step.state.rulebook.ticket_policy.works
    values = placeholders(
        estate, ticket.place, reason=Text(works.reason, works.reason), location="", restore_h=0,
        at=step.now,
    )  # fmt: skip
    values["from"] = local_time(estate, works.from_at)
    values["eta"] = local_time(estate, works.until_at)
    text = step.state.rulebook.messages[policy.template].fill(**values)
    whys = {unit: Why(0, f"valve:{valve.id}") for unit in valve.isolates}
    incident = step.state.incidents[ticket.incident_id]
    tell_households(step, incident, policy.template, 1, whys, text, policy.urgency)


def _begin(step: Step, ticket_id: str) -> None:
    """From now on low pressure below the valve is what was planned."""
    ticket = step.state.tickets.get(ticket_id)
    if ticket is None:
        return
    works = replace(_of(ticket), began_at=step.now)
    rules = tuple(step.state.rulebook.ticket_policy.works.suppresses)
    devices = _devices_below(step, works, rules)
    if devices and works.until_at > step.now:
        suppression = shelving.begin(
            step, "by_design", devices=devices, rules=rules, by="system", reason=works.reason,
            until_at=works.until_at,
        )  # fmt: skip
        works = replace(works, suppression=suppression.id)
    begun = replace(ticket, works=works)
    step.emit("ticket.works_began", begun, by="system", reason=reasons.TIME_IS_OVER)


def _devices_below(step: Step, works: Works, rules: tuple[str, ...]) -> tuple[str, ...]:
    """The devices on the valve's riser, in its zone, that `rules` watch."""
    valve = step.state.estate.valves.get(works.valve)
    if valve is None:
        return ()
    watched = {
        watch.device.id: watch.device.place
        for rule in rules
        for watch in step.state.watches.by_rule.get(rule, [])
    }
    return tuple(
        device
        for device, place in watched.items()
        if (place.building, place.riser) == (valve.building, valve.riser)
        and place.zone in (None, valve.water_zone)
    )


def _of(ticket: Ticket) -> Works:
    assert ticket.works is not None, "only a ticket with works has their timers"
    return ticket.works


HANDLERS: dict[str, Callable[[Step, str], None]] = {"works_notice": _tell, "works_begin": _begin}
"""By kind of timer; each runs once (`rules.records.ticket_clocks`)."""
