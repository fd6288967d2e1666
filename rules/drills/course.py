"""A drill under way: it starts, alarms are played into it, it is paused, goes on and ends.

Its alarms are of no watch, and of an incident of their own: real readings go on being judged.
"""

from dataclasses import replace

from rules.alarms.raising import join
from rules.catalogue import device_types
from rules.drills.real_first import what_comes_first
from rules.drills.score import score_of
from rules.incidents.closing import close
from rules.incidents.course import carry_out_plan, raise_level, weigh_severity
from rules.incidents.grouping import Group, new_incident, open_incident
from rules.incidents.levels_by_evidence import level_by_evidence
from rules.incidents.started_by_hand import PRIORITY_OF
from rules.notices.telling import notices_of, tell_of_rule, tell_stop
from rules.oncall.calls import Matter, call, open_callouts, stand_down
from rules.records.alarms import Alarm, AlarmState
from rules.records.drills import Drill, Injection, Score
from rules.records.incidents import Incident
from rules.records.ticket_clocks import go_on, halt
from rules.rulebook.plan import Plan
from rules.state.work import Step
from rules.tickets.opening import take_in
from rules.vocabulary import reasons
from rules.vocabulary.instant import NEVER, SECOND, seconds
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, Priority, higher
from rules.vocabulary.text import Text
from rules.watching.watch import Watch


def start_planned(step: Step, drill_id: str) -> None:
    """Its time has come; where something real goes on, it waits for a person to start it."""
    drill = step.state.drills.get(drill_id)
    if drill is None or drill.state != "planned":
        return
    plan = step.state.rulebook.plans.get(drill.plan)
    if plan is None or what_comes_first(step.state, drill) or going_on(step):
        postponed = replace(drill, planned_at=None)
        step.emit("drill.postponed", postponed, by="system", reason=reasons.REAL_FIRST)
        return
    start(step, drill, plan, by="system", reason=reasons.TIME_IS_OVER)


def going_on(step: Step) -> Drill | None:
    """The drill that runs or is paused: never more than one on an estate."""
    drills = step.state.drills.values()
    return next((drill for drill in drills if drill.state != "planned"), None)


def start(step: Step, drill: Drill, plan: Plan, *, by: str, reason: str) -> None:
    """By its script; without one the plan begins by hand, with an alarm to be acknowledged."""
    running = replace(drill, state="running", started_at=step.now, plan_version=plan.version)
    if drill.script:
        step.emit("drill.started", running, by=by, reason=reason)
        inject(step, drill.id)
        return
    level = higher(drill.level, plan.confirmed_level or drill.level)
    group = _group(running, plan, level)
    incident = new_incident(step, group, drill.place, None)
    incident = replace(incident, drill=True, confirmed=True)
    running = replace(running, incident_id=incident.id)
    step.emit("drill.started", running, by=by, reason=reason)
    _open(step, group, incident, plan.name, PRIORITY_OF[level], by=by)
    watch = _watch_at(step, plan, drill.place)
    if watch is not None:
        alarm = _alarm(step, watch, Injection(0.0, watch.rule.id, watch.device.id), incident.id)
        current = step.state.incidents[incident.id]
        join(step, watch, alarm, current, "alarm.raised", step.now)
        weigh_severity(step, incident.id)


def inject(step: Step, drill_id: str) -> None:
    """Raise the drill alarms whose time in the drill has come."""
    drill = step.state.drills.get(drill_id)
    while drill is not None and (drill.next_injection_at or NEVER) <= step.now:
        _inject(step, drill, drill.script[drill.injected])
        drill = step.state.drills.get(drill_id)


