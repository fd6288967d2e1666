"""A drill under way: it starts, alarms are played into it, it is paused, goes on and ends.

Its alarms are of no watch, and of an incident of their own: real readings go on being judged.
"""

from dataclasses import replace

from rules.alarms.raising import join
from rules.catalogue import device_types
from rules.drills.real_first import what_comes_first
from rules.drills.score import score_of
from rules.estate.graph import Device
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
from rules.state.work import Work
from rules.tickets.opening import take_in
from rules.vocabulary import reasons
from rules.vocabulary.instant import NEVER, SECOND, seconds
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, Priority, higher
from rules.vocabulary.text import Text
from rules.watching.watch import Watch


def start_planned(work: Work, drill_id: str) -> None:
    """Its time has come; where something real goes on, it waits for a person to start it."""
    drill = work.state.drills.get(drill_id)
    if drill is None or drill.state != "planned":
        return
    plan = work.state.rulebook.plans.get(drill.plan)
    if plan is None or what_comes_first(work.state, drill) or going_on(work):
        postponed = replace(drill, planned_at=None)
        work.emit("drill.postponed", postponed, by="system", reason=reasons.REAL_FIRST)
        return
    start(work, drill, plan, by="system", reason=reasons.TIME_IS_OVER)


def going_on(work: Work) -> Drill | None:
    """The drill that runs or is paused: never more than one on an estate."""
    drills = work.state.drills.values()
    return next((drill for drill in drills if drill.state != "planned"), None)


def start(work: Work, drill: Drill, plan: Plan, *, by: str, reason: str) -> None:
    """By its script; without one the plan begins by hand, with an alarm to be acknowledged."""
    running = replace(drill, state="running", started_at=work.now, plan_version=plan.version)
    if drill.script:
        work.emit("drill.started", running, by=by, reason=reason)
        inject(work, drill.id)
        return
    level = higher(drill.level, plan.confirmed_level or drill.level)
    group = _group(running, plan, level)
    incident = new_incident(work, group, drill.place, None)
    incident = replace(incident, drill=True, confirmed=True)
    running = replace(running, incident_id=incident.id)
    work.emit("drill.started", running, by=by, reason=reason)
    _open(work, group, incident, plan.name, PRIORITY_OF[level], by=by)
    watch = _watch_at(work, plan, drill.place)
    if watch is not None:
        alarm = _alarm(work, watch, Injection(0.0, watch.rule.id, watch.device.id), incident.id)
        current = work.state.incidents[incident.id]
        join(work, watch, alarm, current, "alarm.raised", work.now)
        weigh_severity(work, incident.id)


def inject(work: Work, drill_id: str) -> None:
    """Raise the drill alarms whose time in the drill has come."""
    drill = work.state.drills.get(drill_id)
    while drill is not None and (drill.next_injection_at or NEVER) <= work.now:
        _inject(work, drill, drill.script[drill.injected])
        drill = work.state.drills.get(drill_id)


def pause(work: Work, drill: Drill, *, by: str, reason: str, real: str | None = None) -> None:
    """STOP: deadlines stand, nobody is called any more, and nothing is scored from now on.

    `real` is the incident that comes first, where it is one.
    """
    paused = replace(
        drill,
        state="paused",
        paused_at=work.now,
        void_from_at=work.now if drill.void_from_at is None else drill.void_from_at,
        void_why=drill.void_why or reason,
        void_by=real,
    )
    work.emit("drill.paused", paused, by=by, reason=reason)
    incident = work.state.incidents.get(drill.incident_id or "")
    if incident is None:
        return
    for ticket in work.state.tickets_of(incident.id):
        work.emit(
            "ticket.halted", halt(ticket, work.now), by="system", reason=reasons.DRILL_STOPPED
        )
    stand_down(work, open_callouts(work, incident.id), by="system")
    stop = Matter(
        incident, incident.ticket_id, "drill_stopped", "P1", Text(drill.title, drill.title),
        incident.place,
    )  # fmt: skip
    for user in dict.fromkeys((*drill.users(), drill.leader)):
        call(work, stop, user)
    tell_stop(work, paused, incident)


def resume(work: Work, drill: Drill, *, by: str, reason: str) -> None:
    """On from where it stood: deadlines come later by as long. What is void stays void."""
    stood = work.now - (work.now if drill.paused_at is None else drill.paused_at)
    running = replace(
        drill, state="running", paused_at=None, stood_s=drill.stood_s + stood / SECOND
    )
    work.emit("drill.resumed", running, by=by, reason=reason)
    incident_id = drill.incident_id or ""
    stand_down(work, open_callouts(work, incident_id), by="system")
    for ticket in work.state.tickets_of(incident_id):
        work.emit("ticket.went_on", go_on(ticket, work.now), by="system")
    for alarm_id in work.state.alarms_of(incident_id):
        if alarm_id in work.state.unanswered:
            work.state.unanswered[alarm_id] += stood
    inject(work, drill.id)


