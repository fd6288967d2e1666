"""Handovers of the desk: proposed by who leaves, accepted by who comes."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands, given, sender_of
from hub.api.http.commands import DOCUMENTED, send
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdempotencyKey, IdFilter, Limit
from hub.api.http.problems import FieldError, Problem, described
from hub.api.http.records import Handover, page_of
from hub.api.http.stored_json import page_answer, position_of
from hub.auth import Principal
from rules.commands.handovers import HandOver, TakeOver
from store.estate import estates
from store.oncall import handovers
from store.people import users

router = APIRouter(prefix="/handovers", tags=["rosters"])


@router.get("", response_model=page_of("HandoverPage", Handover), responses=described(401))
def list_handovers(
    hub: Hub, _: Reader, estate: IdFilter = None, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """Handovers, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(handovers.page(db, estate=estate, after=after, limit=limit))


@router.post("", **DOCUMENTED)
def propose_handover(
    hub: Hub,
    who: Annotated[Principal, sender_of(HandOver)],
    key: IdempotencyKey,
    command: Annotated[HandOver, given(HandOver)],
) -> Response:
    """Propose the handover; it holds when the incoming person has accepted it.

    Refused within 15 minutes after a P1 alarm began.
    """
    with hub.pool.connection() as db:
        incoming = users.one(db, command.incoming)
    if incoming is None:
        remedy = "is no user, or disabled: name one who signs in"
        error = FieldError(field="incoming", value=command.incoming, remedy=remedy)
        raise Problem(422, "unknown-user", "nothing was proposed", errors=[error])
    return send(hub, who, key, command, estates.known)


add_commands(router, {"/{handover}/accept": TakeOver}, handovers.estate_of)
