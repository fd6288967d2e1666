"""Reading the tickets that the events add up to."""

from msgspec import Raw

from store import keyset, records
from store.connection import Connection

_OPEN = """
SELECT record::text FROM ticket WHERE state NOT IN ('closed', 'cancelled') ORDER BY opened_at, id
"""

_LAST_CLOSED = """
SELECT record::text FROM ticket WHERE state IN ('closed', 'cancelled')
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""

_ONE = "SELECT record::text FROM ticket WHERE id = %(id)s"

_OF_INCIDENT = """
SELECT record::text FROM ticket WHERE incident_id = %(incident)s ORDER BY opened_at, id LIMIT 1
"""

_ESTATE_OF = "SELECT estate_id FROM ticket WHERE id = %(id)s"

_PAGE = """
SELECT opened_at, id, record::text FROM ticket
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(class)s::text IS NULL OR class = %(class)s)
   AND (opened_at, id) < (%(at)s, %(id)s)
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""


def open_ones(db: Connection) -> list[Raw]:
    """Every ticket that is not yet closed or cancelled, oldest first."""
    return records.many(db, _OPEN)


def last_closed(db: Connection, limit: int) -> list[Raw]:
    """The closed tickets that were opened last, newest first."""
    return records.many(db, _LAST_CLOSED, {"limit": limit})


def one(db: Connection, ticket_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": ticket_id})


def of_incident(db: Connection, incident_id: str) -> Raw | None:
    return records.one(db, _OF_INCIDENT, {"incident": incident_id})


def estate_of(db: Connection, ticket_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": ticket_id})


def page(
    db: Connection,
    *,
    state: str | None,
    klass: str | None,
    estate: str | None,
    after: keyset.Position | None,
    limit: int,
) -> keyset.Page:
    """Tickets by the time they were opened, newest first."""
    params = {"estate": estate, "state": state, "class": klass}
    return keyset.page(db, _PAGE, params, after=after, limit=limit)
