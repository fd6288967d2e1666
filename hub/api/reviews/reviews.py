"""Reviews: what is left to do after an incident, its liability file, and the measures it led to."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field, create_model

from hub.api.http.access import Reader, needs
from hub.api.http.attachments import HASH
from hub.api.http.command_endpoints import Order, Verb, add_verbs, order
from hub.api.http.commands import DOCUMENTED
from hub.api.http.context import Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    Reason,
    RecordId,
    Until,
    Words,
)
from hub.api.http.problems import described, not_found
from hub.api.http.records import Review, model_of, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from hub.auth import Principal
from rules.records.reviews import LiablePart, Phase
from rules.records.reviews import Measure as MeasureRecord
from rules.records.tickets import Role
from store import reviews

router = APIRouter(tags=["reviews"])
_reviews = APIRouter(prefix="/reviews")

MOST_FEN = 10**11

TaskId = Annotated[str, Path(pattern=ID_PATTERN, description="The task's id in its review.")]
MeasureId = Annotated[str, Path(pattern=ID_PATTERN, description="The measure's id in its review.")]
FileHash = Annotated[str, Field(pattern=HASH)]
Photos = Annotated[list[FileHash], Field(max_length=40, description="Hashes of POST /attachments.")]
State = Annotated[reviews.State | None, Query(description="Only those that are open, or done.")]


class Completion(Order):
    """What was done; after a visit, how satisfied the household is (1–5)."""

    note: Words = ""
    score: int | None = Field(None, ge=1, le=5, examples=[5])
    photos: Photos = Field(default_factory=list)


class Grounds(Order):
    """Why, or what was done."""

    reason: Reason


class Cause(Order):
    """What it came from, and whose part that is: of the common parts, the developer, an owner."""

    words: Reason = Field(examples=["burst hose of the washing machine"])
    part: LiablePart = Field(examples=["owner"])
    photos: Photos = Field(default_factory=list)


class Item(BaseModel):
    """One thing that was damaged."""

    words: Reason = Field(examples=["ceiling of the kitchen"])
    cost_fen: int = Field(ge=0, le=MOST_FEN, examples=[120_000])


class Damage(Order):
    """All that one household lost, what it is offered, and its signature."""

    household: str = Field(pattern=ID_PATTERN, examples=["B3-04-01"])
    items: list[Item] = Field(min_length=1, max_length=50)
    offer_fen: int | None = Field(None, ge=0, le=MOST_FEN, examples=[100_000])
    photos: Photos = Field(default_factory=list)
    signature: FileHash | None = None

    def params(self) -> dict[str, str]:
        items = [item.model_dump() for item in self.items]
        return {**super().params(), "items": msgspec.json.encode(items).decode()}


class Measure(Order):
    """What shall change, which phase of PDCA it is, whose it is and until when."""

    phase: Phase = Field(examples=["act"])
    words: Reason = Field(examples=["tell owners to renew hoses after ten years"])
    owner: Role = Field(examples=["CS"])
    until: Until = Field(examples=["2026-08-01T00:00:00Z"])


class Conclusion(Order):
    """What the review came to."""

    reason: Words = ""


_measure: Any = (model_of(MeasureRecord), ...)
ListedMeasure: type[BaseModel] = create_model(
    "ListedMeasure",
    __doc__="A measure, and the review and incident that it is of.",
    review=(str, ...),
    incident=(str, ...),
    estate=(str, ...),
    measure=_measure,
)

_VERBS = (
    Verb("review.record_cause", Cause, "Say what the cause was; again: in place of it."),
    Verb("review.record_damage", Damage, "Note what a household lost; again: in place of it."),
    Verb("review.add_measure", Measure, "Add what shall change."),
    Verb("review.finish", Conclusion, "Finish it: tasks ended, cause known."),
)


@_reviews.get("", response_model=page_of("ReviewPage", Review), responses=described(401))
def list_reviews(
    hub: Hub,
    _: Reader,
    state: State = None,
    estate: IdFilter = None,
    incident: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Reviews by the time they were opened, newest first."""
    after = position_of(cursor)
    with hub.pool.connection() as db:
        return page_answer(
            reviews.page(
                db, state=state, estate=estate, incident=incident, after=after, limit=limit
            )
        )


@_reviews.get("/{review_id}", response_model=Review, responses=described(401, 404))
def get_review(hub: Hub, _: Reader, review_id: RecordId) -> Response:
    """One review as it stands."""
    with hub.pool.connection() as db:
        found = reviews.one(db, review_id)
    if found is None:
        raise not_found("review", review_id)
    return as_answer(found)


@_reviews.post("/{review_id}/tasks/{task_id}/complete", **DOCUMENTED)
def complete_review_task(
    hub: Hub,
    who: Annotated[Principal, needs("review.complete_task")],
    review_id: RecordId,
    task_id: TaskId,
    key: IdempotencyKey,
    body: Completion,
) -> Response:
    """Say that a task of the after-care is done."""
    return order(
        hub, who, key, review_id, "review.complete_task", body, reviews.estate_of, task=task_id
    )


@_reviews.post("/{review_id}/tasks/{task_id}/waive", **DOCUMENTED)
def waive_review_task(
    hub: Hub,
    who: Annotated[Principal, needs("review.waive_task")],
    review_id: RecordId,
    task_id: TaskId,
    key: IdempotencyKey,
    body: Grounds,
) -> Response:
    """Set a task of the after-care aside with a reason."""
    return order(
        hub, who, key, review_id, "review.waive_task", body, reviews.estate_of, task=task_id
    )


@_reviews.post("/{review_id}/measures/{measure_id}/complete", **DOCUMENTED)
def complete_measure(
    hub: Hub,
    who: Annotated[Principal, needs("review.complete_measure")],
    review_id: RecordId,
    measure_id: MeasureId,
    key: IdempotencyKey,
    body: Grounds,
) -> Response:
    """Say that a measure is done, also after its review is."""
    return order(
        hub, who, key, review_id, "review.complete_measure", body, reviews.estate_of,
        measure=measure_id,
    )  # fmt: skip


@router.get(
    "/measures", response_model=page_of("MeasurePage", ListedMeasure), responses=described(401)
)
def list_measures(
    hub: Hub,
    _: Reader,
    state: State = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Measures of all reviews, the latest due first."""
    after = position_of(cursor)
    with hub.pool.connection() as db:
        return page_answer(
            reviews.measures(db, state=state, estate=estate, after=after, limit=limit)
        )


add_verbs(_reviews, _VERBS, reviews.estate_of)
router.include_router(_reviews)
