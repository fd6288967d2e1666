"""The record of everything that happened."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import described
from hub.api.http.records import Event, page_of
from hub.api.http.stored_json import as_answer
from hub.api.live.position import After, position_in, seen_by, unusable
from hub.auth import allows
from hub.feed.position import as_text
from hub.feed.secret_drills import is_surprise
from store.engine import events

router = APIRouter(prefix="/events", tags=["live"])


@router.get("", response_model=page_of("EventPage", Event), responses=described(401))
def list_events(
    hub: Hub,
    who: Reader,
    estate: IdFilter = None,
    after: After = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Events, estate after estate, each in the order of its numbers."""
    only = None if estate is None else {estate}
    field, text = ("query.cursor", cursor) if cursor is not None else ("query.after", after or "")
    with hub.pool.connection() as db:
        seen = seen_by(db, position_in(field, text))
        if seen is None:
            raise unusable(field, text, "no event was given this number")
        found = events.after(db, seen, limit=limit + 1, only=only)
    seen = {**seen, **{event.estate: event.seq for event in found[:limit]}}
    following = as_text(seen) if len(found) > limit else None
    shown = [e for e in found[:limit] if not is_surprise(e) or allows(who.role, "drill.plan")]
    return as_answer({"items": shown, "next": following})
