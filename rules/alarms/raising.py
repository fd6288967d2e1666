"""From a condition to people: alarm → incident → ticket with its plan's tasks → notices."""

from dataclasses import replace

from rules.alarms.annunciation import annunciate
from rules.alarms.suppressing import explained_by, holder_of, lingers_until
from rules.catalogue import device_types
from rules.incidents.closing import close_if_over
from rules.incidents.course import carry_out_plan, raise_level, weigh_severity
from rules.incidents.grouping import group_of, new_incident, open_for
from rules.incidents.levels_by_evidence import level_by_evidence
from rules.notices.telling import tell_of_rule
from rules.records import alarms
from rules.records.alarms import Alarm, AlarmState
from rules.records.incidents import Incident
from rules.rulebook.rule import Rule
from rules.state.work import Step
from rules.tickets.opening import take_in
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, Instant, seconds
from rules.watching.watch import Watch


def raise_alarm(step: Step, watch: Watch, at: Instant) -> None:
    """The condition of `watch` became true at event time `at`.

    One that late readings tell of waits until they are through: it may be over by then.
    """
    if at < step.late_before:
        step.state.late[watch.key] = replace(_new_alarm(step, watch, at), told_at=step.now)
    else:
        _raise(step, watch, _new_alarm(step, watch, at))


def judge_late(step: Step) -> None:
    """Annunciate, once and with its own time, what late readings told of and still stands."""
    for key, alarm in sorted(step.state.late.items(), key=lambda item: item[1].raised_at):
        del step.state.late[key]
        if (watch := step.state.watches.by_key.get(key)) is not None:
            _raise(step, watch, alarm)


def clear_alarm(step: Step, watch: Watch, at: Instant) -> None:
    """The condition of `watch` was gone, for its off-delay, at event time `at`."""
    passed = step.state.late.pop(watch.key, None)
    if passed is not None:
        over = replace(passed, state=AlarmState.NORMAL, cleared_at=at)
        step.emit("alarm.recorded", over, by=_by(watch.rule), at=at, reason=reasons.TOLD_TOO_LATE)
        return
    alarm = step.state.alarm_of(watch)
    if alarm is not None and alarm.standing:
        clear(step, alarm, at, by=_by(watch.rule))


def clear(step: Step, alarm: Alarm, at: Instant, *, by: str, reason: str = "") -> None:
    """Clear a standing alarm, and what is over with it."""
    cleared = alarms.clear(alarm, at=at)
    step.emit("alarm.cleared", cleared, by=by, at=at, reason=reason)
    watch = step.state.watches.watch_of(alarm)
    if watch is not None and (until := lingers_until(step.state, cleared)) > step.now:
        step.state.timers.set("stop_explaining", alarm.id, until)
    else:
        free_held_by(step, alarm.id)
    weigh_severity(step, alarm.incident_id)
    close_if_over(step, alarm.incident_id)


def free_held_by(step: Step, holder: str) -> None:
    """Let go of the alarms that suppression, or explaining alarm, `holder` held back."""
    for alarm in [a for a in step.state.alarms.values() if a.suppression == holder]:
        watch = step.state.watches.watch_of(alarm)
        other = holder_of(step.state, watch, step.now) if watch else None
        if other is None:
            _free(step, watch, alarm)
        elif other[1] != holder:
            step.emit("alarm.suppressed", alarms.suppress(alarm, other), by="system")


def hold_back(step: Step, watch: Watch, *, by: str, reason: str) -> None:
    """Suppress the active alarm of `watch` if something holds it back now."""
    alarm = step.state.alarm_of(watch)
    holder = holder_of(step.state, watch, step.now)
    if alarm is not None and alarm.suppression is None and holder is not None:
        step.emit("alarm.suppressed", alarms.suppress(alarm, holder), by=by, reason=reason)
        weigh_severity(step, alarm.incident_id)


def _raise(step: Step, watch: Watch, alarm: Alarm) -> None:
    """Raise `alarm`, or in its place the earlier one of the watch that comes back."""
    earlier = _earlier(step, watch)
    if earlier is None:
        watch.alarm_id = alarm.id
        _raise_new(step, watch, alarm)
    else:
        _raise_again(step, watch, earlier, alarm)
    stale_after = round(step.state.rulebook.alarm_handling.stale_after_h * HOUR)
    step.state.timers.set("stale", watch.alarm_id, alarm.raised_at + stale_after)
    for child in explained_by(step.state, watch):
        hold_back(step, child, by=_by(watch.rule), reason=reasons.explained_by(watch.rule.id))


def _raise_new(step: Step, watch: Watch, alarm: Alarm) -> None:
    holder = holder_of(step.state, watch, step.now)
    if holder is None:
        place(step, watch, alarm, "alarm.raised", alarm.raised_at)
        return
    held = alarms.suppress(alarm, holder)
    step.emit(
        "alarm.raised", held, by=_by(watch.rule), at=alarm.raised_at, reason=reasons.HELD_BACK
    )


