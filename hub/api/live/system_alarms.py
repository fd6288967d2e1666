"""System alarms of P1: each stands, on `/readyz` too, until somebody has seen it."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Hub
from hub.api.http.parameters import ID_PATTERN, IdempotencyKey, Words
from hub.auth import Principal
from store.estate import estates

router = APIRouter(prefix="/system-alarms", tags=["health"])


class Seen(BaseModel):
    """Which system alarm somebody has seen, and what they found."""

    estate: Annotated[str, Field(pattern=ID_PATTERN)]
    alarm: Annotated[str, Field(max_length=200, examples=["rebuilt/4711"])]
    reason: Annotated[Words, Field(description="What was looked at, and found.")] = ""


@router.post("/see", **DOCUMENTED)
def see_system_alarm(
    hub: Hub, who: Annotated[Principal, needs("system.see")], key: IdempotencyKey, body: Seen
) -> Response:
    """Say that what the alarm asks for was looked at: from then on `/readyz` is silent about it."""
    command = command_of(who, "system.see", body.alarm, reason=body.reason)
    return send(hub, who, key, command, lambda db, _: estates.known(db, body.estate))
