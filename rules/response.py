"""From a condition to people: alarm → incident → ticket with its plan's tasks → notices."""

from dataclasses import replace

from rules import alarms
from rules.alarms import Alarm, AlarmState
from rules.catalogue import device_types
from rules.conditions.leaves import Leaf
from rules.escalation import evidence_of, level_by_evidence
from rules.incidents import Incident
from rules.instant import Instant
from rules.rulebook import Rule
from rules.state import Step
from rules.telling import tell_of_plan, tell_of_rule
from rules.ticketing import add_tasks, new_ticket, take_in
from rules.tickets import TicketState
from rules.watches import Watch


def raise_alarm(step: Step, watch: Watch, at: Instant) -> None:
    """The condition of `watch` became true at event time `at`."""
    cause = watch.cause()
    earlier = step.state.alarm_of(watch)
    if earlier is not None:
        again = alarms.raise_again(earlier, value=cause.value)
        step.emit("alarm.raised_again", again, by=_by(watch.rule), at=at)
        _weigh(step, watch, again, step.state.incidents[again.incident_id or ""], at)
        return
    alarm = _new_alarm(step, watch, cause, at)
    watch.alarm_id = alarm.id
    incident = step.state.incident_with(_key(watch))
    if incident is None:
        _open(step, watch, alarm)
    else:
        _join(step, watch, alarm, incident)


def clear_alarm(step: Step, watch: Watch, at: Instant) -> None:
    """The condition of `watch` was gone, for its off-delay, at event time `at`."""
    alarm = step.state.alarm_of(watch)
    if alarm is not None and alarm.standing:
        clear(step, alarm, at, by=_by(watch.rule))


def clear(step: Step, alarm: Alarm, at: Instant, *, by: str, reason: str = "") -> None:
    """Clear a standing alarm, and what is over with it."""
    step.emit("alarm.cleared", alarms.clear(alarm, at=at), by=by, at=at, reason=reason)
    close_if_over(step, alarm.incident_id)


def raise_level(step: Step, incident: Incident, *, by: str, reason: str, **changes: object) -> None:
    """Give the incident a graver level or confirm it, then do what the plan now asks for."""
    raised = replace(incident, **changes)  # type: ignore[arg-type]
    if raised == incident:
        return
    confirmed_now = raised.confirmed and not incident.confirmed
    kind = "incident.confirmed" if confirmed_now else "incident.level_raised"
    step.emit(kind, raised, by=by, reason=reason)
    _carry_out(step, raised)


def close_if_over(step: Step, incident_id: str | None) -> None:
    """An incident without a plan is over when its alarms are normal and its ticket resolved."""
    incident = step.state.incidents.get(incident_id or "")
    if incident is None or incident.plan is not None:
        return
    ticket = step.state.tickets.get(incident.ticket_id)
    if ticket is not None and ticket.state is not TicketState.RESOLVED:
        return
    if not step.state.alarms_of(incident.id):
        over = replace(incident, state="closed", closed_at=step.now, outcome="resolved")
        step.emit("incident.closed", over, by="system", reason="alarms normal, ticket resolved")
        if ticket is not None:
            done = replace(ticket, state=TicketState.CLOSED, closed_at=step.now)
            step.emit("ticket.closed", done, by="system")


def _by(rule: Rule) -> str:
    return f"rule:{rule.id}"


def _key(watch: Watch) -> str:
    """What groups alarms: the kind, and the parts of the place that the rule names."""
    response, place = watch.rule.response, watch.device.place
    parts = [str(getattr(place, name) or "") for name in response.group_by]
    if response.kind == "ticket":
        parts += [watch.rule.id, watch.device.id]
    return "/".join([response.kind, *parts])


def _new_alarm(step: Step, watch: Watch, cause: Leaf, at: Instant) -> Alarm:
    rule, device, state = watch.rule, watch.device, step.state
    reporting = device_types().by_id[state.estate.devices[cause.device].type]
    return Alarm(
        id=state.new_id("a"),
        estate=state.estate_id,
        device=device.id,
        signal=cause.signal,
        rule=rule.id,
        rule_version=rule.version,
        priority=rule.priority,
        state=AlarmState.UNACKNOWLEDGED,
        latching=rule.latching,
        title=rule.name,
        advice=rule.advice,
        place=device.place,
        value=cause.value,
        unit=reporting.signals[cause.signal].unit,
        source=rule.source,
        raised_at=at,
    )


def _open(step: Step, watch: Watch, alarm: Alarm) -> None:
    """A new incident with its ticket, and what its plan asks for."""
    state, rule = step.state, watch.rule
    plan = state.rulebook.plan_of(rule.response.kind)
    incident = Incident(
        id=state.new_id("i"),
        estate=state.estate_id,
        kind=rule.response.kind,
        key=_key(watch),
        level=rule.response.level,
        confirmed=plan.starts_confirmed if plan else True,
        state="open",
        title=plan.name if plan else rule.name,
        place=alarm.place,
        plan=plan.id if plan else None,
        plan_version=plan.version if plan else None,
        opened_at=alarm.raised_at,
        alarm_count=1,
        ticket_id=state.new_id("t"),
        first_out=alarm.id,
    )
    ticket = new_ticket(step, rule, incident, plan)
    alarm = replace(alarm, incident_id=incident.id, first_out=True)
    step.emit("alarm.raised", alarm, by=_by(rule), at=alarm.raised_at)
    step.emit("incident.opened", incident, by=_by(rule), at=alarm.raised_at)
    step.emit("ticket.opened", ticket, by=_by(rule))
    _carry_out(step, incident)
    _weigh(step, watch, alarm, incident, alarm.raised_at)


def _join(step: Step, watch: Watch, alarm: Alarm, incident: Incident) -> None:
    """One more alarm of an open incident; the earliest event time is first-out (首出)."""
    first = step.state.alarms.get(incident.first_out or "")
    is_first = first is not None and alarm.raised_at < first.raised_at
    alarm = replace(alarm, incident_id=incident.id, first_out=is_first)
    by = _by(watch.rule)
    step.emit("alarm.raised", alarm, by=by, at=alarm.raised_at)
    if first is not None and is_first:
        step.emit("alarm.first_out_changed", replace(first, first_out=False), by="system")
    joined = replace(
        incident,
        alarm_count=incident.alarm_count + 1,
        first_out=alarm.id if is_first else incident.first_out,
    )
    step.emit("incident.alarm_added", joined, by=by, at=alarm.raised_at)
    _weigh(step, watch, alarm, joined, alarm.raised_at)


def _weigh(step: Step, watch: Watch, alarm: Alarm, incident: Incident, at: Instant) -> None:
    """Let the alarm, raised at `at`, change its ticket and its incident's level, then tell."""
    take_in(step, incident, alarm)
    changes = level_by_evidence(step.state, watch, incident, at)
    raise_level(step, incident, by=_by(watch.rule), reason=evidence_of(watch.rule), **changes)
    tell_of_rule(step, watch, step.state.incidents[incident.id])


def _carry_out(step: Step, incident: Incident) -> None:
    """What the plan asks for at the incident's level: tasks on the ticket, notices."""
    plan = step.state.rulebook.plans.get(incident.plan or "")
    if plan is not None:
        add_tasks(step, plan, incident)
        tell_of_plan(step, plan, incident)
