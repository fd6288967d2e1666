"""Alarms: the board, one alarm, and what an operator does to it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdFilter, Limit, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.records import Alarm, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm, ShelveAlarm
from store.alarms import alarms

router = APIRouter(prefix="/alarms", tags=["alarms"])


@router.get("", response_model=page_of("AlarmPage", Alarm), responses=described(401))
def list_alarms(
    hub: Hub,
    _: Reader,
    active: Annotated[
        bool | None, Query(description="Only those on the board, or only those back to normal.")
    ] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Alarms by the time they were raised, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(alarms.page(db, active=active, estate=estate, after=after, limit=limit))


@router.get("/{alarm_id}", response_model=Alarm, responses=described(401, 404))
def get_alarm(hub: Hub, _: Reader, alarm_id: RecordId) -> Response:
    """One alarm as it stands."""
    with hub.pool.connection() as db:
        found = alarms.one(db, alarm_id)
    if found is None:
        raise not_found("alarm", alarm_id)
    return as_answer(found)


add_commands(
    router,
    {
        "/{alarm}/acknowledge": AcknowledgeAlarm,
        "/{alarm}/reset": ResetAlarm,
        "/{alarm}/shelve": ShelveAlarm,
    },
    alarms.estate_of,
)
