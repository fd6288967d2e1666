"""Handovers of the desk: proposed by who leaves, accepted by who comes."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader, needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    RecordId,
    Words,
)
from hub.api.http.problems import FieldError, Problem, described
from hub.api.http.records import Handover, page_of
from hub.api.http.stored_json import page_answer, position_of
from hub.auth import Principal
from rules.records.rosters import UserId
from store.estate import estates
from store.oncall import handovers
from store.people import users

router = APIRouter(prefix="/handovers", tags=["rosters"])


class Proposal(BaseModel):
    """To whom the desk is given, and what goes with it; what is open is added by itself."""

    estate: Annotated[str, Field(pattern=ID_PATTERN)]
    incoming: UserId
    keys: Annotated[Words, Field(description="Which keys are where, and who has the others.")] = ""
    radios: Annotated[Words, Field(description="Which radios are where, and charged.")] = ""
    note: Annotated[Words, Field(description="What else the next shift must know.")] = ""


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
    who: Annotated[Principal, needs("shift.hand_over")],
    key: IdempotencyKey,
    body: Proposal,
) -> Response:
    """Propose the handover; it holds when the incoming person has accepted it.

    Refused within 15 minutes after a P1 alarm began.
    """
    with hub.pool.connection() as db:
        incoming = users.one(db, body.incoming)
    if incoming is None:
        remedy = "is no user, or disabled: name one who signs in"
        error = FieldError(field="incoming", value=body.incoming, remedy=remedy)
        raise Problem(422, "unknown-user", "nothing was proposed", errors=[error])
    params = body.model_dump(include={"incoming", "keys", "radios", "note"})
    command = command_of(who, "shift.hand_over", body.estate, params=params)
    return send(hub, who, key, command, estates.known)


@router.post("/{handover_id}/accept", **DOCUMENTED)
def accept_handover(
    hub: Hub,
    who: Annotated[Principal, needs("shift.take_over")],
    handover_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Take the desk over: only the incoming person may, by their own session."""
    command = command_of(who, "shift.take_over", handover_id)
    return send(hub, who, key, command, handovers.estate_of)
