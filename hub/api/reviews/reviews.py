"""Reviews: what is left to do after an incident, its liability file, and the measures it led to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, create_model

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdFilter, Limit, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.records import Review, model_of, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from rules.commands.reviews import (
    AddMeasure,
    CompleteMeasure,
    CompleteReviewTask,
    FinishReview,
    RecordCause,
    RecordDamage,
    WaiveReviewTask,
)
from rules.records.reviews import Measure as MeasureRecord
from store import reviews

router = APIRouter(tags=["reviews"])
_reviews = APIRouter(prefix="/reviews")

State = Annotated[reviews.State | None, Query(description="Only those that are open, or done.")]


_measure: Any = (model_of(MeasureRecord), ...)
ListedMeasure: type[BaseModel] = create_model(
    "ListedMeasure",
    __doc__="A measure, and the review and incident that it is of.",
    review=(str, ...),
    incident=(str, ...),
    estate=(str, ...),
    measure=_measure,
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


add_commands(
    _reviews,
    {
        "/{review}/tasks/{task}/complete": CompleteReviewTask,
        "/{review}/tasks/{task}/waive": WaiveReviewTask,
        "/{review}/record-cause": RecordCause,
        "/{review}/record-damage": RecordDamage,
        "/{review}/add-measure": AddMeasure,
        "/{review}/measures/{measure}/complete": CompleteMeasure,
        "/{review}/finish": FinishReview,
    },
    reviews.estate_of,
)
router.include_router(_reviews)
