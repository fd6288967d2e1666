"""Alarms: the board, one alarm, and what an operator does to it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdempotencyKey, IdFilter, Limit, Reason, RecordId, Until
from hub.api.http.problems import described, not_found
from hub.api.http.records import Alarm, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from hub.auth import Principal
from rules.vocabulary.instant import from_datetime, to_rfc3339
from store.alarms import alarms

router = APIRouter(prefix="/alarms", tags=["alarms"])


class Shelf(BaseModel):
    """Why the alarm may wait, and until when."""

    reason: Reason
    until: Until


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


@router.post("/{alarm_id}/acknowledge", **DOCUMENTED)
def acknowledge_alarm(
    hub: Hub,
    who: Annotated[Principal, needs("alarm.acknowledge")],
    alarm_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Say that a person has seen the alarm and takes it on."""
    command = command_of(who, "alarm.acknowledge", alarm_id)
    return send(hub, who, key, command, alarms.estate_of)


@router.post("/{alarm_id}/reset", **DOCUMENTED)
def reset_alarm(
    hub: Hub,
    who: Annotated[Principal, needs("alarm.reset")],
    alarm_id: RecordId,
    key: IdempotencyKey,
) -> Response:
    """Bring a latched alarm, acknowledged and with its cause gone, back to normal."""
    command = command_of(who, "alarm.reset", alarm_id)
    return send(hub, who, key, command, alarms.estate_of)


@router.post("/{alarm_id}/shelve", **DOCUMENTED)
def shelve_alarm(
    hub: Hub,
    who: Annotated[Principal, needs("alarm.shelve")],
    alarm_id: RecordId,
    key: IdempotencyKey,
    body: Shelf,
) -> Response:
    """Hold back the alarms of its rule on its device; what stands then is annunciated again."""
    until = to_rfc3339(from_datetime(body.until))
    command = command_of(who, "alarm.shelve", alarm_id, reason=body.reason, params={"until": until})
    return send(hub, who, key, command, alarms.estate_of)
