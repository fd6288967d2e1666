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
from rules.records.callouts import Escalation
from rules.records.drills import Drill
from rules.records.events import Event, SystemAlarm
from rules.records.incidents import Incident
from rules.records.tickets import Role, Ticket, TicketState
from rules.rulebook.escalation_policy import EscalationLevel
from rules.state.work import Step
from rules.vocabulary.instant import MINUTE, Instant
from rules.vocabulary.reasons import clock

_WAITS = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.LATCHED_UNACKNOWLEDGED})
"""What is back to normal by itself waits for the operator, and wakes nobody."""

_CALLED_FOR = frozenset({"emergency", "urgent"})
"""Classes of ticket for which the person it is given to is called."""

_OF_TICKETS = frozenset({"dispatched", "not_accepted"})
"""Reasons of a call about one ticket."""


def expect_answers(step: Step, events: list[Event]) -> None:
    """After `events`: whom nobody need call any more, and who is called next."""
    for incident_id in _touched(step, events):
        _weigh(step, incident_id)
    for event in events:
        if isinstance(event.record, Ticket):
            _weigh_ticket(step, event, event.record)


def hand_upward(step: Step, incident_id: str) -> None:
    """Nobody has answered in time: call the levels that are due."""
    escalation = step.state.escalations.get(incident_id)
    if escalation is not None and escalation.called < len(_levels(step, escalation)):
        _call_next(step, escalation, at_once=False)
    elif escalation is not None:
        _repeat(step, escalation)


def give_up_level(step: Step, incident_id: str) -> None:
    """Somebody declined: where nobody else is called, the next level is, without waiting."""
    escalation = step.state.escalations.get(incident_id)
    if escalation is not None and not open_callouts(step, incident_id):
        _call_next(step, escalation, at_once=True)


def unanswered(step: Step, incident_id: str) -> list[Alarm]:
    """The incident's alarms that wait for an answer, gravest and oldest first.

    None do while the drill that it is of is paused.
    """
    drill = step.state.drill_of(incident_id)
    if drill is not None and drill.state == "paused":
        return []
    alarms = (step.state.alarms[id_] for id_ in step.state.alarms_of(incident_id))
    waiting = [alarm for alarm in alarms if alarm.id in step.state.unanswered]
    return sorted(waiting, key=lambda a: (a.priority, step.state.unanswered[a.id], a.id))


def _touched(step: Step, events: Iterable[Event]) -> list[str]:
    """The incidents whose alarms changed, after noting since when each alarm waits."""
    state = step.state
    touched: dict[str, None] = {}
    for record in (event.record for event in events):
        if isinstance(record, Alarm):
            current = state.alarms.get(record.id, record)
            if current.state in _WAITS and current.suppression is None:
                state.unanswered.setdefault(record.id, step.now)
            else:
                state.unanswered.pop(record.id, None)
            touched[record.incident_id or ""] = None
            touched[current.incident_id or ""] = None
        elif isinstance(record, Incident):
            touched[record.id] = None
        elif isinstance(record, Drill):
            touched[record.incident_id or ""] = None
    return [id_ for id_ in touched if id_ in state.incidents or id_ in state.escalations]


def _weigh(step: Step, incident_id: str) -> None:
    """Begin, change or end the escalation of an incident by what waits in it now."""
    state = step.state
    waiting = unanswered(step, incident_id)
    known = state.escalations.get(incident_id)
    if not waiting or incident_id not in state.incidents:
        state.escalations.pop(incident_id, None)
        state.timers.cancel("escalate", incident_id)
        gone = (c for c in open_callouts(step, incident_id) if _is_over(step, c.why, incident_id))
        stand_down(step, list(gone), by="system")
        return
    priority, since_at = waiting[0].priority, state.unanswered[waiting[0].id]
    if known is None or known.priority != priority:
        _go_on(step, Escalation(incident_id, priority, since_at))
    elif known.since_at != since_at:
        _go_on(step, replace(known, since_at=since_at))


def _is_over(step: Step, why: str, incident_id: str) -> bool:
    return why == "unanswered" or incident_id not in step.state.incidents


