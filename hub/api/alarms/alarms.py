"""Alarms: the board, one alarm, and what an operator does to it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import described
from hub.api.http.reading import Pages, add_one
from hub.api.http.records import Alarm, page_of
from hub.api.http.stored_json import page_answer
from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm, ShelveAlarm
from store.alarms import alarms

router = APIRouter(prefix="/alarms", tags=["alarms"])


@router.get("", response_model=page_of("AlarmPage", Alarm), responses=described(401))
def list_alarms(
    hub: Hub,
    _: Reader,
    paged: Pages,
    active: Annotated[
        bool | None, Query(description="Only those on the board, or only those back to normal.")
    ] = None,
    estate: IdFilter = None,
) -> Response:
    """Alarms by the time they were raised, newest first."""
    with hub.pool.connection() as db:
        return page_answer(alarms.page(db, active=active, estate=estate, **paged))


add_one(router, "alarm", Alarm, alarms.one)


add_commands(
    router,
    {
        "/{alarm}/acknowledge": AcknowledgeAlarm,
        "/{alarm}/reset": ResetAlarm,
        "/{alarm}/shelve": ShelveAlarm,
    },
    alarms.estate_of,
)
