"""Reviews: what is left to do after an incident, its liability file, and the measures it led to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, create_model

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import described
from hub.api.http.reading import Pages, add_one
from hub.api.http.records import Review, model_of, page_of
from hub.api.http.stored_json import page_answer
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
    paged: Pages,
    state: State = None,
    estate: IdFilter = None,
    incident: IdFilter = None,
) -> Response:
    """Reviews by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        return page_answer(reviews.page(db, state=state, estate=estate, incident=incident, **paged))


add_one(_reviews, "review", Review, reviews.one)


@router.get(
    "/measures", response_model=page_of("MeasurePage", ListedMeasure), responses=described(401)
)
def list_measures(
    hub: Hub,
    _: Reader,
    paged: Pages,
    state: State = None,
    estate: IdFilter = None,
) -> Response:
    """Measures of all reviews, the latest due first."""
    with hub.pool.connection() as db:
        return page_answer(reviews.measures(db, state=state, estate=estate, **paged))


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
