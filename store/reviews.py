"""Reading the reviews that the events add up to, and the measures in them."""

from typing import Literal

from msgspec import Raw

from store.database import pages, records
from store.database.connection import Connection

_ONE = "SELECT record::text FROM review WHERE id = %(id)s"

_ESTATE_OF = "SELECT estate_id FROM review WHERE id = %(id)s"

_OF_INCIDENT = """
SELECT record::text FROM review WHERE incident_id = %(incident)s ORDER BY opened_at, id
"""

_PAGE = """
SELECT opened_at, id, record::text FROM review
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(incident)s::text IS NULL OR incident_id = %(incident)s)
   AND (opened_at, id) < (%(at)s, %(id)s)
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""

# Newest first by when each is due, which is its place in the order of pages.
_MEASURES = """
SELECT (m.measure->>'due_at')::timestamptz AS due_at, r.id || '/' || (m.measure->>'id') AS id,
       json_build_object('review', r.id, 'incident', r.incident_id, 'estate', r.estate_id,
                         'measure', m.measure)::text
  FROM review r CROSS JOIN LATERAL json_array_elements(r.record->'measures') AS m (measure)
 WHERE (%(estate)s::text IS NULL OR r.estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR m.measure->>'state' = %(state)s)
   AND (%(state)s::text IS DISTINCT FROM 'open' OR r.measures_open > 0)
   AND ((m.measure->>'due_at')::timestamptz, r.id || '/' || (m.measure->>'id'))
       < (%(at)s, %(id)s)
 ORDER BY 1 DESC, 2 DESC LIMIT %(limit)s
"""

State = Literal["open", "done"]


def one(db: Connection, review_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": review_id})


def estate_of(db: Connection, review_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": review_id})


def of_incident(db: Connection, incident_id: str) -> list[Raw]:
    """The incident's reviews, oldest first; one that was reopened may have several."""
    return records.many(db, _OF_INCIDENT, {"incident": incident_id})


def page(
    db: Connection,
    *,
    state: State | None,
    estate: str | None,
    incident: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Reviews by the time they were opened, newest first."""
    params = {"estate": estate, "state": state, "incident": incident}
    return pages.page(db, _PAGE, params, after=after, limit=limit)


def measures(
    db: Connection,
    *,
    state: State | None,
    estate: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Measures of all reviews, each with its review and incident; the latest due first."""
    return pages.page(db, _MEASURES, {"estate": estate, "state": state}, after=after, limit=limit)
