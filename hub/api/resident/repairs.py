"""What a household reports on its own page, and how that stands."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.attachments import TAKES, Attachment, take
from hub.api.http.commands import DOCUMENTED, send
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey
from hub.api.http.problems import described
from hub.api.http.stored_json import as_answer
from hub.api.resident.page import Resident
from rules.commands.reports import CategoryId, Complain, ReportRepair, Urgency
from rules.records.tickets import TicketState
from rules.vocabulary.fields import FileHash, SomeWords, Words
from rules.vocabulary.text import Text
from store.estate import estates
from store.estate.households import Household
from store.people import audit
from store.tickets import tickets

router = APIRouter(prefix="/resident/{token}", tags=["resident"])

MOST_REPORTS = 20

FewPhotos = Annotated[
    tuple[FileHash, ...], Field(max_length=6, description="Hashes of POST …/attachments.")
]


class ReportCategory(BaseModel):
    """What may be reported."""

    id: str
    name: Text


class ResidentReport(BaseModel):
    """A report as its household sees it: nothing of who works on it."""

    id: str
    kind: Literal["repair", "complaint"]
    title: Text
    words: str
    state: TicketState
    opened_at: datetime
    closed_at: datetime | None
    satisfaction: int | None
    reopened: int


class ResidentReports(BaseModel):
    """The household's last reports, newest first, and what it may report."""

    reports: list[ResidentReport]
    categories: list[ReportCategory]


class ResidentRepair(BaseModel):
    """What is to be mended, in the household's own words."""

    category: CategoryId
    urgency: Urgency = "ordinary"
    words: SomeWords = Field(examples=["The kitchen tap drips"])
    photos: FewPhotos = ()


class ResidentComplaint(BaseModel):
    """What happened, and what the household asks for."""

    words: SomeWords = Field(examples=["Nobody came yesterday"])
    demand: Words = ""
    photos: FewPhotos = ()


class _Report(msgspec.Struct):
    kind: str
    words: str


class _Ticket(msgspec.Struct):
    id: str
    title: msgspec.Raw
    state: str
    opened_at: str
    closed_at: str | None
    satisfaction: int | None
    reopened: int
    report: _Report


def _sender(household: Household) -> audit.Actor:
    return audit.Actor(f"household:{household.id}", "resident")


@router.get("/reports", response_model=ResidentReports, responses=described(404))
def list_reports(hub: Hub, household: Resident) -> Response:
    """What the household reported, and its state."""
    with hub.pool.connection() as db:
        found = tickets.of_household(
            db, estate_id=household.estate, household_id=household.id, limit=MOST_REPORTS
        )
        categories = hub.rulebooks.of(db, household.estate).ticket_policy.categories
    return as_answer(
        {
            "reports": [_shown(msgspec.json.decode(record, type=_Ticket)) for record in found],
            "categories": [{"id": c.id, "name": c.name} for c in categories],
        }
    )


@router.post("/repairs", **DOCUMENTED)
def report_repair(
    hub: Hub, household: Resident, key: IdempotencyKey, body: ResidentRepair
) -> Response:
    """Report what is to be mended in the flat, or seen outside it."""
    report = ReportRepair(
        household.estate, body.words, body.category, body.urgency,
        household=household.id, photos=body.photos,
    )  # fmt: skip
    return send(hub, _sender(household), key, report, estates.known)


@router.post("/complaints", **DOCUMENTED)
def complain(
    hub: Hub, household: Resident, key: IdempotencyKey, body: ResidentComplaint
) -> Response:
    """Complain; the property office answers within a day."""
    complaint = Complain(
        household.estate, body.words, body.demand, household=household.id, photos=body.photos
    )  # fmt: skip
    return send(hub, _sender(household), key, complaint, estates.known)


@router.post(
    "/attachments",
    status_code=201,
    response_model=Attachment,
    openapi_extra=TAKES,
    responses=described(404, 413, 415, 429),
)
async def add_photo(request: Request, hub: Hub, household: Resident) -> Response:
    """Keep a photo, to be named by a report within a day."""
    return await take(request, hub, by=_sender(household).user)


def _shown(ticket: _Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "kind": ticket.report.kind,
        "title": ticket.title,
        "words": ticket.report.words,
        "state": ticket.state,
        "opened_at": ticket.opened_at,
        "closed_at": ticket.closed_at,
        "satisfaction": ticket.satisfaction,
        "reopened": ticket.reopened,
    }
