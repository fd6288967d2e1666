"""Notices to households, by id only."""

from fastapi import APIRouter
from fastapi.responses import Response

from hub.api.access import Reader
from hub.api.answers import page_answer, position_of
from hub.api.context import Hub
from hub.api.parameters import Cursor, IdFilter, Limit
from hub.api.problems import described
from hub.api.records import Notice, page_of
from store import notices

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("", response_model=page_of("NoticePage", Notice), responses=described(401))
def list_notices(
    hub: Hub, _: Reader, incident: IdFilter = None, cursor: Cursor = None, limit: Limit = 100
) -> Response:
    """Notices by the time they were asked for, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(notices.page(db, incident=incident, after=after, limit=limit))
