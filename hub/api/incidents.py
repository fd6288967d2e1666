"""Incidents: the list, one with all that belongs to it, who was told, confirm and close."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader, needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    OPTIONAL_ID,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    Reason,
    RecordId,
)
from hub.api.http.problems import described, not_found
from hub.api.http.records import Alarm, Event, Incident, Notice, Ticket, extended, list_of, page_of
from hub.api.http.stored_json import as_answer, cursor_of, page_answer, position_of
from hub.auth import Principal
from hub.people.masking import masked_name, unit_label
from hub.people.sealed_contacts import opened_name
from rules.records.incidents import IncidentKind
from rules.rulebook.ticket_policy import FalseAlarmCause
from rules.vocabulary.priority import Level
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


class Confirmation(BaseModel):
    """Why a person is sure that it is real."""

    reason: Reason


class Beginning(BaseModel):
    """What a person tells of: kind of plan, level, and of the place what is known."""

    estate: str = Field(pattern=ID_PATTERN, examples=["riverside"])
    kind: IncidentKind = Field(examples=["power"])
    level: Level = Field(examples=["II"])
    building: str = Field("", pattern=OPTIONAL_ID, examples=["B3"])
    floor: int | None = Field(None, ge=-9, le=200, examples=[6])
    unit: str = Field("", pattern=OPTIONAL_ID)
    garage: str = Field("", pattern=OPTIONAL_ID)
    reason: Reason


class Graver(BaseModel):
    """The level that the incident has reached, and what makes it so."""

    level: Level
    reason: Reason


class Merger(BaseModel):
    """The open incident that takes this one in, and why the two are one."""

    into: str = Field(pattern=ID_PATTERN, examples=["riverside-i1"])
    reason: Reason


class Splitting(BaseModel):
    """The alarms that are another occurrence, some but not all, and why."""

    alarms: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(min_length=1, max_length=500)
    reason: Reason


class Closing(BaseModel):
    """How it ended, and why it may be closed; a false alarm has a cause, which may leave work."""

    outcome: Literal["resolved", "false_alarm"]
    cause: FalseAlarmCause = "other"
    reason: Reason


@router.get("", response_model=page_of("IncidentPage", Incident), responses=described(401))
def list_incidents(
    hub: Hub,
    _: Reader,
    state: Annotated[Literal["open", "closed"] | None, Query()] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Incidents by the time they were opened, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(incidents.page(db, state=state, estate=estate, after=after, limit=limit))


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


@router.post("", **DOCUMENTED)
def start_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.start")],
    key: IdempotencyKey,
    body: Beginning,
) -> Response:
    """Start an emergency plan by hand: what no sensor has seen, or can see."""
    place = {"building": body.building, "unit": body.unit, "garage": body.garage}
    if body.floor is not None:
        place["floor"] = str(body.floor)
    params = {"kind": body.kind, "level": body.level, **{k: v for k, v in place.items() if v}}
    command = command_of(who, "incident.start", body.estate, reason=body.reason, params=params)
    return send(hub, who, key, command, estates.known)


@router.post("/{incident_id}/raise-level", **DOCUMENTED)
def raise_level_of_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.raise_level")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Graver,
) -> Response:
    """Say that the incident is graver: the plan adds what this level asks for."""
    command = command_of(
        who, "incident.raise_level", incident_id, reason=body.reason, params={"level": body.level}
    )
    return send(hub, who, key, command, incidents.estate_of)


@router.post("/{incident_id}/merge", **DOCUMENTED)
def merge_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.merge")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Merger,
) -> Response:
    """Make this incident part of another one, which keeps its number."""
    command = command_of(
        who, "incident.merge", incident_id, reason=body.reason, params={"into": body.into}
    )
    return send(hub, who, key, command, incidents.estate_of)


@router.post("/{incident_id}/split", **DOCUMENTED)
def split_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.split")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Splitting,
) -> Response:
    """Give some of its alarms an incident of their own."""
    params = {"alarms": ",".join(body.alarms)}
    command = command_of(who, "incident.split", incident_id, reason=body.reason, params=params)
    return send(hub, who, key, command, incidents.estate_of)


@router.post("/{incident_id}/confirm", **DOCUMENTED)
def confirm_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.confirm")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Confirmation,
) -> Response:
    """Say that the incident is real: its plan goes on to what needs that."""
    command = command_of(who, "incident.confirm", incident_id, reason=body.reason)
    return send(hub, who, key, command, incidents.estate_of)


@router.post("/{incident_id}/close", **DOCUMENTED)
def close_incident(
    hub: Hub,
    who: Annotated[Principal, needs("incident.close")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Closing,
) -> Response:
    """End the incident and its tickets, and send the all-clear to everyone who was told."""
    params = {"outcome": body.outcome, "cause": body.cause}
    command = command_of(who, "incident.close", incident_id, reason=body.reason, params=params)
    return send(hub, who, key, command, incidents.estate_of)


def _masked(hub: Context, told: ToldHousehold) -> dict[str, Any]:
    label = unit_label(told.household, told.unit)
    name = opened_name(hub.keys.sealer, told.name, estate=told.estate, household=told.household)
    return {
        **msgspec.json.decode(told.notice, type=dict[str, msgspec.Raw]),
        "unit": label,
        "name": masked_name(name, label),
    }
