"""The score of a drill (DOMAIN section 8): pure, from its record, its tickets and its notices."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from rules.records.drills import Drill, PartName, Score, ScorePart
from rules.records.notices import Notice
from rules.records.tickets import Task, Ticket
from rules.rulebook.drill_policy import ScoreTarget
from rules.vocabulary.instant import SECOND, Instant


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far it came: a time, or a share. `applies` is False where there was nothing to do."""

    at: Instant | None = None
    share: float | None = None
    applies: bool = True


def score_of(
    drill: Drill,
    targets: Mapping[PartName, ScoreTarget],
    *,
    tickets: Iterable[Ticket],
    notices: Sequence[Notice],
    alarmed: bool,
) -> Score:
    """How well it went, so far or in the end. `alarmed`: there was an alarm to acknowledge.

    Of the parts that apply, the points are brought to 100. A drill that was stopped has no total:
    what was reached before stands.
    """
    tasks = [task for ticket in tickets for task in ticket.tasks if task.state != "waived"]
    reached = {
        "acknowledge": _Reached(drill.acknowledged_at, applies=alarmed),
        "dispatch": _Reached(drill.dispatched_at),
        "arrive": _Reached(drill.arrived_at),
        "notify": _Reached(drill.notified_at, applies=_tells(drill, notices)),
        "tasks": _share(tasks, lambda task: task.due_at is not None, _in_time),
        "proof": _share(tasks, lambda task: bool(task.proof_kinds), _is_done),
    }
    begins = {"notify": min((n.requested_at for n in notices), default=None)}
    parts = tuple(
        _part(drill, name, target, reached[name], begins.get(name) or drill.started_at or 0)
        for name, target in targets.items()
    )
    return Score(_total(drill, parts), parts)


def _tells(drill: Drill, notices: Sequence[Notice]) -> bool:
    """Whether households are told: nobody is where none is enrolled, or no message was due."""
    return bool(drill.households) and (bool(notices) or drill.ended_at is None)


def reached_by_most(notices: Sequence[Notice], share: float) -> Instant | None:
    """When `share` of the households that got the first message had it; None: not yet.

    The all-clear and updates come later by design, so only the message asked for first counts.
    """
    if not notices:
        return None
    first = min(notices, key=lambda n: (n.requested_at, n.id))
    wave = [n for n in notices if (n.template, n.version) == (first.template, first.version)]
    times = sorted(n.delivered_at for n in wave if n.delivered_at is not None)
    needed = ceil(len(wave) * share)
    return times[needed - 1] if len(times) >= needed else None


def _part(
    drill: Drill, name: PartName, target: ScoreTarget, reached: _Reached, begins_at: Instant
) -> ScorePart:
    if target.within_s is None:
        share = reached.share or 0.0
        met, figure = min(1.0, share / target.share), reached.share
        void = drill.void_from_at is not None
    else:
        took = None if reached.at is None else max(0.0, (reached.at - begins_at) / SECOND)
        met = float(took is not None and took <= target.within_s)
        void = drill.void_from_at is not None and (
            reached.at is None or reached.at >= drill.void_from_at
        )
        figure = None if void else took
    counts = reached.applies and not void
    return ScorePart(
        name=name,
        weight=target.weight,
        target=target.share if target.within_s is None else target.within_s,
        reached=figure,
        reached_at=reached.at,
        points=round(target.weight * met, 2) if counts else 0.0,
        applies=reached.applies,
        void=void,
    )


def _total(drill: Drill, parts: Sequence[ScorePart]) -> int | None:
    weights = sum(part.weight for part in parts if part.applies)
    if drill.void_from_at is not None or not weights:
        return None
    return round(100 * sum(part.points for part in parts) / weights)


def _share(
    tasks: Sequence[Task], counts: Callable[[Task], bool], met: Callable[[Task], bool]
) -> _Reached:
    counted = [task for task in tasks if counts(task)]
    if not counted:
        return _Reached(applies=False)
    return _Reached(share=sum(map(met, counted)) / len(counted))


def _is_done(task: Task) -> bool:
    return task.state == "done" or bool(task.times)


def _in_time(task: Task) -> bool:
    return _is_done(task) and task.overdue_at is None
