"""A state out of what is on record, where nothing that remembered it can be read.

What is open goes on, with its deadlines; conditions begin anew, from the newest readings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.alarms.suppressing import lingers_until
from rules.estate.graph import Estate
from rules.oncall.escalation import take_up
from rules.records.alarms import Alarm, AlarmState
from rules.records.callouts import Callout
from rules.records.events import Record
from rules.records.notices import Notice
from rules.records.rosters import Roster
from rules.rulebook.rulebook import Rulebook
from rules.state.adopting import adopt
from rules.state.state import State
from rules.state.work import Work
from rules.vocabulary.instant import HOUR, MINUTE, NEVER, Instant, seconds
from rules.vocabulary.reading import Row
from rules.watching.watches import PointMemory, Watches

UNKNOWN_SINCE = ("cause", "escalate", "flood", "roster")
"""Kinds of timer whose time no record holds; they are set as if what they wait for began now."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the tables say of an estate.

    `records` come in the order in which they are put; `numbers` are the last of each letter;
    `readings` the newest of each point; `plans`, by `id/version`, those that are not in force any
    more. Version 0: there is none.
    """

    estate: Estate
    rulebook: Rulebook
    estate_version: int = 0
    estate_file: dict[str, Any] = field(default_factory=dict)
    rulebook_version: int = 0
    rulebook_body: dict[str, Any] = field(default_factory=dict)
    roster: Roster = field(default_factory=Roster)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: Iterable[Record] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    readings: Iterable[Row] = ()


def rebuild(known: OnRecord, now: Instant) -> State:
    """The state at `now`; `begun_anew` are the watches that had heard anything."""
    state = State.empty(known.estate.id, known.rulebook)
    state.estate, state.estate_version = known.estate, known.estate_version
    state.estate_file, state.superseded_plans = known.estate_file, known.plans
    state.rulebook_version, state.rulebook_body = known.rulebook_version, known.rulebook_body
    state.roster, state.awake_at = known.roster, now
    state.watches = Watches(known.estate, known.rulebook)
    records = list(known.records)
    for record in records:
        adopt(state, record)
    for letter, number in known.numbers.items():
        state.numbers[letter] = max(number, state.numbers.get(letter, 0))
    _begin_conditions_anew(state, known.readings)
    _note_evidence(state)
    _set_timers(state, now)
    take_up(Work(state, now), [r for r in records if isinstance(r, Callout)])
    return state


def _begin_conditions_anew(state: State, readings: Iterable[Row]) -> None:
    points = [PointMemory(*row) for row in readings]
    for alarm in (*state.settled.values(), *state.alarms.values()):
        state.watches.begin_anew(alarm)
    state.watches.restore({}, points)
    state.heard_at = max((point.at for point in points), default=0)
    state.begun_anew = [watch.key for watch in state.watches if watch.at]


def _note_evidence(state: State) -> None:
    """What counts towards the levels of open incidents, and which households were lately told."""
    for alarm in (*state.settled.values(), *state.alarms.values()):
        rule = state.rulebook.rules.get(alarm.rule)
        if rule and rule.response.evidence and alarm.incident_id in state.incidents:
            seen = state.evidence.setdefault(alarm.incident_id, {})
            seen[alarm.device] = max(alarm.raised_at, seen.get(alarm.device, 0))
    for notice in state.notices.values():
        if notice.urgency != "N1" and not notice.drill:
            state.lately_told.setdefault(notice.household, []).append(_goes_out_at(notice))


def _goes_out_at(notice: Notice) -> Instant:
    return notice.requested_at if notice.not_before_at is None else notice.not_before_at


def _set_timers(state: State, now: Instant) -> None:
    """Those that no record sets as it is put; what is overdue fires at once."""
    timers = state.timers
    for alarm in [a for a in state.alarms.values() if not a.drill]:
        _set_timers_of_alarm(state, alarm, now)
    for alarm in (*state.settled.values(), *state.alarms.values()):
        until = lingers_until(state, alarm)
        if now < until < NEVER:
            timers.set("stop_explaining", alarm.id, until)
    for suppression in state.suppressions.values():
        timers.set("suppression", suppression.id, suppression.until_at)
    for notice in state.notices.values():
        if notice.state == "waiting" and notice.not_before_at is not None:
            timers.set("release", notice.id, notice.not_before_at)
    for incident_id in state.incidents:
        timers.set("cause", incident_id, now)
    if state.flood is not None:
        within = round(state.rulebook.alarm_handling.flood.within_min * MINUTE)
        timers.set("flood", state.flood.id, now + within)
    if state.roster.version:
        timers.set("roster", state.estate_id, now)


def _set_timers_of_alarm(state: State, alarm: Alarm, now: Instant) -> None:
    handling, timers = state.rulebook.alarm_handling, state.timers
    if not alarm.stale:
        timers.set("stale", alarm.id, alarm.raised_at + round(handling.stale_after_h * HOUR))
    if alarm.state is AlarmState.ACKNOWLEDGED and alarm.acknowledged_at is not None:
        after = round(handling.priorities[alarm.priority].realarm_min * MINUTE)
        timers.set("realarm", alarm.id, alarm.acknowledged_at + after)
    watch = state.watches.watch_of(alarm)
    if watch is not None and alarm.standing and watch.rule.notice_after_s:
        due = alarm.raised_at + seconds(watch.rule.notice_after_s)
        if due > now:
            timers.set("tell_of_rule", watch.key, due)
