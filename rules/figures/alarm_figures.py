"""Standing figures of an alarm system's performance (ISA-18.2-2016, EEMUA 191; DOMAIN section 2).

For one operator position, that is one estate, over one period.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from math import ceil
from typing import get_args

from rules.figures.alarm_history import Annunciation, Answer, Period, Shown, Transition, fold
from rules.figures.alarm_targets import (
    CHATTERING,
    ENOUGH,
    FLOOD_BEGINS_OVER,
    FLOOD_ENDS_UNDER,
    FLOOD_TIME,
    PEAK,
    PER_10_MIN,
    PER_DAY,
    PRIORITY_SHARES,
    SLOT,
    SLOTS_OVER,
    STALE,
    STALE_AFTER,
    TOP_TEN,
    UNAUTHORISED,
    Figure,
    Verdict,
    judge_share,
    judged,
)
from rules.figures.restless_points import BadActor, ChatteringPoint, bad_actors, chattering_points
from rules.vocabulary.instant import DAY, SECOND, Instant
from rules.vocabulary.priority import Priority

LISTED = 50
"""Stale alarms and chattering points that are named; the figures count all."""


@dataclass(frozen=True, slots=True)
class PriorityFigures:
    """`target` is the share that this priority should have; times to acknowledge in seconds."""

    priority: Priority
    annunciated: int
    share: float
    target: float
    verdict: Verdict
    acknowledged: int
    acknowledge_median_s: float | None
    acknowledge_p95_s: float | None


@dataclass(frozen=True, slots=True)
class StaleAlarm:
    """An alarm that stood on the board for more than a day; `ended_at` null: it still does."""

    alarm: str
    rule: str
    device: str
    priority: Priority
    began_at: Instant
    ended_at: Instant | None


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Drills left out, suppressed alarms too: only what asked the operator counts.

    `peak_10_min` is the busiest of the `slots`, which are `slot_s` seconds each from the period's
    start, the last perhaps shorter; `stale` the worst of its days, 24 hours each from its start;
    `unauthorised` counts alarms held back by nothing that a person or a rule answers for.
    """

    from_at: Instant
    to_at: Instant
    annunciated: int
    per_10_min: Figure
    per_day: Figure
    peak_10_min: Figure
    peak_at: Instant | None
    slots_over: Figure
    flood_time: Figure
    floods: int
    priorities: tuple[PriorityFigures, ...]
    top_ten: Figure
    bad_actors: tuple[BadActor, ...]
    chattering: Figure
    chattering_points: tuple[ChatteringPoint, ...]
    stale: Figure
    stale_alarms: tuple[StaleAlarm, ...]
    unauthorised: Figure
    slot_s: int
    slots: tuple[int, ...]


def figures(
    transitions: Iterable[Transition], period: Period, *, authorised: Set[str]
) -> AlarmFigures:
    """The figures of `period`; O(n log n).

    `transitions` begin at least a day before it, in any order, with a `STANDING` one for each
    alarm that stood before that; `authorised` are the ids of suppressions and explaining alarms.
    """
    history = fold(transitions)
    asked = [a for a in history.annunciations if a.at in period]
    slots = _slots(asked, period)
    activations = {
        point: [a for a in activations if a.began_at in period]
        for point, activations in history.activations.items()
    }
    over = sum(count > PEAK.maximum for count in slots)
    floods = flood_spans([a.at for a in history.annunciations if a.at < period.to_at])
    in_flood = [overlap for span in floods if (overlap := period.overlap(*span))]
    actors = bad_actors(asked, activations)
    chattering = chattering_points(asked, activations)
    stale = [s for s in history.shown if _is_stale(s, period)]
    unauthorised = {
        alarm
        for (alarm, holder), at in history.held_back.items()
        if at in period and holder not in authorised
    }
    return AlarmFigures(
        from_at=period.from_at,
        to_at=period.to_at,
        annunciated=len(asked),
        per_10_min=judged(len(asked) * SLOT / period.length, PER_10_MIN),
        per_day=judged(len(asked) * DAY / period.length, PER_DAY),
        peak_10_min=judged(max(slots), PEAK),
        peak_at=period.from_at + slots.index(max(slots)) * SLOT if asked else None,
        slots_over=judged(over / len(slots), SLOTS_OVER),
        flood_time=judged(sum(in_flood) / period.length, FLOOD_TIME),
        floods=len(in_flood),
        priorities=_priorities(asked, [a for a in history.answers if a.at in period]),
        top_ten=judged(sum(a.share for a in actors), TOP_TEN, enough=len(asked) >= ENOUGH),
        bad_actors=actors,
        chattering=judged(len(chattering), CHATTERING),
        chattering_points=chattering[:LISTED],
        stale=judged(_worst_day(stale, period), STALE),
        stale_alarms=_longest(stale, period),
        unauthorised=judged(len(unauthorised), UNAUTHORISED),
        slot_s=SLOT // SECOND,
        slots=tuple(slots),
    )


