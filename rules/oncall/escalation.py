"""Escalation (升级): handing an unanswered duty upward (DOMAIN section 7).

What nobody has acknowledged is counted by incident, so that five hundred alarms of one pipe call
nobody five hundred times. Time runs from when the alarm was annunciated here, never from its
event time: what comes late is not escalated in retrospect.
"""

from collections.abc import Iterable
from dataclasses import replace

from rules.oncall.calls import (
    Matter,
    about_ticket,
    all_on_duty,
    call,
    call_again,
    may_call,
    on_duty,
    open_callouts,
    stand_down,
)
from rules.records.alarms import Alarm, AlarmState
from rules.records.callouts import Callout, Escalation
from rules.records.drills import Drill
from rules.records.events import Event, SystemAlarm
from rules.records.incidents import Incident
from rules.records.tickets import Role, Ticket, TicketState
from rules.rulebook.escalation_policy import EscalationLevel
from rules.state.work import Work
from rules.vocabulary.instant import MINUTE, Instant
from rules.vocabulary.reasons import clock

_WAITS = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.LATCHED_UNACKNOWLEDGED})
"""What is back to normal by itself waits for the operator, and wakes nobody."""

_CALLED_FOR = frozenset({"emergency", "urgent"})
"""Classes of ticket for which the person it is given to is called."""

_OF_TICKETS = frozenset({"dispatched", "not_accepted"})
"""Reasons of a call about one ticket."""


def expect_answers(work: Work, events: list[Event]) -> None:
    """After `events`: whom nobody need call any more, and who is called next."""
    for incident_id in _touched(work, events):
        _weigh(work, incident_id)
    for event in events:
        if isinstance(event.record, Ticket):
            _weigh_ticket(work, event, event.record)


def hand_upward(work: Work, incident_id: str) -> None:
    """Nobody has answered in time: call the levels that are due."""
    escalation = work.state.escalations.get(incident_id)
    if escalation is not None and escalation.called < len(_levels(work, escalation)):
        _call_next(work, escalation, at_once=False)
    elif escalation is not None:
        _repeat(work, escalation)


def give_up_level(work: Work, incident_id: str) -> None:
    """Somebody declined: where nobody else is called, the next level is, without waiting."""
    escalation = work.state.escalations.get(incident_id)
    if escalation is not None and not open_callouts(work, incident_id):
        _call_next(work, escalation, at_once=True)


def take_up(work: Work, callouts: list[Callout]) -> None:
    """Go on where nothing but `callouts`, and the alarms themselves, tells how far it has come.

    An alarm counts as waiting since it was raised: rather somebody is called too soon.
    """
    state = work.state
    for alarm in state.alarms.values():
        if alarm.state in _WAITS and alarm.suppression is None:
            state.unanswered[alarm.id] = alarm.told_at or alarm.raised_at
    for incident_id in state.incidents:
        if not (waiting := unanswered(work, incident_id)):
            continue
        called = {
            c.level for c in callouts if (c.incident_id, c.why) == (incident_id, "unanswered")
        }
        since_at = state.unanswered[waiting[0].id]
        escalation = Escalation(incident_id, waiting[0].priority, since_at)
        levels = _levels(work, escalation)
        reached = [n for n, level in enumerate(levels, 1) if level.name in called]
        _go_on(work, replace(escalation, called=max(reached, default=0)))


def unanswered(work: Work, incident_id: str) -> list[Alarm]:
    """The incident's alarms that wait for an answer, gravest and oldest first.

    None do while the drill that it is of is paused.
    """
    drill = work.state.drill_of(incident_id)
    if drill is not None and drill.state == "paused":
        return []
    alarms = (work.state.alarms[id_] for id_ in work.state.alarms_of(incident_id))
    waiting = [alarm for alarm in alarms if alarm.id in work.state.unanswered]
    return sorted(waiting, key=lambda a: (a.priority, work.state.unanswered[a.id], a.id))


def _touched(work: Work, events: Iterable[Event]) -> list[str]:
    """The incidents whose alarms changed, after noting since when each alarm waits."""
    state = work.state
    touched: dict[str, None] = {}
    for record in (event.record for event in events):
        if isinstance(record, Alarm):
            current = state.alarms.get(record.id, record)
            if current.state in _WAITS and current.suppression is None:
                state.unanswered.setdefault(record.id, work.now)
            else:
                state.unanswered.pop(record.id, None)
            touched[record.incident_id or ""] = None
            touched[current.incident_id or ""] = None
        elif isinstance(record, Incident):
            touched[record.id] = None
        elif isinstance(record, Drill):
            touched[record.incident_id or ""] = None
    return [id_ for id_ in touched if id_ in state.incidents or id_ in state.escalations]


def _weigh(work: Work, incident_id: str) -> None:
    """Begin, change or end the escalation of an incident by what waits in it now."""
    state = work.state
    waiting = unanswered(work, incident_id)
    known = state.escalations.get(incident_id)
    if not waiting or incident_id not in state.incidents:
        state.escalations.pop(incident_id, None)
        state.timers.cancel("escalate", incident_id)
        gone = (c for c in open_callouts(work, incident_id) if _is_over(work, c.why, incident_id))
        stand_down(work, list(gone), by="system")
        return
    priority, since_at = waiting[0].priority, state.unanswered[waiting[0].id]
    if known is None or known.priority != priority:
        _go_on(work, Escalation(incident_id, priority, since_at))
    elif known.since_at != since_at:
        _go_on(work, replace(known, since_at=since_at))


