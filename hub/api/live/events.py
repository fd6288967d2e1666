"""The record of everything that happened."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.api.http.records import Event, page_of
from hub.api.http.stored_json import as_answer
from hub.auth import allows
from hub.feed.secret_drills import is_surprise
from store.engine import events

router = APIRouter(prefix="/events", tags=["live"])


@router.get("", response_model=page_of("EventPage", Event), responses=described(401))
def list_events(
    hub: Hub,
    who: Reader,
    after: Annotated[int, Query(ge=0, lt=2**63, description="Only behind this number.")] = 0,
    cursor: Annotated[
        int | None, Query(ge=0, lt=2**63, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Events in the order of their numbers."""
    with hub.pool.connection() as db:
        found = events.after(db, max(after, cursor or 0), limit=limit + 1)
    following = str(found[limit - 1].seq) if len(found) > limit else None
    shown = [e for e in found[:limit] if not is_surprise(e) or allows(who.role, "drill.plan")]
    return as_answer({"items": shown, "next": following})
