"""Reading the alarms that the events add up to."""

from msgspec import Raw

from store.database import pages, records
from store.database.connection import Connection

_ACTIVE = """
SELECT record::text FROM alarm
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state <> 'normal'
 ORDER BY priority, raised_at, id
"""

_ONE = "SELECT record::text FROM alarm WHERE id = %(id)s"

_ESTATE_OF = "SELECT estate_id FROM alarm WHERE id = %(id)s"

_OF_INCIDENT = """
SELECT record::text FROM alarm WHERE incident_id = %(incident)s ORDER BY raised_at, id
"""

_PAGE = """
SELECT raised_at, id, record::text FROM alarm
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (raised_at, id) < (%(at)s, %(id)s)
 ORDER BY raised_at DESC, id DESC LIMIT %(limit)s
"""

_PAGE_ACTIVE = """
SELECT raised_at, id, record::text FROM alarm
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state <> 'normal'
   AND (raised_at, id) < (%(at)s, %(id)s)
 ORDER BY raised_at DESC, id DESC LIMIT %(limit)s
"""

_PAGE_NORMAL = """
SELECT raised_at, id, record::text FROM alarm
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state = 'normal'
   AND (raised_at, id) < (%(at)s, %(id)s)
 ORDER BY raised_at DESC, id DESC LIMIT %(limit)s
"""


def active(db: Connection, estate: str | None) -> list[Raw]:
    """Every alarm on the operators' board, gravest first, then oldest first."""
    return records.many(db, _ACTIVE, {"estate": estate})


def one(db: Connection, alarm_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": alarm_id})


def estate_of(db: Connection, alarm_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": alarm_id})


def of_incident(db: Connection, incident_id: str) -> list[Raw]:
    """The incident's alarms, earliest first."""
    return records.many(db, _OF_INCIDENT, {"incident": incident_id})


def page(
    db: Connection,
    *,
    active: bool | None,
    estate: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Alarms by the time they were raised, newest first; only active, only normal, or all."""
    query = _PAGE if active is None else _PAGE_ACTIVE if active else _PAGE_NORMAL
    return pages.page(db, query, {"estate": estate}, after=after, limit=limit)