def _is_over(work: Work, why: str, incident_id: str) -> bool:
    return why == "unanswered" or incident_id not in work.state.incidents


def _weigh_ticket(work: Work, event: Event, ticket: Ticket) -> None:
    """Call whom a ticket is given to, and the shift leader where nobody takes it."""
    about = [c for c in open_callouts(work, ticket.incident_id) if c.why in _OF_TICKETS]
    given = ticket.assignee if ticket.state is TicketState.DISPATCHED else None
    waits = ticket.state in (TicketState.NEW, TicketState.DISPATCHED)
    over = [
        c
        for c in about
        if c.ticket_id == ticket.id and (not waits or (c.why == "dispatched" and c.user != given))
    ]
    stand_down(work, over, by=event.by)
    incident = work.state.incidents.get(ticket.incident_id)
    if incident is None or ticket.klass not in _CALLED_FOR:
        return
    if event.kind in ("ticket.dispatched", "ticket.transferred") and given is not None:
        if may_call(work, incident, given):
            call(work, about_ticket(incident, ticket, "dispatched"), given)
    elif event.kind == "ticket.clock_missed" and event.reason == clock("accept") and waits:
        called = {c.user for c in open_callouts(work, incident.id)}
        for user in (u for u in on_duty(work, incident, "SL") if u not in called):
            call(work, about_ticket(incident, ticket, "not_accepted"), user, duty="SL")


def _matter(work: Work, incident_id: str) -> Matter | None:
    """What people are called about: the gravest alarm that waits."""
    incident, waiting = work.state.incidents.get(incident_id), unanswered(work, incident_id)
    if incident is None or not waiting:
        return None
    first = waiting[0]
    return Matter(
        incident, incident.ticket_id, "unanswered", first.priority, first.title, first.place
    )


def _call_next(work: Work, escalation: Escalation, *, at_once: bool) -> None:
    """Call the levels that are due, `at_once` the next; where nobody is there, the one after it."""
    matter = _matter(work, escalation.incident_id)
    if matter is None:
        return
    levels, called, reached = _levels(work, escalation), escalation.called, not at_once
    while called < len(levels) and (not reached or _due(escalation, levels[called]) <= work.now):
        reached = _call_level(work, matter, levels[called])
        called += 1
    _go_on(work, replace(escalation, called=called))


def _call_level(work: Work, matter: Matter, level: EscalationLevel) -> bool:
    """Call everybody of the level who is there; whether anybody is."""
    users: dict[str, Role | None] = {}
    for duty in level.duties:
        holders = on_duty(work, matter.incident, duty)
        if not holders and not matter.incident.drill:
            _tell_of_gap(work, duty)
        for user in holders:
            users.setdefault(user, duty)
    if level.everyone:
        users |= {u: None for u in all_on_duty(work, matter.incident) if u not in users}
    if level.neighbours and not matter.incident.drill:
        users |= dict.fromkeys(work.state.roster.neighbours)
    for user, held in users.items():
        call(work, matter, user, duty=held, level=level)
    return bool(users)


def _tell_of_gap(work: Work, duty: Role) -> None:
    """An estate without any roster is told of on every screen, and not once more here."""
    if work.state.roster.version:
        detail = f"nobody is on duty as {duty} to be called: name somebody in the roster"
        gap = SystemAlarm(f"roster/{duty}", work.state.estate_id, detail)
        work.emit("system.alarm", gap, by="system")


def _repeat(work: Work, escalation: Escalation) -> None:
    """The last level loops until somebody answers; who has come on duty is called with it."""
    matter, levels = _matter(work, escalation.incident_id), _levels(work, escalation)
    if matter is not None and levels:
        for callout in open_callouts(work, escalation.incident_id):
            if callout.level == levels[-1].name:
                call_again(work, callout)
        _call_level(work, matter, levels[-1])
        _go_on(work, escalation)


def _go_on(work: Work, escalation: Escalation) -> None:
    """Keep it, and set its next deadline."""
    state, incident_id, levels = work.state, escalation.incident_id, _levels(work, escalation)
    state.escalations[incident_id] = escalation
    if escalation.called < len(levels):
        state.timers.set("escalate", incident_id, _due(escalation, levels[escalation.called]))
    elif levels and (again := levels[-1].repeat_min) is not None:
        state.timers.set("escalate", incident_id, work.now + round(again * MINUTE))
    else:
        state.timers.cancel("escalate", incident_id)


def _levels(work: Work, escalation: Escalation) -> list[EscalationLevel]:
    policy = work.state.rulebook.escalation_policy
    return policy.priorities.get(escalation.priority, [])


def _due(escalation: Escalation, level: EscalationLevel) -> Instant:
    return escalation.since_at + round(level.after_min * MINUTE)