def finish(work: Work, drill: Drill, *, by: str, reason: str) -> None:
    """Score it, then end all that it simulated; the review of what it showed begins."""
    incident = work.state.incidents.get(drill.incident_id or "")
    ended = replace(drill, ended_at=work.now)
    ended = replace(ended, state="ended", paused_at=None, score=score(work, ended))
    if incident is not None:
        for alarm_id in work.state.alarms_of(incident.id):
            over = replace(
                work.state.alarms[alarm_id], state=AlarmState.NORMAL, cleared_at=work.now
            )
            work.emit("alarm.cleared", over, by="system", reason=reasons.DRILL_OVER)
        weigh_severity(work, incident.id)
        left = work.state.incidents[incident.id]
        close(work, left, "resolved", by=by, reason=reason or drill.title)
    work.emit("drill.ended", ended, by=by, reason=reason)


def score(work: Work, drill: Drill) -> Score:
    """The score as things stand."""
    incident_id = drill.incident_id or ""
    incident = work.state.incidents.get(incident_id)
    return score_of(
        drill,
        work.state.rulebook.drill_policy.score,
        tickets=work.state.tickets_of(incident_id),
        notices=notices_of(work, incident_id),
        alarmed=incident is not None and incident.alarm_count > 0,
    )


def _inject(work: Work, drill: Drill, injection: Injection) -> None:
    """One alarm; nothing where its rule or device is gone since, or it stands already."""
    watch = work.state.watches.watch(injection.rule, injection.device)
    plan = work.state.rulebook.plans.get(drill.plan)
    played = replace(drill, injected=drill.injected + 1)
    incident = work.state.incidents.get(drill.incident_id or "")
    if watch is None or plan is None or (incident and _stands(work, incident, injection)):
        work.emit("drill.injected", played, by="system")
        return
    if incident is None:
        group = _group(drill, plan, watch.rule.response.level)
        alarm = _alarm(work, watch, injection, None)
        incident = replace(new_incident(work, group, watch.device.place, alarm), drill=True)
        alarm = replace(alarm, incident_id=incident.id, first_out=True)
        work.emit("drill.injected", replace(played, incident_id=incident.id), by="system")
        work.emit("alarm.raised", alarm, by=f"rule:{watch.rule.id}")
        _open(work, group, incident, watch.rule.name, watch.rule.priority, by="system")
    else:
        work.emit("drill.injected", played, by="system")
        alarm = _alarm(work, watch, injection, incident.id)
        alarm, incident = join(work, watch, alarm, incident, "alarm.raised", work.now)
    _weigh(work, drill, watch, alarm, incident)


def _weigh(work: Work, drill: Drill, watch: Watch, alarm: Alarm, incident: Incident) -> None:
    """What a real alarm would change: the severity, the ticket, the level, who is told.

    How far apart two alarms lie is counted in the drill's own time.
    """
    weigh_severity(work, incident.id)
    work.state.timers.set("cause", incident.id, work.now)
    take_in(work, work.state.incidents[incident.id], alarm)
    current = work.state.incidents[incident.id]
    at = alarm.raised_at - seconds(drill.stood_s)
    changes = level_by_evidence(work.state, watch, current, at)
    reason = reasons.evidence(watch.rule.id)
    raise_level(work, current, by=f"rule:{watch.rule.id}", reason=reason, **changes)
    tell_of_rule(work, watch, work.state.incidents[incident.id])


def _stands(work: Work, incident: Incident, injection: Injection) -> bool:
    alarms = (work.state.alarms[id_] for id_ in work.state.alarms_of(incident.id))
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
    work: Work, group: Group, incident: Incident, title: Text, priority: Priority, *, by: str
) -> None:
    open_incident(work, group, incident, title=title, priority=priority, by=by)
    carry_out_plan(work, incident)


def _watch_at(work: Work, plan: Plan, place: Place) -> Watch | None:
    """The gravest rule of the plan on a device as near to the place as there is one."""
    state = work.state
    fitting = [
        (*_apart(device, place), rule.priority, device.id, number, rule.id)
        for number, rule in enumerate(state.rulebook.rules.values())
        if rule.response.kind == plan.kind
        for device in state.watches.devices_of(rule.id)
        if _lies_in(device, place)
    ]
    if not fitting:
        return None
    *_, device_id, _, rule_id = min(fitting)
    return state.watches.watch(rule_id, device_id)


def _lies_in(device: Device, place: Place) -> bool:
    """Whether the device is in the building, or garage, that the place names."""
    at = device.place
    return all(getattr(place, n) in (None, getattr(at, n)) for n in ("building", "garage"))


def _apart(device: Device, place: Place) -> tuple[bool, bool]:
    """Whether it is on another floor, and in another flat."""
    at = device.place
    return place.floor not in (None, at.floor), place.unit not in (None, at.unit)


def _alarm(work: Work, watch: Watch, injection: Injection, incident_id: str | None) -> Alarm:
    """As the watch would raise it, but of no watch."""
    rule, device, cause = watch.rule, watch.device, watch.cause()
    type_ = device_types().by_id[work.state.estate.devices[cause.device].type]
    signal = injection.signal if injection.signal in type_.signals else cause.signal
    known = type_.signals.get(signal)
    return Alarm(
        id=work.state.new_id("a"),
        estate=work.state.estate_id,
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
        raised_at=work.now,
        incident_id=incident_id,
        drill=True,
    )