def _raise_again(step: Step, watch: Watch, earlier: Alarm, alarm: Alarm) -> None:
    """A second time of the same cause is not a second alarm, nor a second page."""
    again = alarms.raise_again(earlier, value=alarm.value)
    holder = holder_of(step.state, watch, step.now)
    if holder is not None:
        again = alarms.suppress(again, holder)
    reason = reasons.HELD_BACK if holder else ""
    step.emit("alarm.raised_again", again, by=_by(watch.rule), at=alarm.raised_at, reason=reason)
    if holder is None:
        annunciate(step, again)
        incident = step.state.incidents[again.incident_id or ""]
        weigh(step, watch, again, incident, alarm.raised_at)


def _earlier(step: Step, watch: Watch) -> Alarm | None:
    """The alarm that comes back: active, or normal for a short time in an open incident."""
    active = step.state.alarm_of(watch)
    if active is not None:
        return active
    settled = step.state.settled.get(watch.alarm_id)
    may_come_back = (
        settled is not None
        and settled.incident_id in step.state.incidents
        and step.now < step.state.reopens_until(settled)
    )
    return settled if may_come_back else None


def place(step: Step, watch: Watch, alarm: Alarm, kind: str, at: Instant) -> None:
    """Give `alarm` its incident, new or open, and annunciate it with an event of `kind`.

    A further line of a job for many devices is on its ticket: it calls nobody once more.
    """
    group = group_of(step.state, watch)
    incident = step.state.incident_with(group.key)
    by = _by(watch.rule)
    is_further_line = incident is not None and watch.rule.response.grouped
    if incident is None:
        incident = new_incident(step, group, watch.device.place, alarm)
        alarm = replace(alarm, incident_id=incident.id, first_out=True)
        step.emit(kind, alarm, by=by, at=at)
        open_for(step, watch, group, incident)
        carry_out_plan(step, incident)
    else:
        alarm, incident = join(step, watch, alarm, incident, kind, at)
    if not is_further_line:
        annunciate(step, alarm)
    weigh(step, watch, alarm, incident, alarm.raised_at)


def join(
    step: Step, watch: Watch, alarm: Alarm, incident: Incident, kind: str, at: Instant
) -> tuple[Alarm, Incident]:
    """One more alarm of an open incident, told of with an event of `kind`.

    The earliest event time is first-out (首出).
    """
    by = _by(watch.rule)
    is_first = incident.first_out_at is None or alarm.raised_at < incident.first_out_at
    alarm = replace(alarm, incident_id=incident.id, first_out=is_first)
    step.emit(kind, alarm, by=by, at=at)
    joined = replace(incident, alarm_count=incident.alarm_count + 1)
    if is_first:
        first_id = incident.first_out or ""
        first = step.state.alarms.get(first_id) or step.state.settled.get(first_id)
        joined = replace(joined, first_out=alarm.id, first_out_at=alarm.raised_at)
        if first is not None:
            no_longer = replace(first, first_out=False)
            step.emit(
                "alarm.first_out_changed",
                no_longer,
                by="system",
                reason=reasons.first_out(alarm.id),
            )
    step.emit("incident.alarm_added", joined, by=by, at=at)
    return alarm, joined


def weigh(step: Step, watch: Watch, alarm: Alarm, incident: Incident, at: Instant) -> None:
    """Let the alarm, raised at `at`, change its ticket and its incident's level, then tell."""
    weigh_severity(step, incident.id)
    step.state.timers.set("cause", incident.id, step.now)
    if watch.chattering:
        return
    take_in(step, incident, alarm)
    changes = level_by_evidence(step.state, watch, incident, at)
    incident = step.state.incidents[incident.id]
    raise_level(
        step, incident, by=_by(watch.rule), reason=reasons.evidence(watch.rule.id), **changes
    )
    if watch.rule.notice_after_s:
        due = at + seconds(watch.rule.notice_after_s)
        step.state.timers.set("tell_of_rule", watch.key, due)
    else:
        tell_of_rule(step, watch, step.state.incidents[incident.id])


def tell_after_all(step: Step, watch_key: str) -> None:
    """The alarm was given time to turn out to be its sensor's fault, and did not."""
    watch = step.state.watches.by_key.get(watch_key)
    alarm = step.state.alarm_of(watch) if watch else None
    if watch is None or alarm is None or alarm.chattering or alarm.suppression is not None:
        return
    incident = step.state.incidents.get(alarm.incident_id or "")
    if incident is not None:
        tell_of_rule(step, watch, incident)


def _free(step: Step, watch: Watch | None, alarm: Alarm) -> None:
    """No longer held back: what stands is annunciated, in an incident."""
    free = alarms.unsuppress(alarm)
    if watch is not None and free.standing and free.incident_id not in step.state.incidents:
        place(step, watch, free, "alarm.unsuppressed", step.now)
        return
    step.emit("alarm.unsuppressed", free, by="system")
    if watch is not None and free.standing:
        annunciate(step, free)
        incident = step.state.incidents[free.incident_id or ""]
        weigh(step, watch, free, incident, free.raised_at)


def _by(rule: Rule) -> str:
    return f"rule:{rule.id}"


def _new_alarm(step: Step, watch: Watch, at: Instant) -> Alarm:
    rule, device, state, cause = watch.rule, watch.device, step.state, watch.cause()
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
        chattering=watch.chattering,
    )
