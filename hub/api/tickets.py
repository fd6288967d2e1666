"""Tickets and their tasks: the list, one ticket, what people report, and the steps of its life."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from hub.api.http.access import Reader, needs
from hub.api.http.attachments import HASH
from hub.api.http.command_endpoints import Order, Verb, add_verbs, order
from hub.api.http.commands import DOCUMENTED
from hub.api.http.context import Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    OPTIONAL_ID,
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
from hub.api.http.records import Ticket, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from hub.auth import Principal
from rules.records.tickets import PauseCause, Role, TicketClass, TicketState
from store import incidents
from store.estate import estates
from store.tickets import tickets

router = APIRouter(prefix="/tickets", tags=["tickets"])

TaskId = Annotated[str, Path(pattern=ID_PATTERN, description="The task's id in its ticket.")]
FileHash = Annotated[str, Field(pattern=HASH)]
Photos = Annotated[list[FileHash], Field(max_length=40, description="Hashes of POST /attachments.")]
Assignee = Annotated[str, Field(pattern=ID_PATTERN, examples=["engineer"])]
Urgency = Literal["urgent", "ordinary", "planned"]


class Dispatch(Order):
    """Who shall go: a user or a duty, by id."""

    assignee: Assignee


class Transfer(Order):
    """Who shall go instead, and why."""

    assignee: Assignee
    reason: Reason


class Grounds(Order):
    """Why, or what was done."""

    reason: Reason


class Suspension(Order):
    """What is waited for, who allowed it, and when the work goes on by itself."""

    cause: PauseCause = Field(examples=["parts"])
    approver: Assignee = Field(examples=["manager"])
    until: Until
    reason: Reason


class Verification(Order):
    """Whether the work is as it should be; if not, what is wrong."""

    outcome: Literal["passed", "failed"]
    reason: Words = ""


class CallBack(Order):
    """The household's word: how satisfied (1–5), whether it is fixed, and what it said."""

    score: int = Field(ge=1, le=5, examples=[5])
    fixed: Literal["yes", "no"]
    reason: Words = ""


class Effort(Order):
    """A part or labour: how much of what, and what it costs in fen."""

    kind: Literal["part", "labour"]
    words: Reason = Field(examples=["ball valve DN20"])
    quantity: float = Field(gt=0, le=1e6, examples=[1])
    unit: str = Field(min_length=1, max_length=20, pattern=r"^[^\x00]+$", examples=["pc"])
    cost_fen: int = Field(0, ge=0, le=10**9, examples=[3580])


class Note(Order):
    """Words, photos, or both."""

    words: Words = ""
    photos: Photos = Field(default_factory=list)


class Completion(Order):
    """The task's proof: what it demands, and what else there is."""

    note: Words = ""
    photos: Photos = Field(default_factory=list)
    headcount: int | None = Field(None, ge=0, le=100_000)
    reading: float | None = Field(None, ge=-1e9, le=1e9, description="As typed off a meter.")
    signature: FileHash | None = None


class FurtherTicket(Order):
    """Another trade for an open incident."""

    model_config = ConfigDict(populate_by_name=True)

    incident: str = Field(pattern=ID_PATTERN, examples=["riverside-i4"])
    role: Role = Field(examples=["CL"])
    class_: Literal["emergency", "urgent", "ordinary", "planned"] = Field(alias="class")
    title: Words = Field(min_length=1, examples=["Dry the corridor"])


class Told(Order):
    """What a person told, of what place; the household is an id, never a name."""

    estate: str = Field(pattern=ID_PATTERN, examples=["riverside"])
    words: Words = Field(min_length=1, examples=["Kitchen tap drips"])
    household: str = Field("", pattern=OPTIONAL_ID, examples=["B3-05-01"])
    building: str = Field("", pattern=OPTIONAL_ID, examples=["B3"])
    floor: int | None = Field(None, ge=-9, le=200)
    unit: str = Field("", pattern=OPTIONAL_ID)
    garage: str = Field("", pattern=OPTIONAL_ID)
    photos: Photos = Field(default_factory=list)


class Repair(Told):
    """A repair (报修): its category is one of the policy's, its urgency a class of tickets."""

    category: str = Field(pattern=r"^[a-z_]{1,40}$", examples=["water"])
    urgency: Urgency


class Complaint(Told):
    """A complaint (投诉): what, what is demanded, how grave, and what it is about."""

    demand: Words = ""
    grade: Literal["ordinary", "complex", "major"] = "ordinary"
    about: str = Field("", pattern=OPTIONAL_ID, description="An incident of the last days.")


class Works(Order):
    """Works for which a valve is closed: which, from when until when, and why."""

    model_config = ConfigDict(populate_by_name=True)

    estate: str = Field(pattern=ID_PATTERN, examples=["riverside"])
    valve: str = Field(pattern=ID_PATTERN, examples=["B3-R1-HIGH"])
    from_: Until = Field(alias="from", examples=["2026-07-03T01:00:00Z"])
    until: Until = Field(examples=["2026-07-03T05:00:00Z"])
    reason: Reason


