"""Tickets and their tasks: the list, one ticket, what people report, and the steps of its life."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import described
from hub.api.http.reading import Pages, add_one
from hub.api.http.records import Ticket, page_of
from hub.api.http.stored_json import page_answer
from rules.commands.reports import Complain, OpenTicket, ReportRepair
from rules.commands.tasks import AddEffort, CompleteTask, NoteOnTicket, WaiveTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    CallBack,
    CancelTicket,
    DispatchTicket,
    RejectTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    StartTicket,
    SuspendTicket,
    TransferTicket,
    VerifyTicket,
)
from rules.commands.works import PlanWorks
from rules.records.tickets import TicketClass, TicketState
from store import incidents
from store.estate import estates
from store.tickets import tickets

router = APIRouter(prefix="/tickets", tags=["tickets"])


@router.get("", response_model=page_of("TicketPage", Ticket), responses=described(401))
def list_tickets(
    hub: Hub,
    _: Reader,
    paged: Pages,
    state: Annotated[TicketState | None, Query()] = None,
    class_: Annotated[TicketClass | None, Query(alias="class")] = None,
    assignee: IdFilter = None,
    incident: IdFilter = None,
    overdue: Annotated[bool | None, Query(description="A clock ran out, or none did.")] = None,
    estate: IdFilter = None,
) -> Response:
    """Tickets by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        return page_answer(
            tickets.page(
                db, state=state, klass=class_, assignee=assignee, incident=incident,
                overdue=overdue, estate=estate, now=hub.clock(), **paged
            )
        )  # fmt: skip


add_one(router, "ticket", Ticket, tickets.one)


add_commands(
    router,
    {"": ReportRepair, "/complaints": Complain, "/works": PlanWorks},
    estates.known,
)
add_commands(router, {"/further": OpenTicket}, incidents.estate_of)
add_commands(
    router,
    {
        "/{ticket}/dispatch": DispatchTicket,
        "/{ticket}/accept": AcceptTicket,
        "/{ticket}/reject": RejectTicket,
        "/{ticket}/transfer": TransferTicket,
        "/{ticket}/arrive": ArriveOnSite,
        "/{ticket}/start": StartTicket,
        "/{ticket}/suspend": SuspendTicket,
        "/{ticket}/resume": ResumeTicket,
        "/{ticket}/resolve": ResolveTicket,
        "/{ticket}/verify": VerifyTicket,
        "/{ticket}/call-back": CallBack,
        "/{ticket}/reopen": ReopenTicket,
        "/{ticket}/cancel": CancelTicket,
        "/{ticket}/tasks/{task}/complete": CompleteTask,
        "/{ticket}/tasks/{task}/waive": WaiveTask,
        "/{ticket}/add-effort": AddEffort,
        "/{ticket}/note": NoteOnTicket,
    },
    tickets.estate_of,
)
