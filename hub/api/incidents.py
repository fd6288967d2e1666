"""Incidents: the list, one with all that belongs to it, who was told, confirm and close."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import Cursor, IdFilter, Limit, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.reading import Pages
from hub.api.http.records import Alarm, Event, Incident, Notice, Ticket, extended, list_of, page_of
from hub.api.http.stored_json import as_answer, cursor_of, page_answer, position_of
from hub.people.masking import masked_name, unit_label
from hub.people.sealed_contacts import opened_name
from rules.commands.incidents import (
    CloseIncident,
    ConfirmIncident,
    MergeIncident,
    RaiseLevel,
    SplitIncident,
    StartIncident,
)
from store import incidents
from store.alarms import alarms
from store.engine import events
from store.estate import estates
from store.notices import notices
from store.notices.notices import ToldHousehold
from store.tickets import tickets

router = APIRouter(prefix="/incidents", tags=["incidents"])


class NoticeCounts(BaseModel):
    """How many households an incident asked to tell, in all and by the notices' state."""

    total: int
    by_state: dict[str, int]


_tickets: Any = (list_of(Ticket), ...)
_alarms: Any = (list_of(Alarm), ...)
_events: Any = (list_of(Event), ...)
IncidentDetail = extended(
    "IncidentDetail",
    Incident,
    alarms=_alarms,
    tickets=_tickets,
    notices=(NoticeCounts, ...),
    events=_events,
)
Told = extended("Told", Notice, unit=(str, ...), name=(str, ...))


@router.get("", response_model=page_of("IncidentPage", Incident), responses=described(401))
def list_incidents(
    hub: Hub,
    _: Reader,
    paged: Pages,
    state: Annotated[Literal["open", "closed"] | None, Query()] = None,
    estate: IdFilter = None,
) -> Response:
    """Incidents by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        return page_answer(incidents.page(db, state=state, estate=estate, **paged))


@router.get("/{incident_id}", response_model=IncidentDetail, responses=described(401, 404))
def get_incident(hub: Hub, _: Reader, incident_id: RecordId) -> Response:
    """One incident with its alarms, ticket, count of notices, and timeline oldest first."""
    with hub.pool.connection() as db:
        found = incidents.one(db, incident_id)
        if found is None:
            raise not_found("incident", incident_id)
        counts = notices.count_by_state(db, incident_id)
        detail = {
            **msgspec.json.decode(found, type=dict[str, msgspec.Raw]),
            "alarms": alarms.of_incident(db, incident_id),
            "tickets": tickets.of_incident(db, incident_id),
            "notices": {"total": sum(counts.values()), "by_state": counts},
            "events": events.of_incident(db, incident_id),
        }
    return as_answer(detail)


@router.get(
    "/{incident_id}/notices", response_model=page_of("ToldPage", Told), responses=described(401)
)
def list_told_households(
    hub: Hub, _: Reader, incident_id: RecordId, cursor: Cursor = None, limit: Limit = 200
) -> Response:
    """The incident's notices with the masked names of the households, newest first."""
    with hub.pool.connection() as db:
        found, following = notices.told(db, incident_id, after=position_of(cursor), limit=limit)
    return as_answer(
        {"items": [_masked(hub, told) for told in found], "next": cursor_of(following)}
    )


def _masked(hub: Context, told: ToldHousehold) -> dict[str, Any]:
    label = unit_label(told.household, told.unit)
    name = opened_name(hub.keys.sealer, told.name, estate=told.estate, household=told.household)
    return {
        **msgspec.json.decode(told.notice, type=dict[str, msgspec.Raw]),
        "unit": label,
        "name": masked_name(name, label),
    }


add_commands(router, {"": StartIncident}, estates.known)
add_commands(
    router,
    {
        "/{incident}/raise-level": RaiseLevel,
        "/{incident}/merge": MergeIncident,
        "/{incident}/split": SplitIncident,
        "/{incident}/confirm": ConfirmIncident,
        "/{incident}/close": CloseIncident,
    },
    incidents.estate_of,
)