_VERBS = (
    Verb("ticket.dispatch", Dispatch, "Send somebody."),
    Verb("ticket.accept", None, "Take the ticket on oneself; stops the clock of acceptance."),
    Verb("ticket.reject", Grounds, "Give it back; its clocks go on."),
    Verb("ticket.transfer", Transfer, "Give it to somebody else; its clocks go on."),
    Verb("ticket.arrive", None, "Be on site; stops the clock of response."),
    Verb("ticket.start", None, "Begin to work."),
    Verb("ticket.suspend", Suspension, "Let it rest: its clocks stand. Never an emergency."),
    Verb("ticket.resume", None, "Go on before the suspension ends by itself."),
    Verb("ticket.resolve", Grounds, "Say that the work is done; stops the last clock."),
    Verb("ticket.verify", Verification, "Look at the work; whoever did it may not."),
    Verb("ticket.call_back", CallBack, "Note what the household says; 2 or less is work again."),
    Verb("ticket.reopen", Grounds, "Take it up again within a week, under its number."),
    Verb("ticket.cancel", Grounds, "Drop it, before anybody is on site."),
    Verb("ticket.add_effort", Effort, "Note parts or labour."),
    Verb("ticket.note", Note, "Add words and photos that belong to no task."),
)


@router.get("", response_model=page_of("TicketPage", Ticket), responses=described(401))
def list_tickets(
    hub: Hub,
    _: Reader,
    state: Annotated[TicketState | None, Query()] = None,
    class_: Annotated[TicketClass | None, Query(alias="class")] = None,
    assignee: IdFilter = None,
    incident: IdFilter = None,
    overdue: Annotated[bool | None, Query(description="A clock ran out, or none did.")] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Tickets by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        return page_answer(
            tickets.page(
                db, state=state, klass=class_, assignee=assignee, incident=incident,
                overdue=overdue, estate=estate, now=hub.clock(), after=position_of(cursor),
                limit=limit,
            )
        )  # fmt: skip


@router.get("/{ticket_id}", response_model=Ticket, responses=described(401, 404))
def get_ticket(hub: Hub, _: Reader, ticket_id: RecordId) -> Response:
    """One ticket as it stands."""
    with hub.pool.connection() as db:
        found = tickets.one(db, ticket_id)
    if found is None:
        raise not_found("ticket", ticket_id)
    return as_answer(found)


@router.post("", **DOCUMENTED)
def report_repair(
    hub: Hub, who: Annotated[Principal, needs("ticket.report")], key: IdempotencyKey, body: Repair
) -> Response:
    """Open a ticket for what somebody reported, by telephone or in person."""
    return order(hub, who, key, body.estate, "ticket.report", body, estates.known)


@router.post("/complaints", **DOCUMENTED)
def complain(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.complain")],
    key: IdempotencyKey,
    body: Complaint,
) -> Response:
    """Take down a complaint; to be acknowledged in 30 minutes, answered in a day, closed in 3."""
    return order(hub, who, key, body.estate, "ticket.complain", body, estates.known)


@router.post("/works", **DOCUMENTED)
def plan_works(
    hub: Hub, who: Annotated[Principal, needs("works.plan")], key: IdempotencyKey, body: Works
) -> Response:
    """Plan to close a valve: whom it leaves dry is told, and its low pressure is no alarm."""
    return order(hub, who, key, body.estate, "works.plan", body, estates.known)


@router.post("/further", **DOCUMENTED)
def open_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.open")],
    key: IdempotencyKey,
    body: FurtherTicket,
) -> Response:
    """Open one more ticket on an incident, for another trade."""
    return order(hub, who, key, body.incident, "ticket.open", body, incidents.estate_of)


@router.post("/{ticket_id}/tasks/{task_id}/complete", **DOCUMENTED)
def complete_task(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.complete_task")],
    ticket_id: RecordId,
    task_id: TaskId,
    key: IdempotencyKey,
    body: Completion,
) -> Response:
    """Hand in a task with its proof."""
    return order(
        hub, who, key, ticket_id, "ticket.complete_task", body, tickets.estate_of, task=task_id
    )


@router.post("/{ticket_id}/tasks/{task_id}/waive", **DOCUMENTED)
def waive_task(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.waive_task")],
    ticket_id: RecordId,
    task_id: TaskId,
    key: IdempotencyKey,
    body: Grounds,
) -> Response:
    """Set a task aside with a reason."""
    return order(
        hub, who, key, ticket_id, "ticket.waive_task", body, tickets.estate_of, task=task_id
    )


add_verbs(router, _VERBS, tickets.estate_of)
