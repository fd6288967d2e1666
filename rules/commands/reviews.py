"""What a person may do to a review: end its tasks, keep the liability file, learn from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import msgspec

from rules.commands.refused import Refused
from rules.commands.tasks import photos_of
from rules.commands.words import end_of, need_reason
from rules.records.reviews import (
    AftercareTask,
    Damage,
    DamageItem,
    Finding,
    LiablePart,
    Measure,
    Phase,
    Review,
)
from rules.records.tickets import Role
from rules.reviews.aftercare import with_visit
from rules.state.inputs import Command
from rules.state.work import Work

MOST_FEN = 10**11
"""A billion yuan: more is a slip of the keyboard."""

LATEST_MEASURE_H = 2 * 366 * 24
"""A measure that is due later is a wish."""


def _complete_task(work: Work, command: Command) -> None:
    """A visit to a household brings its satisfaction home."""
    review, task = _open_task(work, command)
    score = _score(command)
    if task.household is not None and score is None:
        raise Refused("no-score", f"task {task.id} needs the household's score: give 1 to 5")
    done = replace(
        task,
        state="done",
        ended_at=work.now,
        ended_by=command.by,
        note=command.params.get("note", "") or command.reason,
        score=score,
        photos=photos_of(command),
    )
    _put_task(work, command, review, done, "review.task_completed")


def _waive_task(work: Work, command: Command) -> None:
    reason = need_reason(command, "say why the task is waived")
    review, task = _open_task(work, command)
    waived = replace(task, state="waived", ended_at=work.now, ended_by=command.by, note=reason)
    _put_task(work, command, review, waived, "review.task_waived")


def _record_cause(work: Work, command: Command) -> None:
    """The cause and whose part it lies in; said again, it takes the place of the one before."""
    review = _open_review(work, command)
    cause = Finding(
        words=_words(command),
        part=_part(command),
        by=command.by,
        recorded_at=work.now,
        photos=photos_of(command),
    )
    work.emit("review.cause_recorded", replace(review, cause=cause), by=command.by)


def _record_damage(work: Work, command: Command) -> None:
    """All that a household lost; said again, it takes the place of what was there for it."""
    review, household = _open_review(work, command), command.params.get("household", "")
    if household not in work.state.estate.households:
        raise Refused(
            "no-household",
            f"household {household!r} is not in this estate: use an id such as B3-12-03",
        )
    damage = Damage(
        household=household,
        items=_items(command),
        by=command.by,
        recorded_at=work.now,
        photos=photos_of(command),
        offer_fen=_fen(command, "offer_fen"),
        signature=command.params.get("signature") or None,
    )
    if damage.signature is not None and damage.offer_fen is None:
        raise Refused("no-offer", "offer_fen is missing: a household signs an offer")
    others = tuple(d for d in review.damages if d.household != household)
    kept = replace(review, damages=(*others, damage))
    work.emit("review.damage_recorded", with_visit(kept, household, work.now), by=command.by)


def _add_measure(work: Work, command: Command) -> None:
    review = _open_review(work, command)
    measure = Measure(
        id=f"m{len(review.measures) + 1}",
        phase=_phase(command),
        words=_words(command),
        owner=_owner(command),
        due_at=end_of(work, command, most_h=LATEST_MEASURE_H),
    )
    added = replace(review, measures=(*review.measures, measure))
    work.emit("review.measure_added", added, by=command.by, reason=measure.words)


def _complete_measure(work: Work, command: Command) -> None:
    """Also after the review was finished: a measure is open until it is done."""
    review = work.state.reviews.get(command.target)
    if review is None:
        raise Refused("nothing-open", f"review {command.target} is done, and no measure is open")
    wanted = command.params.get("measure")
    measure = next((m for m in review.measures if m.id == wanted), None)
    if measure is None:
        raise Refused("no-measure", f"review {review.id} has no measure {wanted!r}")
    if measure.state != "open":
        raise Refused("measure-done", f"measure {measure.id} is done already")
    note = need_reason(command, "say what was done, and how it is seen to work")
    done = replace(measure, state="done", ended_at=work.now, ended_by=command.by, note=note)
    measures = tuple(done if m.id == done.id else m for m in review.measures)
    completed = replace(review, measures=measures)
    work.emit("review.measure_completed", completed, by=command.by, reason=measure.words)


def _finish(work: Work, command: Command) -> None:
    """Refused while the incident goes on, a task is open or nobody said what the cause was."""
    review = _open_review(work, command)
    if review.incident_id in work.state.incidents:
        raise Refused("incident-open", f"incident {review.incident_id} is open again: close it")
    left = [task.id for task in review.tasks if task.state == "open"]
    if left:
        raise Refused(
            "tasks-open",
            f"{len(left)} tasks of review {review.id} are open ({', '.join(left[:3])}): "
            "complete each, or waive it with a reason",
        )
    if review.cause is None and not (review.false_alarm or review.drill):
        raise Refused("no-cause", f"review {review.id} has no cause: record it first")
    done = replace(
        review,
        state="done",
        finished_at=work.now,
        finished_by=command.by,
        conclusion=command.reason,
    )
    work.emit("review.finished", done, by=command.by, reason=command.reason)


def _open_review(work: Work, command: Command) -> Review:
    review = work.state.reviews.get(command.target)
    if review is None or review.state != "open":
        raise Refused("review-done", f"review {command.target} is done")
    return review


def _open_task(work: Work, command: Command) -> tuple[Review, AftercareTask]:
    review, wanted = _open_review(work, command), command.params.get("task")
    task = next((t for t in review.tasks if t.id == wanted), None)
    if task is None:
        raise Refused("no-task", f"review {review.id} has no task {wanted!r}")
    if task.state != "open":
        raise Refused("task-ended", f"task {task.id} is {task.state} already")
    return review, task


def _put_task(
    work: Work, command: Command, review: Review, task: AftercareTask, kind: str
) -> None:  # fmt: skip
    tasks = tuple(task if t.id == task.id else t for t in review.tasks)
    work.emit(kind, replace(review, tasks=tasks), by=command.by, reason=task.note)


def _words(command: Command) -> str:
    words = command.params.get("words", "").strip()
    if not words:
        raise Refused("no-words", "words are missing: write what is to be known")
    return words


def _items(command: Command) -> tuple[DamageItem, ...]:
    """Parameter `items`: a JSON list of {words, cost_fen}."""
    text = command.params.get("items", "")
    try:
        items = msgspec.json.decode(text, type=tuple[DamageItem, ...])
    except msgspec.DecodeError as error:
        raise Refused("bad-items", f"items ({error}): give a list of words and cost_fen") from None
    if not items:
        raise Refused("bad-items", "items are missing: say what was damaged")
    for item in items:
        if not item.words.strip() or not 0 <= item.cost_fen <= MOST_FEN:
            raise Refused(
                "bad-items",
                f"items: {item.words!r} at {item.cost_fen} fen: give words, and fen from 0 on",
            )
    return items


def _fen(command: Command, name: str) -> int | None:
    text = command.params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 12 or int(text) > MOST_FEN:
        raise Refused(f"bad-{name}", f"{name} {text!r}: give whole fen from 0 on")
    return int(text)


def _score(command: Command) -> int | None:
    text = command.params.get("score", "")
    if not text:
        return None
    if text not in {"1", "2", "3", "4", "5"}:
        raise Refused("bad-score", f"score {text!r}: give 1 to 5")
    return int(text)


def _part(command: Command) -> LiablePart:
    part: LiablePart
    for part in get_args(LiablePart):
        if command.params.get("part") == part:
            return part
    raise _unknown(command, "part", get_args(LiablePart))


def _phase(command: Command) -> Phase:
    phase: Phase
    for phase in get_args(Phase):
        if command.params.get("phase") == phase:
            return phase
    raise _unknown(command, "phase", get_args(Phase))


def _owner(command: Command) -> Role:
    role: Role
    for role in get_args(Role):
        if command.params.get("owner") == role:
            return role
    raise _unknown(command, "owner", get_args(Role))


def _unknown(command: Command, name: str, known: tuple[str, ...]) -> Refused:
    return Refused(f"bad-{name}", f"{name} {command.params.get(name)!r}: use {', '.join(known)}")


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "review.complete_task": _complete_task,
    "review.waive_task": _waive_task,
    "review.record_cause": _record_cause,
    "review.record_damage": _record_damage,
    "review.add_measure": _add_measure,
    "review.complete_measure": _complete_measure,
    "review.finish": _finish,
}
