"""The whole of what the console shows, at exactly one event number."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, create_model

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.problems import described
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
    __doc__="Active alarms, open incidents and tickets with the last closed, as of event `seq`.",
    seq=(int, ...),
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


@router.get("", response_model=Snapshot, responses=described(401))
def get_snapshot(hub: Hub, _: Reader) -> Response:
    """Go on from here with `GET /live?after=` this `seq`.

    `notices` counts those asked for by each open incident.
    """
    with hub.pool.connection() as db:
        read_one_instant(db)
        body = {
            "seq": events.head(db),
            "now": to_rfc3339(hub.clock()),
            "estates": [{"id": e.id, "name": e.name} for e in estates.all_(db)],
            "alarms": alarms.active(db),
            "incidents": incidents.open_ones(db) + incidents.last_closed(db, LAST_CLOSED),
            "tickets": tickets.open_ones(db) + tickets.last_closed(db, LAST_CLOSED),
            "suppressions": suppressions.in_force(db),
            "floods": suppressions.running_floods(db),
            "callouts": callouts.open_ones(db),
            "notices": notices.count_of_open_incidents(db),
            "devices_offline": devices.count_offline(db),
            "dead_letters": health.dead_letters(db),
            "storage": storage(db),
        }
    return as_answer(body)
