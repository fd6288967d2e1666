"""System alarms of P1: each stands, on `/readyz` too, until somebody has seen it."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from hub.api.http.command_endpoints import given, sender_of
from hub.api.http.commands import DOCUMENTED, send
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey
from hub.auth import Principal
from rules.commands.system import SeeSystemAlarm
from store.estate import estates

router = APIRouter(prefix="/system-alarms", tags=["health"])


@router.post("/see", **DOCUMENTED)
def see_system_alarm(
    hub: Hub,
    who: Annotated[Principal, sender_of(SeeSystemAlarm)],
    key: IdempotencyKey,
    command: Annotated[SeeSystemAlarm, given(SeeSystemAlarm)],
) -> Response:
    """Say that what the alarm asks for was looked at: from then on `/readyz` is silent about it."""
    return send(hub, who, key, command, lambda db, _: estates.known(db, command.estate))
