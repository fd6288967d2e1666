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
from rules.state.work import Work
from rules.tickets.opening import take_in
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, Instant, seconds
from rules.watching.watch import Watch


def raise_alarm(work: Work, watch: Watch, at: Instant) -> None:
    """The condition of `watch` became true at event time `at`.

    One that late readings tell of waits until they are through: it may be over by then.
    """
    if at < work.late_before:
        work.state.late[watch.key] = replace(_new_alarm(work, watch, at), told_at=work.now)
    else:
        _raise(work, watch, _new_alarm(work, watch, at))


def judge_late(work: Work) -> None:
    """Annunciate, once and with its own time, what late readings told of and still stands."""
    for key, alarm in sorted(work.state.late.items(), key=lambda item: item[1].raised_at):
        del work.state.late[key]
        if (watch := work.state.watches.by_key.get(key)) is not None:
            _raise(work, watch, alarm)


def clear_alarm(work: Work, watch: Watch, at: Instant) -> None:
    """The condition of `watch` was gone, for its off-delay, at event time `at`."""
    passed = work.state.late.pop(watch.key, None)
    if passed is not None:
        over = replace(passed, state=AlarmState.NORMAL, cleared_at=at)
        work.emit("alarm.recorded", over, by=_by(watch.rule), at=at, reason=reasons.TOLD_TOO_LATE)
        return
    alarm = work.state.alarm_of(watch)
    if alarm is not None and alarm.standing:
        clear(work, alarm, at, by=_by(watch.rule))


def clear(work: Work, alarm: Alarm, at: Instant, *, by: str, reason: str = "") -> None:
    """Clear a standing alarm, and what is over with it."""
    cleared = alarms.clear(alarm, at=at)
    work.emit("alarm.cleared", cleared, by=by, at=at, reason=reason)
    watch = work.state.watches.watch_of(alarm)
    if watch is not None and (until := lingers_until(work.state, cleared)) > work.now:
        work.state.timers.set("stop_explaining", alarm.id, until)
    else:
        free_held_by(work, alarm.id)
    weigh_severity(work, alarm.incident_id)
    close_if_over(work, alarm.incident_id)


def free_held_by(work: Work, holder: str) -> None:
    """Let go of the alarms that suppression, or explaining alarm, `holder` held back."""
    for alarm_id in work.state.indexes.alarm.by_holder.of(holder):
        alarm = work.state.alarms[alarm_id]
        watch = work.state.watches.watch_of(alarm)
        other = holder_of(work.state, watch, work.now) if watch else None
        if other is None:
            _free(work, watch, alarm)
        elif other[1] != holder:
            work.emit("alarm.suppressed", alarms.suppress(alarm, other), by="system")


def hold_back(work: Work, watch: Watch, *, by: str, reason: str) -> None:
    """Suppress the active alarm of `watch` if something holds it back now."""
    alarm = work.state.alarm_of(watch)
    holder = holder_of(work.state, watch, work.now)
    if alarm is not None and alarm.suppression is None and holder is not None:
        work.emit("alarm.suppressed", alarms.suppress(alarm, holder), by=by, reason=reason)
        weigh_severity(work, alarm.incident_id)


def _raise(work: Work, watch: Watch, alarm: Alarm) -> None:
    """Raise `alarm`, or in its place the earlier one of the watch that comes back."""
    earlier = _earlier(work, watch)
    if earlier is None:
        watch.alarm_id = alarm.id
        _raise_new(work, watch, alarm)
    else:
        _raise_again(work, watch, earlier, alarm)
    stale_after = round(work.state.rulebook.alarm_handling.stale_after_h * HOUR)
    work.state.timers.set("stale", watch.alarm_id, alarm.raised_at + stale_after)
    for child in explained_by(work.state, watch):
        hold_back(work, child, by=_by(watch.rule), reason=reasons.explained_by(watch.rule.id))


def _raise_new(work: Work, watch: Watch, alarm: Alarm) -> None:
    holder = holder_of(work.state, watch, work.now)
    if holder is None:
        place(work, watch, alarm, "alarm.raised", alarm.raised_at)
        return
    held = alarms.suppress(alarm, holder)
    work.emit(
        "alarm.raised", held, by=_by(watch.rule), at=alarm.raised_at, reason=reasons.HELD_BACK
    )


def _raise_again(work: Work, watch: Watch, earlier: Alarm, alarm: Alarm) -> None:
    """A second time of the same cause is not a second alarm, nor a second page."""
    again = alarms.raise_again(earlier, value=alarm.value)
    holder = holder_of(work.state, watch, work.now)
    if holder is not None:
        again = alarms.suppress(again, holder)
    reason = reasons.HELD_BACK if holder else ""
    work.emit("alarm.raised_again", again, by=_by(watch.rule), at=alarm.raised_at, reason=reason)
    if holder is None:
        annunciate(work, again)
        incident = work.state.incidents[again.incident_id or ""]
        weigh(work, watch, again, incident, alarm.raised_at)