def _weigh_ticket(step: Step, event: Event, ticket: Ticket) -> None:
    """Call whom a ticket is given to, and the shift leader where nobody takes it."""
    incident = step.state.incidents.get(ticket.incident_id)
    if incident is None:
        return
    about = [c for c in open_callouts(step, incident.id) if c.why in _OF_TICKETS]
    given = ticket.assignee if ticket.state is TicketState.DISPATCHED else None
    waits = ticket.state in (TicketState.NEW, TicketState.DISPATCHED)
    over = [
        c
        for c in about
        if c.ticket_id == ticket.id and (not waits or (c.why == "dispatched" and c.user != given))
    ]
    stand_down(step, over, by=event.by)
    if ticket.klass not in _CALLED_FOR:
        return
    if event.kind in ("ticket.dispatched", "ticket.transferred") and given is not None:
        if may_call(step, incident, given):
            call(step, about_ticket(incident, ticket, "dispatched"), given)
    elif event.kind == "ticket.clock_missed" and event.reason == clock("accept") and waits:
        called = {c.user for c in open_callouts(step, incident.id)}
        for user in (u for u in on_duty(step, incident, "SL") if u not in called):
            call(step, about_ticket(incident, ticket, "not_accepted"), user, duty="SL")


def _matter(step: Step, incident_id: str) -> Matter | None:
    """What people are called about: the gravest alarm that waits."""
    incident, waiting = step.state.incidents.get(incident_id), unanswered(step, incident_id)
    if incident is None or not waiting:
        return None
    first = waiting[0]
    return Matter(
        incident, incident.ticket_id, "unanswered", first.priority, first.title, first.place
    )


def _call_next(step: Step, escalation: Escalation, *, at_once: bool) -> None:
    """Call the levels that are due, `at_once` the next; where nobody is there, the one after it."""
    matter = _matter(step, escalation.incident_id)
    if matter is None:
        return
    levels, called, reached = _levels(step, escalation), escalation.called, not at_once
    while called < len(levels) and (not reached or _due(escalation, levels[called]) <= step.now):
        reached = _call_level(step, matter, levels[called])
        called += 1
    _go_on(step, replace(escalation, called=called))


def _call_level(step: Step, matter: Matter, level: EscalationLevel) -> bool:
    """Call everybody of the level who is there; whether anybody is."""
    users: dict[str, Role | None] = {}
    for duty in level.duties:
        holders = on_duty(step, matter.incident, duty)
        if not holders and not matter.incident.drill:
            _tell_of_gap(step, duty)
        for user in holders:
            users.setdefault(user, duty)
    if level.everyone:
        users |= {u: None for u in all_on_duty(step, matter.incident) if u not in users}
    if level.neighbours and not matter.incident.drill:
        users |= dict.fromkeys(step.state.roster.neighbours)
    for user, held in users.items():
        call(step, matter, user, duty=held, level=level)
    return bool(users)


def _tell_of_gap(step: Step, duty: Role) -> None:
    """An estate without any roster is told of on every screen, and not once more here."""
    if step.state.roster.version:
        detail = f"nobody is on duty as {duty} to be called: name somebody in the roster"
        gap = SystemAlarm(f"roster/{duty}", step.state.estate_id, detail)
        step.emit("system.alarm", gap, by="system")


def _repeat(step: Step, escalation: Escalation) -> None:
    """The last level loops until somebody answers; who has come on duty is called with it."""
    matter, levels = _matter(step, escalation.incident_id), _levels(step, escalation)
    if matter is not None and levels:
        for callout in open_callouts(step, escalation.incident_id):
            if callout.level == levels[-1].name:
                call_again(step, callout)
        _call_level(step, matter, levels[-1])
        _go_on(step, escalation)


def _go_on(step: Step, escalation: Escalation) -> None:
    """Keep it, and set its next deadline."""
    state, incident_id, levels = step.state, escalation.incident_id, _levels(step, escalation)
    state.escalations[incident_id] = escalation
    if escalation.called < len(levels):
        state.timers.set("escalate", incident_id, _due(escalation, levels[escalation.called]))
    elif levels and (again := levels[-1].repeat_min) is not None:
        state.timers.set("escalate", incident_id, step.now + round(again * MINUTE))
    else:
        state.timers.cancel("escalate", incident_id)


def _levels(step: Step, escalation: Escalation) -> list[EscalationLevel]:
    policy = step.state.rulebook.escalation_policy
    return policy.priorities.get(escalation.priority, [])


def _due(escalation: Escalation, level: EscalationLevel) -> Instant:
    return escalation.since_at + round(level.after_min * MINUTE)
