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
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, Instant
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text


def plan_works(
    work: Work, valve: Valve, from_at: Instant, until_at: Instant, *, by: str, reason: str
) -> Ticket:
    """Open the planned ticket; what is to be done at its time, its timers do."""
    policy = work.state.rulebook.ticket_policy.works
    works = Works(
        valve=valve.id,
        from_at=from_at,
        until_at=until_at,
        tell_at=from_at - round(policy.notice_before_h * HOUR),
        reason=reason,
    )
    place = Place(valve.place, building=valve.building, riser=valve.riser, zone=valve.water_zone)
    return open_container(
        work, "works", "planned", "EN", policy.title, place, by=by, reason=reason, works=works
    )


def watch_again(work: Work, ticket: Ticket, *, by: str) -> None:
    """The works are over before their time: what is low now is an alarm again."""
    suppression = (
        work.state.suppressions.get(_of(ticket).suppression or "") if ticket.works else None
    )
    if suppression is not None:
        shelving.end(work, suppression, by=by)


def _tell(work: Work, ticket_id: str) -> None:
    """Tell whom the valve leaves dry, with the reason and the expected end."""
    ticket = work.state.tickets.get(ticket_id)
    if ticket is None:
        return
    works, estate = _of(ticket), work.state.estate
    told = replace(ticket, works=replace(works, told_at=work.now))
    work.emit("ticket.works_announced", told, by="system", reason=reasons.TIME_IS_OVER)
    valve = estate.valves.get(works.valve)
    if valve is None:
        return
    policy = work.state.rulebook.ticket_policy.works
    values = placeholders(
        estate, ticket.place, reason=Text(works.reason, works.reason), location="", restore_h=0,
        at=work.now,
    )  # fmt: skip
    values["from"] = local_time(estate, works.from_at)
    values["eta"] = local_time(estate, works.until_at)
    text = work.state.rulebook.messages[policy.template].fill(**values)
    whys = {unit: Why(0, f"valve:{valve.id}") for unit in valve.isolates}
    incident = work.state.incidents[ticket.incident_id]
    tell_households(work, incident, policy.template, 1, whys, text, policy.urgency)


def _begin(work: Work, ticket_id: str) -> None:
    """From now on low pressure below the valve is what was planned."""
    ticket = work.state.tickets.get(ticket_id)
    if ticket is None:
        return
    works = replace(_of(ticket), began_at=work.now)
    rules = tuple(work.state.rulebook.ticket_policy.works.suppresses)
    devices = _devices_below(work, works, rules)
    if devices and works.until_at > work.now:
        suppression = shelving.begin(
            work, "by_design", devices=devices, rules=rules, by="system", reason=works.reason,
            until_at=works.until_at,
        )  # fmt: skip
        works = replace(works, suppression=suppression.id)
    begun = replace(ticket, works=works)
    work.emit("ticket.works_began", begun, by="system", reason=reasons.TIME_IS_OVER)


def _devices_below(work: Work, works: Works, rules: tuple[str, ...]) -> tuple[str, ...]:
    """The devices on the valve's riser, in its zone, that `rules` watch."""
    valve = work.state.estate.valves.get(works.valve)
    if valve is None:
        return ()
    watched = {d.id: d.place for rule in rules for d in work.state.watches.devices_of(rule)}
    return tuple(
        device
        for device, place in watched.items()
        if (place.building, place.riser) == (valve.building, valve.riser)
        and place.zone in (None, valve.water_zone)
    )


def _of(ticket: Ticket) -> Works:
    assert ticket.works is not None, "only a ticket with works has their timers"
    return ticket.works


HANDLERS: dict[str, Callable[[Work, str], None]] = {"works_notice": _tell, "works_begin": _begin}
"""By kind of timer; each runs once (`rules.records.ticket_clocks`)."""
