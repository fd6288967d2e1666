"""Annunciation: what the operator sees and hears, again after a time, and when it is too much."""

from dataclasses import replace

from rules.records import alarms
from rules.records.alarms import Alarm
from rules.records.floods import AlarmFlood
from rules.rulebook.alarm_handling import Flood
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import MINUTE, Instant


def annunciate(work: Work, alarm: Alarm) -> None:
    """Count `alarm` among those that ask for the operator now; too many are a flood.

    One of a drill is never counted.
    """
    if alarm.drill:
        return
    state, limits = work.state, work.state.rulebook.alarm_handling.flood
    state.annunciated = [*state.annunciated, work.now][-(limits.begins_over + 1) :]
    if state.flood is not None:
        state.flood = replace(state.flood, count=state.flood.count + 1)
    elif _in_window(state.annunciated, limits, work.now) > limits.begins_over:
        began = AlarmFlood(state.new_id("f"), state.estate_id, work.now, len(state.annunciated))
        work.emit("flood.began", began, by="system", reason=reasons.one_too_many(alarm.id))
    if state.flood is not None:
        ending = state.annunciated[-limits.ends_under]
        state.timers.set("flood", state.flood.id, ending + round(limits.within_min * MINUTE))


def end_flood(work: Work, flood_id: str) -> None:
    """The rate has fallen under the limit."""
    flood = work.state.flood
    if flood is not None and flood.id == flood_id:
        work.emit("flood.ended", replace(flood, ended_at=work.now), by="system")


def expect_answer(work: Work, alarm: Alarm) -> None:
    """From its acknowledgement on: annunciate it again if it is still there after a time.

    Not in a drill, which has no condition that would go on.
    """
    if alarm.drill:
        return
    handling = work.state.rulebook.alarm_handling.priorities[alarm.priority]
    due = work.now + round(handling.realarm_min * MINUTE)
    work.state.timers.set("realarm", alarm.id, due)


def realarm(work: Work, alarm_id: str) -> None:
    """Acknowledged a while ago, and the condition stands: C to B."""
    alarm = work.state.alarms.get(alarm_id)
    if alarm is not None and alarms.can_realarm(alarm):
        again = alarms.realarm(alarm)
        work.emit("alarm.realarmed", again, by="system", reason=reasons.STILL_THERE)
        annunciate(work, again)


def become_stale(work: Work, alarm_id: str) -> None:
    """Active for so long that it tells the operator nothing any more (陈旧)."""
    alarm = work.state.alarms.get(alarm_id)
    if alarm is not None and not alarm.stale:
        work.emit("alarm.became_stale", replace(alarm, stale=True), by="system")


def _in_window(times: list[Instant], limits: Flood, now: Instant) -> int:
    return sum(1 for at in times if at > now - round(limits.within_min * MINUTE))
