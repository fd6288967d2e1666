"""The report of one incident: as data, which the page shows, and as a PDF."""

import threading
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from msgspec import Raw

from hub.api.http.access import Reader
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.records import model_of
from hub.api.http.stored_json import as_answer
from hub.reports import IncidentReport, Sources, build_report
from rules.records.events import Event, Record
from rules.records.json_form import as_json
from rules.records.nouns import record_from_json
from rules.vocabulary.instant import from_rfc3339
from rules.vocabulary.text import Language
from store import drills, incidents, reviews
from store.alarms import alarms
from store.database.connection import Connection
from store.engine import events
from store.engine.events import StoredEvent
from store.estate import estates
from store.notices import notices
from store.people import users
from store.tickets import attachments, tickets

router = APIRouter(prefix="/incidents", tags=["reviews"])

_FEW_AT_ONCE = threading.BoundedSemaphore(2)
"""Setting a long report takes a core for seconds: never for all requests at once."""

_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "/{incident_id}/report", response_model=model_of(IncidentReport), responses=described(401, 404)
)
def get_incident_report(hub: Hub, _: Reader, incident_id: RecordId) -> Response:
    """What happened, against what was wanted; times local to the estate, money in fen."""
    with hub.pool.connection() as db:
        return as_answer(as_json(_report(hub, db, incident_id)))


@router.get(
    "/{incident_id}/report.pdf",
    response_class=Response,
    responses={**_PDF, **described(401, 404)},
)
def get_incident_report_as_pdf(
    hub: Hub,
    _: Reader,
    incident_id: RecordId,
    language: Annotated[Language, Query(description="Of the report's own words.")] = "en",
) -> Response:
    """The same report on paper (A4); what people wrote stays in their language."""
    from hub.reports.pdf import report_pdf

    with hub.pool.connection() as db:
        report = _report(hub, db, incident_id)
        pictures = attachments.thumbnails(db, {photo.hash for photo in report.photos})
    with _FEW_AT_ONCE:
        content = report_pdf(report, language, pictures)
    name = {"Content-Disposition": f'inline; filename="{incident_id}-{language}.pdf"'}
    return Response(content, media_type="application/pdf", headers=name)


def _report(hub: Context, db: Connection, incident_id: str) -> IncidentReport:
    """Raises Problem: there is no such incident."""
    found = incidents.one(db, incident_id)
    if found is None:
        raise not_found("incident", incident_id)
    incident: Any = _decoded("incident", found)
    happened = [_event(event) for event in events.of_incident(db, incident_id)]
    found_drill = drills.of_incident(db, incident_id)
    drill: Any = None if found_drill is None else _decoded("drill", found_drill)
    estate = next(e for e in estates.all_(db) if e.id == incident.estate)
    sources = Sources(
        estate=estate.name,
        timezone=estate.timezone,
        incident=incident,
        tickets=_all("ticket", tickets.of_incident(db, incident_id)),
        alarms=_all("alarm", alarms.of_incident(db, incident_id)),
        notices=_all("notice", notices.of_incident(db, incident_id)),
        reviews=_all("review", reviews.of_incident(db, incident_id)),
        events=happened,
        roles=users.roles(db, {event.by for event in happened}),
        now=hub.clock(),
        drill=drill,
    )
    return build_report(sources)


def _all(noun: str, rows: list[Raw]) -> list[Any]:
    return [_decoded(noun, row) for row in rows]


def _decoded(noun: str, row: Raw) -> Record:
    return record_from_json(noun, msgspec.json.decode(row))


def _event(stored: StoredEvent) -> Event:
    record = _decoded(stored.kind, stored.record)
    return Event(stored.kind, from_rfc3339(stored.at), stored.by, record, stored.reason)