def _earlier(work: Work, watch: Watch) -> Alarm | None:
    """The alarm that comes back: active, or normal for a short time in an open incident."""
    active = work.state.alarm_of(watch)
    if active is not None:
        return active
    settled = work.state.settled.get(watch.alarm_id)
    may_come_back = (
        settled is not None
        and settled.incident_id in work.state.incidents
        and work.now < work.state.reopens_until(settled)
    )
    return settled if may_come_back else None


def place(work: Work, watch: Watch, alarm: Alarm, kind: str, at: Instant) -> None:
    """Give `alarm` its incident, new or open, and annunciate it with an event of `kind`.

    A further line of a job for many devices is on its ticket: it calls nobody once more.
    """
    group = group_of(work.state, watch)
    incident = work.state.incident_with(group.key)
    by = _by(watch.rule)
    is_further_line = incident is not None and watch.rule.response.grouped
    if incident is None:
        incident = new_incident(work, group, watch.device.place, alarm)
        alarm = replace(alarm, incident_id=incident.id, first_out=True)
        work.emit(kind, alarm, by=by, at=at)
        open_for(work, watch, group, incident)
        carry_out_plan(work, incident)
    else:
        alarm, incident = join(work, watch, alarm, incident, kind, at)
    if not is_further_line:
        annunciate(work, alarm)
    weigh(work, watch, alarm, incident, alarm.raised_at)


def join(
    work: Work, watch: Watch, alarm: Alarm, incident: Incident, kind: str, at: Instant
) -> tuple[Alarm, Incident]:
    """One more alarm of an open incident, told of with an event of `kind`.

    The earliest event time is first-out (首出).
    """
    by = _by(watch.rule)
    is_first = incident.first_out_at is None or alarm.raised_at < incident.first_out_at
    alarm = replace(alarm, incident_id=incident.id, first_out=is_first)
    work.emit(kind, alarm, by=by, at=at)
    joined = replace(incident, alarm_count=incident.alarm_count + 1)
    if is_first:
        first_id = incident.first_out or ""
        first = work.state.alarms.get(first_id) or work.state.settled.get(first_id)
        joined = replace(joined, first_out=alarm.id, first_out_at=alarm.raised_at)
        if first is not None:
            no_longer = replace(first, first_out=False)
            work.emit(
                "alarm.first_out_changed",
                no_longer,
                by="system",
                reason=reasons.first_out(alarm.id),
            )
    work.emit("incident.alarm_added", joined, by=by, at=at)
    return alarm, joined


def weigh(work: Work, watch: Watch, alarm: Alarm, incident: Incident, at: Instant) -> None:
    """Let the alarm, raised at `at`, change its ticket and its incident's level, then tell."""
    weigh_severity(work, incident.id)
    work.state.timers.set("cause", incident.id, work.now)
    if watch.chattering:
        return
    take_in(work, incident, alarm)
    changes = level_by_evidence(work.state, watch, incident, at)
    incident = work.state.incidents[incident.id]
    raise_level(
        work, incident, by=_by(watch.rule), reason=reasons.evidence(watch.rule.id), **changes
    )
    if watch.rule.notice_after_s:
        due = at + seconds(watch.rule.notice_after_s)
        work.state.timers.set("tell_of_rule", watch.key, due)
    else:
        tell_of_rule(work, watch, work.state.incidents[incident.id])


def tell_after_all(work: Work, watch_key: str) -> None:
    """The alarm was given time to turn out to be its sensor's fault, and did not."""
    watch = work.state.watches.by_key.get(watch_key)
    alarm = work.state.alarm_of(watch) if watch else None
    if watch is None or alarm is None or alarm.chattering or alarm.suppression is not None:
        return
    incident = work.state.incidents.get(alarm.incident_id or "")
    if incident is not None:
        tell_of_rule(work, watch, incident)


def _free(work: Work, watch: Watch | None, alarm: Alarm) -> None:
    """No longer held back: what stands is annunciated, in an incident."""
    free = alarms.unsuppress(alarm)
    if watch is not None and free.standing and free.incident_id not in work.state.incidents:
        place(work, watch, free, "alarm.unsuppressed", work.now)
        return
    work.emit("alarm.unsuppressed", free, by="system")
    if watch is not None and free.standing:
        annunciate(work, free)
        incident = work.state.incidents[free.incident_id or ""]
        weigh(work, watch, free, incident, free.raised_at)


def _by(rule: Rule) -> str:
    return f"rule:{rule.id}"


def _new_alarm(work: Work, watch: Watch, at: Instant) -> Alarm:
    rule, device, state, cause = watch.rule, watch.device, work.state, watch.cause()
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
