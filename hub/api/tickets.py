"""Tickets and their tasks: the list, one ticket, and the steps of its life."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.access import Reader, needs
from hub.api.answers import as_answer, page_answer, position_of
from hub.api.context import Hub
from hub.api.parameters import (
    ID_PATTERN,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    Reason,
    RecordId,
    Words,
)
from hub.api.problems import described, not_found
from hub.api.records import Ticket, page_of
from hub.api.sending import DOCUMENTED, command_of, send
from hub.auth import Principal
from rules.tickets import TicketClass, TicketState
from store import tickets

router = APIRouter(prefix="/tickets", tags=["tickets"])

TaskId = Annotated[str, Path(pattern=ID_PATTERN, description="The task's id in its ticket.")]


class Dispatch(BaseModel):
    """Who shall go: a user or a duty, by id."""

    assignee: str = Field(pattern=ID_PATTERN, examples=["engineer"])


class Resolution(BaseModel):
    """What was done."""

    reason: Reason


class Completion(BaseModel):
    """The task's proof, as far as it is words."""

    note: Words = ""


class Waiver(BaseModel):
    """Why the task is not needed."""

    reason: Reason


@router.get("", response_model=page_of("TicketPage", Ticket), responses=described(401))
def list_tickets(
    hub: Hub,
    _: Reader,
    state: Annotated[TicketState | None, Query()] = None,
    class_: Annotated[TicketClass | None, Query(alias="class")] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Tickets by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(
            tickets.page(db, state=state, klass=class_, estate=estate, after=after, limit=limit)
        )


@router.get("/{ticket_id}", response_model=Ticket, responses=described(401, 404))
def get_ticket(hub: Hub, _: Reader, ticket_id: RecordId) -> Response:
    """One ticket as it stands."""
    with hub.pool.connection() as db:
        found = tickets.one(db, ticket_id)
    if found is None:
        raise not_found("ticket", ticket_id)
    return as_answer(found)


@router.post("/{ticket_id}/dispatch", **DOCUMENTED)
def dispatch_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.dispatch")],
    ticket_id: RecordId,
    key: IdempotencyKey,
    body: Dispatch,
) -> Response:
    """Send somebody."""
    command = command_of(who, "ticket.dispatch", ticket_id, params={"assignee": body.assignee})
    return send(hub, who, key, command, tickets.estate_of)


@router.post("/{ticket_id}/accept", **DOCUMENTED)
def accept_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.accept")],
    ticket_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Take the ticket on oneself; stops the clock of acceptance."""
    return send(hub, who, key, command_of(who, "ticket.accept", ticket_id), tickets.estate_of)


@router.post("/{ticket_id}/arrive", **DOCUMENTED)
def arrive_at_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.arrive")],
    ticket_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Be on site; stops the clock of response."""
    return send(hub, who, key, command_of(who, "ticket.arrive", ticket_id), tickets.estate_of)


@router.post("/{ticket_id}/start", **DOCUMENTED)
def start_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.start")],
    ticket_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Begin to work."""
    return send(hub, who, key, command_of(who, "ticket.start", ticket_id), tickets.estate_of)


@router.post("/{ticket_id}/resolve", **DOCUMENTED)
def resolve_ticket(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.resolve")],
    ticket_id: RecordId,
    key: IdempotencyKey,
    body: Resolution,
) -> Response:
    """Say that the work is done; stops the last clock."""
    command = command_of(who, "ticket.resolve", ticket_id, reason=body.reason)
    return send(hub, who, key, command, tickets.estate_of)


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
    params = {"task": task_id, "note": body.note}
    command = command_of(who, "ticket.complete_task", ticket_id, params=params)
    return send(hub, who, key, command, tickets.estate_of)


@router.post("/{ticket_id}/tasks/{task_id}/waive", **DOCUMENTED)
def waive_task(
    hub: Hub,
    who: Annotated[Principal, needs("ticket.waive_task")],
    ticket_id: RecordId,
    task_id: TaskId,
    key: IdempotencyKey,
    body: Waiver,
) -> Response:
    """Set a task aside with a reason."""
    command = command_of(
        who, "ticket.waive_task", ticket_id, reason=body.reason, params={"task": task_id}
    )
    return send(hub, who, key, command, tickets.estate_of)
