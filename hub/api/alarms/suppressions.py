"""Suppressions that people set: the list, and their end before the time."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader, check
from hub.api.http.command_endpoints import given, sender_of
from hub.api.http.commands import DOCUMENTED, send
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey, IdFilter
from hub.api.http.problems import described
from hub.api.http.reading import Pages
from hub.api.http.records import Suppression, page_of
from hub.api.http.stored_json import page_answer
from hub.auth import Principal
from rules.commands.suppressions import EndSuppression
from rules.records.suppressions import SuppressionKind
from store.alarms import suppressions

router = APIRouter(prefix="/suppressions", tags=["alarms"])


@router.get("", response_model=page_of("SuppressionPage", Suppression), responses=described(401))
def list_suppressions(
    hub: Hub,
    _: Reader,
    paged: Pages,
    active: Annotated[bool | None, Query(description="Only in force, or only ended.")] = None,
    kind: Annotated[SuppressionKind | None, Query()] = None,
    estate: IdFilter = None,
) -> Response:
    """Shelves and permits by the time they were set, newest first.

    What an alarm is suppressed by design for, the alarm itself says.
    """
    with hub.pool.connection() as db:
        return page_answer(suppressions.page(db, active=active, kind=kind, estate=estate, **paged))


@router.post("/{suppression}/end", **DOCUMENTED)
def end_suppression(
    hub: Hub,
    who: Annotated[Principal, sender_of(EndSuppression)],
    key: IdempotencyKey,
    command: Annotated[EndSuppression, given(EndSuppression, "suppression")],
) -> Response:
    """Annunciate again what stands. Who may not take a device out of service may not end it."""
    with hub.pool.connection() as db:
        kind = suppressions.kind_of(db, command.suppression)
    if kind == "out_of_service":
        check(who, "device.take_out_of_service")
    return send(hub, who, key, command, suppressions.estate_of)