def pause(step: Step, drill: Drill, *, by: str, reason: str, real: str | None = None) -> None:
    """STOP: deadlines stand, nobody is called any more, and nothing is scored from now on.

    `real` is the incident that comes first, where it is one.
    """
    paused = replace(
        drill,
        state="paused",
        paused_at=step.now,
        void_from_at=step.now if drill.void_from_at is None else drill.void_from_at,
        void_why=drill.void_why or reason,
        void_by=real,
    )
    step.emit("drill.paused", paused, by=by, reason=reason)
    incident = step.state.incidents.get(drill.incident_id or "")
    if incident is None:
        return
    for ticket in step.state.tickets_of(incident.id):
        step.emit(
            "ticket.halted", halt(ticket, step.now), by="system", reason=reasons.DRILL_STOPPED
        )
    stand_down(step, open_callouts(step, incident.id), by="system")
    stop = Matter(
        incident, incident.ticket_id, "drill_stopped", "P1", Text(drill.title, drill.title),
        incident.place,
    )  # fmt: skip
    for user in dict.fromkeys((*drill.users(), drill.leader)):
        call(step, stop, user)
    tell_stop(step, paused, incident)


def resume(step: Step, drill: Drill, *, by: str, reason: str) -> None:
    """On from where it stood: deadlines come later by as long. What is void stays void."""
    stood = step.now - (step.now if drill.paused_at is None else drill.paused_at)
    running = replace(
        drill, state="running", paused_at=None, stood_s=drill.stood_s + stood / SECOND
    )
    step.emit("drill.resumed", running, by=by, reason=reason)
    incident_id = drill.incident_id or ""
    stand_down(step, open_callouts(step, incident_id), by="system")
    for ticket in step.state.tickets_of(incident_id):
        step.emit("ticket.went_on", go_on(ticket, step.now), by="system")
    for alarm_id in step.state.alarms_of(incident_id):
        if alarm_id in step.state.unanswered:
            step.state.unanswered[alarm_id] += stood
    inject(step, drill.id)


def finish(step: Step, drill: Drill, *, by: str, reason: str) -> None:
    """Score it, then end all that it simulated; the review of what it showed begins."""
    incident = step.state.incidents.get(drill.incident_id or "")
    ended = replace(drill, ended_at=step.now)
    ended = replace(ended, state="ended", paused_at=None, score=score(step, ended))
    if incident is not None:
        for alarm_id in step.state.alarms_of(incident.id):
            over = replace(
                step.state.alarms[alarm_id], state=AlarmState.NORMAL, cleared_at=step.now
            )
            step.emit("alarm.cleared", over, by="system", reason=reasons.DRILL_OVER)
        weigh_severity(step, incident.id)
        left = step.state.incidents[incident.id]
        close(step, left, "resolved", by=by, reason=reason or drill.title)
    step.emit("drill.ended", ended, by=by, reason=reason)


def score(step: Step, drill: Drill) -> Score:
    """The score as things stand."""
    incident_id = drill.incident_id or ""
    incident = step.state.incidents.get(incident_id)
    return score_of(
        drill,
        step.state.rulebook.drill_policy.score,
        tickets=step.state.tickets_of(incident_id),
        notices=notices_of(step, incident_id),
        alarmed=incident is not None and incident.alarm_count > 0,
    )


def _inject(step: Step, drill: Drill, injection: Injection) -> None:
    """One alarm; nothing where its rule or device is gone since, or it stands already."""
    watch = step.state.watches.by_key.get(f"{injection.rule}/{injection.device}")
    plan = step.state.rulebook.plans.get(drill.plan)
    played = replace(drill, injected=drill.injected + 1)
    incident = step.state.incidents.get(drill.incident_id or "")
    if watch is None or plan is None or (incident and _stands(step, incident, injection)):
        step.emit("drill.injected", played, by="system")
        return
    if incident is None:
        group = _group(drill, plan, watch.rule.response.level)
        alarm = _alarm(step, watch, injection, None)
        incident = replace(new_incident(step, group, watch.device.place, alarm), drill=True)
        alarm = replace(alarm, incident_id=incident.id, first_out=True)
        step.emit("drill.injected", replace(played, incident_id=incident.id), by="system")
        step.emit("alarm.raised", alarm, by=f"rule:{watch.rule.id}")
        _open(step, group, incident, watch.rule.name, watch.rule.priority, by="system")
    else:
        step.emit("drill.injected", played, by="system")
        alarm = _alarm(step, watch, injection, incident.id)
        alarm, incident = join(step, watch, alarm, incident, "alarm.raised", step.now)
    _weigh(step, drill, watch, alarm, incident)


