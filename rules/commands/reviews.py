"""What a person may do to a review: end its tasks, keep the liability file, learn from it."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from rules.commands.notices import need_household
from rules.commands.refused import Refused
from rules.commands.until import need_end_within
from rules.records.reviews import (
    AftercareTask,
    Damage,
    DamageItem,
    Fen,
    Finding,
    LiablePart,
    Measure,
    Phase,
    Review,
)
from rules.records.tickets import Role
from rules.reviews.aftercare import with_visit
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import FileHash, Id, Photos, Reason, SomeWords, Until, Words

LATEST_MEASURE_H = 2 * 366 * 24
"""A measure that is due later is a wish."""


class CompleteReviewTask(Command, frozen=True, tag="review.complete_task"):
    """Say that a task of the after-care is done.

    A visit to a household brings home how satisfied it is (1–5).
    """

    review: Id
    task: Id
    note: Words = ""
    score: Annotated[int | None, Field(ge=1, le=5, examples=[5])] = None
    photos: Photos = ()

    def carry_out(self, work: Work, order: Ordered) -> None:
        review, task = _open_task(work, self.review, self.task)
        if task.household is not None and self.score is None:
            raise Refused("no-score", f"task {task.id} needs the household's score: give 1 to 5")
        done = replace(
            task,
            state="done",
            ended_at=work.now,
            ended_by=order.by,
            note=self.note,
            score=self.score,
            photos=self.photos,
        )
        _put_task(work, review, done, "review.task_completed", by=order.by)


class WaiveReviewTask(Command, frozen=True, tag="review.waive_task"):
    """Set a task of the after-care aside with a reason."""

    review: Id
    task: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        review, task = _open_task(work, self.review, self.task)
        waived = replace(
            task, state="waived", ended_at=work.now, ended_by=order.by, note=self.reason
        )  # fmt: skip
        _put_task(work, review, waived, "review.task_waived", by=order.by)


class RecordCause(Command, frozen=True, tag="review.record_cause"):
    """Say what it came from, and whose part that is: of the common parts, the developer, an owner.

    Said again, it takes the place of the one before.
    """

    review: Id
    words: Annotated[SomeWords, Field(examples=["burst hose of the washing machine"])]
    part: Annotated[LiablePart, Field(examples=["owner"])]
    photos: Photos = ()

    def carry_out(self, work: Work, order: Ordered) -> None:
        review = _open_review(work, self.review)
        cause = Finding(self.words, self.part, order.by, work.now, self.photos)
        work.emit("review.cause_recorded", replace(review, cause=cause), by=order.by)


class RecordDamage(Command, frozen=True, tag="review.record_damage"):
    """Note all that one household lost, what it is offered, and its signature.

    Said again, it takes the place of what was there for it.
    """

    review: Id
    household: Annotated[Id, Field(examples=["B3-04-01"])]
    items: Annotated[tuple[DamageItem, ...], Field(min_length=1, max_length=50)]
    offer_fen: Annotated[Fen | None, Field(examples=[100_000])] = None
    photos: Photos = ()
    signature: FileHash | None = None

    def carry_out(self, work: Work, order: Ordered) -> None:
        review = _open_review(work, self.review)
        need_household(work, self.household)
        if self.signature is not None and self.offer_fen is None:
            raise Refused("no-offer", "offer_fen is missing: a household signs an offer")
        damage = Damage(
            household=self.household,
            items=self.items,
            by=order.by,
            recorded_at=work.now,
            photos=self.photos,
            offer_fen=self.offer_fen,
            signature=self.signature,
        )
        others = tuple(d for d in review.damages if d.household != self.household)
        kept = replace(review, damages=(*others, damage))
        visited = with_visit(kept, self.household, work.now)
        work.emit("review.damage_recorded", visited, by=order.by)


class AddMeasure(Command, frozen=True, tag="review.add_measure"):
    """Add what shall change, which phase of PDCA it is, whose it is and until when."""

    review: Id
    phase: Annotated[Phase, Field(examples=["act"])]
    words: Annotated[SomeWords, Field(examples=["tell owners to renew hoses after ten years"])]
    owner: Annotated[Role, Field(examples=["CS"])]
    until: Annotated[Until, Field(examples=["2026-08-01T00:00:00Z"])]

    def carry_out(self, work: Work, order: Ordered) -> None:
        review = _open_review(work, self.review)
        need_end_within(work, self.until, LATEST_MEASURE_H)
        number = len(review.measures) + 1
        measure = Measure(f"m{number}", self.phase, self.words, self.owner, self.until)
        added = replace(review, measures=(*review.measures, measure))
        work.emit("review.measure_added", added, by=order.by, reason=measure.words)


class CompleteMeasure(Command, frozen=True, tag="review.complete_measure"):
    """Say that a measure is done, and how it is seen to work; also after its review is."""

    review: Id
    measure: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        review = work.state.reviews.get(self.review)
        if review is None:
            raise Refused("nothing-open", f"review {self.review} is done, and no measure is open")
        measure = next((m for m in review.measures if m.id == self.measure), None)
        if measure is None:
            raise Refused("no-measure", f"review {review.id} has no measure {self.measure!r}")
        if measure.state != "open":
            raise Refused("measure-done", f"measure {measure.id} is done already")
        done = replace(
            measure, state="done", ended_at=work.now, ended_by=order.by, note=self.reason
        )  # fmt: skip
        measures = tuple(done if m.id == done.id else m for m in review.measures)
        completed = replace(review, measures=measures)
        work.emit("review.measure_completed", completed, by=order.by, reason=measure.words)


class FinishReview(Command, frozen=True, tag="review.finish"):
    """Finish it, with what it came to: its incident is over, its tasks ended, its cause known."""

    review: Id
    reason: Words = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        review = _open_review(work, self.review)
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
            finished_by=order.by,
            conclusion=self.reason,
        )
        work.emit("review.finished", done, by=order.by, reason=self.reason)


def _open_review(work: Work, review_id: str) -> Review:
    review = work.state.reviews.get(review_id)
    if review is None or review.state != "open":
        raise Refused("review-done", f"review {review_id} is done")
    return review


def _open_task(work: Work, review_id: str, task_id: str) -> tuple[Review, AftercareTask]:
    review = _open_review(work, review_id)
    task = next((t for t in review.tasks if t.id == task_id), None)
    if task is None:
        raise Refused("no-task", f"review {review.id} has no task {task_id!r}")
    if task.state != "open":
        raise Refused("task-ended", f"task {task.id} is {task.state} already")
    return review, task


def _put_task(work: Work, review: Review, task: AftercareTask, kind: str, *, by: str) -> None:
    tasks = tuple(task if t.id == task.id else t for t in review.tasks)
    work.emit(kind, replace(review, tasks=tasks), by=by, reason=task.note)
