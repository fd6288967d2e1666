"""The whole of what the console shows, at exactly one position in the stream."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, create_model

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import described, not_found
from hub.api.http.records import (
    Alarm,
    AlarmFlood,
    Callout,
    Incident,
    Suppression,
    Ticket,
    list_of,
)
from hub.api.http.stored_json import as_answer
from hub.feed.position import as_text
from rules.vocabulary.instant import to_rfc3339
from rules.vocabulary.text import Text
from store import incidents
from store.alarms import alarms, suppressions
from store.database.consistency import read_one_instant
from store.database.migrate import storage
from store.engine import events, health
from store.estate import devices, estates
from store.notices import notices
from store.oncall import callouts
from store.tickets import tickets

router = APIRouter(prefix="/snapshot", tags=["live"])

LAST_CLOSED = 50

SnapshotEstate = create_model("SnapshotEstate", id=(str, ...), name=(Text, ...))
_estates: Any = (list_of(SnapshotEstate), ...)
_alarms: Any = (list_of(Alarm), ...)
_incidents: Any = (list_of(Incident), ...)
_tickets: Any = (list_of(Ticket), ...)
_suppressions: Any = (list_of(Suppression), ...)
_floods: Any = (list_of(AlarmFlood), ...)
_callouts: Any = (list_of(Callout), ...)
Snapshot: type[BaseModel] = create_model(
    "Snapshot",
    __doc__="Active alarms, open incidents and tickets with the last closed, as of `position`.",
    position=(str, ...),
    now=(datetime, ...),
    estates=_estates,
    alarms=_alarms,
    incidents=_incidents,
    tickets=_tickets,
    suppressions=_suppressions,
    floods=_floods,
    callouts=_callouts,
    notices=(dict[str, int], ...),
    devices_offline=(int, ...),
    dead_letters=(int, ...),
    storage=(str, ...),
)


@router.get("", response_model=Snapshot, responses=described(401, 404))
def get_snapshot(hub: Hub, _: Reader, estate: IdFilter = None) -> Response:
    """Go on from here with `GET /live?after=` this `position`, of the same `estate` if of one.

    `notices` counts those asked for by each open incident. `dead_letters` are of the whole
    installation: a message that is not understood belongs to no estate.
    """
    with hub.pool.connection() as db:
        read_one_instant(db)
        if estate is not None and estates.known(db, estate) is None:
            raise not_found("estate", estate)
        body = {
            "position": as_text(events.heads(db, None if estate is None else {estate})),
            "now": to_rfc3339(hub.clock()),
            "estates": [
                {"id": e.id, "name": e.name} for e in estates.all_(db) if estate in (None, e.id)
            ],
            "alarms": alarms.active(db, estate),
            "incidents": incidents.open_ones(db, estate)
            + incidents.last_closed(db, estate, LAST_CLOSED),
            "tickets": tickets.open_ones(db, estate) + tickets.last_closed(db, estate, LAST_CLOSED),
            "suppressions": suppressions.in_force(db, estate),
            "floods": suppressions.running_floods(db, estate),
            "callouts": callouts.open_ones(db, estate),
            "notices": notices.count_of_open_incidents(db, estate),
            "devices_offline": devices.count_offline(db, estate),
            "dead_letters": health.dead_letters(db),
            "storage": storage(db),
        }
    return as_answer(body)