def flood_spans(times: list[Instant]) -> list[tuple[Instant, Instant]]:
    """The floods among annunciations at `times`, in order, as (began, ended).

    A flood begins with the alarm that makes more than 10 within 10 minutes, and ends when fewer
    than 5 are left within them.
    """
    spans: list[tuple[Instant, Instant]] = []
    for last, at in enumerate(times):
        first = last - FLOOD_BEGINS_OVER
        ends = times[max(0, last + 1 - FLOOD_ENDS_UNDER)] + SLOT
        if spans and at <= spans[-1][1]:
            spans[-1] = (spans[-1][0], ends)
        elif first >= 0 and times[first] > at - SLOT:
            spans.append((at, ends))
    return spans


def _slots(asked: list[Annunciation], period: Period) -> list[int]:
    counts = [0] * ceil(period.length / SLOT)
    for a in asked:
        counts[(a.at - period.from_at) // SLOT] += 1
    return counts


def _priorities(asked: list[Annunciation], answers: list[Answer]) -> tuple[PriorityFigures, ...]:
    counts = Counter(a.priority for a in asked)
    after: dict[Priority, list[int]] = defaultdict(list)
    for answer in answers:
        after[answer.priority].append(answer.after)
    return tuple(
        _priority(priority, counts[priority], len(asked), sorted(after[priority]))
        for priority in get_args(Priority)
    )


def _priority(priority: Priority, count: int, total: int, after: list[int]) -> PriorityFigures:
    share = count / total if total else 0.0
    return PriorityFigures(
        priority=priority,
        annunciated=count,
        share=share,
        target=PRIORITY_SHARES[priority],
        verdict=judge_share(priority, share, enough=total >= ENOUGH),
        acknowledged=len(after),
        acknowledge_median_s=_quantile_s(after, 0.5),
        acknowledge_p95_s=_quantile_s(after, 0.95),
    )


def _quantile_s(values: list[int], q: float) -> float | None:
    """The least of `values` (microseconds, in order) that a share `q` of them does not exceed."""
    return values[max(0, ceil(q * len(values)) - 1)] / SECOND if values else None


def _is_stale(shown: Shown, period: Period) -> bool:
    became_at = shown.began_at + STALE_AFTER
    return period.overlap(became_at, _end(shown, period)) > 0


def _end(shown: Shown, period: Period) -> Instant:
    return period.to_at if shown.ended_at is None else shown.ended_at


def _worst_day(stale: list[Shown], period: Period) -> int:
    """On how many alarms' account the worst day of the period was."""
    changes = [0] * (ceil(period.length / DAY) + 1)
    for shown in stale:
        became = max(shown.began_at + STALE_AFTER, period.from_at)
        last = min(_end(shown, period), period.to_at) - 1
        changes[(became - period.from_at) // DAY] += 1
        changes[(last - period.from_at) // DAY + 1] -= 1
    worst = today = 0
    for change in changes:
        today += change
        worst = max(worst, today)
    return worst


def _longest(stale: list[Shown], period: Period) -> tuple[StaleAlarm, ...]:
    """The oldest first."""
    return tuple(
        StaleAlarm(
            s.alarm, *s.point, priority=s.priority, began_at=s.began_at,
            ended_at=s.ended_at if s.ended_at is not None and s.ended_at < period.to_at else None,
        )
        for s in sorted(stale, key=lambda s: (s.began_at, s.alarm))[:LISTED]
    )  # fmt: skip
