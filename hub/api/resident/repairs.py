"""What a household reports on its own page, and how that stands."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.attachments import TAKES, Attachment, take
from hub.api.http.command_endpoints import Order, order
from hub.api.http.commands import DOCUMENTED
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey, Words
from hub.api.http.problems import described
from hub.api.http.stored_json import as_answer
from hub.api.resident.page import Resident
from hub.api.tickets import Photos, Urgency
from rules.records.tickets import TicketState
from rules.vocabulary.text import Text
from store.estate import estates
from store.estate.households import Household
from store.people import audit
from store.tickets import tickets

router = APIRouter(prefix="/resident/{token}", tags=["resident"])

MOST_REPORTS = 20


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


class ResidentRepair(Order):
    """What is to be mended, in the household's own words."""

    category: str = Field(pattern=r"^[a-z_]{1,40}$", examples=["water"])
    urgency: Urgency = "ordinary"
    words: Words = Field(min_length=1, examples=["The kitchen tap drips"])
    photos: Photos = Field(default_factory=list, max_length=6)


class ResidentComplaint(Order):
    """What happened, and what the household asks for."""

    words: Words = Field(min_length=1, examples=["Nobody came yesterday"])
    demand: Words = ""
    photos: Photos = Field(default_factory=list, max_length=6)


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
    return order(
        hub, _sender(household), key, household.estate, "ticket.report", body, estates.known,
        household=household.id,
    )  # fmt: skip


@router.post("/complaints", **DOCUMENTED)
def complain(
    hub: Hub, household: Resident, key: IdempotencyKey, body: ResidentComplaint
) -> Response:
    """Complain; the property office answers within a day."""
    return order(
        hub, _sender(household), key, household.estate, "ticket.complain", body, estates.known,
        household=household.id,
    )  # fmt: skip


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
