"""Reading the incidents that the events add up to."""

from typing import Literal

from msgspec import Raw

from store.database import pages, records
from store.database.connection import Connection

_OPEN = """
SELECT record::text FROM incident
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state = 'open'
 ORDER BY opened_at, id
"""

_LAST_CLOSED = """
SELECT record::text FROM incident
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state = 'closed'
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""

_ONE = "SELECT record::text FROM incident WHERE id = %(id)s"

_ESTATE_OF = "SELECT estate_id FROM incident WHERE id = %(id)s"

_PAGE = """
SELECT opened_at, id, record::text FROM incident
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (opened_at, id) < (%(at)s, %(id)s)
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""


def open_ones(db: Connection, estate: str | None) -> list[Raw]:
    """Every open incident, oldest first."""
    return records.many(db, _OPEN, {"estate": estate})


def last_closed(db: Connection, estate: str | None, limit: int) -> list[Raw]:
    """The closed incidents that were opened last, newest first."""
    return records.many(db, _LAST_CLOSED, {"estate": estate, "limit": limit})


def one(db: Connection, incident_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": incident_id})


def estate_of(db: Connection, incident_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": incident_id})


def page(
    db: Connection,
    *,
    state: Literal["open", "closed"] | None,
    estate: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Incidents by the time they were opened, newest first."""
    params = {"estate": estate, "state": state}
    return pages.page(db, _PAGE, params, after=after, limit=limit)
