"""System alarms of P1: each stands, on `/readyz` too, until somebody has seen it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import given, sender_of
from hub.api.http.commands import DOCUMENTED, send
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey
from hub.api.http.problems import described
from hub.api.http.stored_json import as_answer
from hub.auth import Principal
from rules.commands.system import SeeSystemAlarm
from store.engine import system_alarms
from store.estate import estates

router = APIRouter(prefix="/system-alarms", tags=["health"])


class UnseenSystemAlarm(BaseModel):
    """What the system could not do or know, and since when it has been said."""

    estate: str
    id: str = Field(examples=["rebuilt/4711"])
    detail: str
    at: datetime


class UnseenSystemAlarms(BaseModel):
    """All that nobody has seen; there is never a further page."""

    items: list[UnseenSystemAlarm]
    next: str | None = None


@router.get("", response_model=UnseenSystemAlarms, responses=described(401))
def list_system_alarms(hub: Hub, _: Reader) -> Response:
    """The system alarms of P1 that wait for somebody to look at what they ask for."""
    with hub.pool.connection() as db:
        return as_answer({"items": system_alarms.unseen(db), "next": None})


@router.post("/see", **DOCUMENTED)
def see_system_alarm(
    hub: Hub,
    who: Annotated[Principal, sender_of(SeeSystemAlarm)],
    key: IdempotencyKey,
    command: Annotated[SeeSystemAlarm, given(SeeSystemAlarm)],
) -> Response:
    """Say that what the alarm asks for was looked at: from then on `/readyz` is silent about it."""
    return send(hub, who, key, command, lambda db, _: estates.known(db, command.estate))