def _weigh(step: Step, drill: Drill, watch: Watch, alarm: Alarm, incident: Incident) -> None:
    """What a real alarm would change: the severity, the ticket, the level, who is told.

    How far apart two alarms lie is counted in the drill's own time.
    """
    weigh_severity(step, incident.id)
    step.state.timers.set("cause", incident.id, step.now)
    take_in(step, step.state.incidents[incident.id], alarm)
    current = step.state.incidents[incident.id]
    at = alarm.raised_at - seconds(drill.stood_s)
    changes = level_by_evidence(step.state, watch, current, at)
    reason = reasons.evidence(watch.rule.id)
    raise_level(step, current, by=f"rule:{watch.rule.id}", reason=reason, **changes)
    tell_of_rule(step, watch, step.state.incidents[incident.id])


def _stands(step: Step, incident: Incident, injection: Injection) -> bool:
    alarms = (step.state.alarms[id_] for id_ in step.state.alarms_of(incident.id))
    return any((a.rule, a.device) == (injection.rule, injection.device) for a in alarms)


def _group(drill: Drill, plan: Plan, level: Level) -> Group:
    """An incident of the drill's own: no real alarm has this key."""
    return Group(
        kind=plan.kind,
        key=f"drill/{drill.id}",
        level=level,
        title=plan.name,
        plan=plan,
        ticket=plan.ticket_class(level),
    )


def _open(
    step: Step, group: Group, incident: Incident, title: Text, priority: Priority, *, by: str
) -> None:
    open_incident(step, group, incident, title=title, priority=priority, by=by)
    carry_out_plan(step, incident)


def _watch_at(step: Step, plan: Plan, place: Place) -> Watch | None:
    """The gravest rule of the plan on a device as near to the place as there is one."""
    watches = step.state.watches.by_key.values()
    fitting = [w for w in watches if w.rule.response.kind == plan.kind and _lies_in(w, place)]
    return min(fitting, key=lambda w: (*_apart(w, place), w.rule.priority, w.index), default=None)


def _lies_in(watch: Watch, place: Place) -> bool:
    """Whether the device is in the building, or garage, that the place names."""
    at = watch.device.place
    return all(getattr(place, n) in (None, getattr(at, n)) for n in ("building", "garage"))


def _apart(watch: Watch, place: Place) -> tuple[bool, bool]:
    """Whether it is on another floor, and in another flat."""
    at = watch.device.place
    return place.floor not in (None, at.floor), place.unit not in (None, at.unit)


def _alarm(step: Step, watch: Watch, injection: Injection, incident_id: str | None) -> Alarm:
    """As the watch would raise it, but of no watch."""
    rule, device, cause = watch.rule, watch.device, watch.cause()
    type_ = device_types().by_id[step.state.estate.devices[cause.device].type]
    signal = injection.signal if injection.signal in type_.signals else cause.signal
    known = type_.signals.get(signal)
    return Alarm(
        id=step.state.new_id("a"),
        estate=step.state.estate_id,
        device=device.id,
        signal=signal,
        rule=rule.id,
        rule_version=rule.version,
        priority=rule.priority,
        state=AlarmState.UNACKNOWLEDGED,
        latching=rule.latching,
        title=rule.name,
        advice=rule.advice,
        place=device.place,
        value=injection.value,
        unit=known.unit if known and injection.value != "" else "",
        source=rule.source,
        raised_at=step.now,
        incident_id=incident_id,
        drill=True,
    )
