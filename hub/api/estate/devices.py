"""Devices and the history of their readings."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import given, sender_of
from hub.api.http.commands import DOCUMENTED, EstateOf, send
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdempotencyKey, IdFilter, Limit, Moment
from hub.api.http.problems import FieldError, Problem, described
from hub.api.http.stored_json import cursor_of, pack, position_of, unpack
from hub.auth import Principal
from rules.commands.suppressions import TakeOutOfService
from rules.vocabulary.fields import ID_PATTERN
from rules.vocabulary.instant import DAY, from_datetime, to_datetime
from rules.vocabulary.text import Text
from store.database.connection import Connection
from store.database.pages import Position
from store.estate import devices
from store.readings import history

router = APIRouter(tags=["devices"])

_LONGEST = timedelta(days=400)


class Device(BaseModel):
    """A device, where it is, and whether it answers (unknown, online, offline)."""

    id: str
    estate: str
    type: str
    state: devices.DeviceState
    location: str
    place: Text
    building: str | None
    floor: int | None
    unit: str | None
    riser: str | None
    zone: str | None


class DevicePage(BaseModel):
    """Devices by estate and id."""

    items: list[Device]
    next: str | None


class Reading(BaseModel):
    """One value at its event time; `quality` is 1 where the device's clock was off, else 0."""

    ts: datetime
    value: float | str
    quality: int


class ReadingPage(BaseModel):
    """Readings, oldest first."""

    items: list[Reading]
    next: str | None


@router.get("/devices", responses=described(401))
def list_devices(
    hub: Hub,
    _: Reader,
    type_: Annotated[str | None, Query(alias="type", pattern=ID_PATTERN)] = None,
    building: IdFilter = None,
    floor: Annotated[int | None, Query(ge=-20, le=300)] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> DevicePage:
    """Devices by estate and id."""
    after = unpack(cursor) if cursor else None
    with hub.pool.connection() as db:
        found = devices.page(
            db,
            estate=estate,
            type_=type_,
            building=building,
            floor=floor,
            after=after,
            limit=limit + 1,
        )
    last = found[limit - 1] if len(found) > limit else None
    return DevicePage(
        items=[_shown(device) for device in found[:limit]],
        next=pack(last.estate, last.id) if last else None,
    )


@router.post("/devices/{device}/take-out-of-service", **DOCUMENTED)
def take_device_out_of_service(
    hub: Hub,
    who: Annotated[Principal, sender_of(TakeOutOfService)],
    key: IdempotencyKey,
    command: Annotated[TakeOutOfService, given(TakeOutOfService, "device")],
    estate: Annotated[
        str | None,
        Query(pattern=ID_PATTERN, description="Needed where several estates have this device id."),
    ] = None,
) -> Response:
    """Hold back all alarms of the device, by a permit (ISA-18.2, state I)."""
    return send(hub, who, key, command, _in_estate(estate))


@router.get("/readings", responses=described(401))
def list_readings(
    hub: Hub,
    _: Reader,
    device: Annotated[str, Query(pattern=ID_PATTERN)],
    signal: Annotated[str, Query(pattern=ID_PATTERN)],
    from_: Annotated[Moment | None, Query(alias="from", description="Default: a day ago.")] = None,
    to: Annotated[Moment | None, Query(description="Before this; default: now.")] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> ReadingPage:
    """The history of one signal of one device, oldest first."""
    until = to or to_datetime(hub.clock())
    since = from_ or until - timedelta(microseconds=DAY)
    if not timedelta(0) <= until - since <= _LONGEST:
        remedy = f"let `from` be before `to`, at most {_LONGEST.days} days"
        error = FieldError(field="query.from", value=since.isoformat(), remedy=remedy)
        raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
    with hub.pool.connection() as db:
        found = history.of_signal(
            db,
            estate=estate,
            device=device,
            signal=signal,
            from_at=from_datetime(since),
            to_at=from_datetime(until),
            after=position_of(cursor),
            limit=limit + 1,
        )
    last = found[limit - 1] if len(found) > limit else None
    return ReadingPage(
        items=[
            Reading(ts=to_datetime(r.ts_at), value=r.value, quality=r.quality)
            for r in found[:limit]
        ],
        next=cursor_of(Position(last.ts_at, last.estate) if last else None),
    )


def _in_estate(estate: str | None) -> EstateOf:
    """Finds the estate of a device id, which is unique within each estate only."""

    def estate_of(db: Connection, device_id: str) -> str | None:
        having = devices.estates_of(db, device_id)
        if estate is not None:
            return estate if estate in having else None
        if len(having) > 1:
            remedy = f"name one of {', '.join(having)}: each has a device {device_id}"
            error = FieldError(field="query.estate", value="", remedy=remedy)
            raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
        return having[0] if having else None

    return estate_of


def _shown(device: devices.Device) -> Device:
    return Device(
        id=device.id,
        estate=device.estate,
        type=device.type,
        state=device.state,
        location=device.body["location"],
        place=Text(**device.body["place"]["text"]),
        building=device.building,
        floor=device.floor,
        unit=device.unit,
        riser=device.riser,
        zone=device.zone,
    )
