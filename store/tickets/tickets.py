"""Reading the tickets that the events add up to."""

from msgspec import Raw

from rules.vocabulary.instant import Instant, to_datetime
from store.database import pages, records
from store.database.connection import Connection

_OPEN = """
SELECT record::text FROM ticket
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND state NOT IN ('closed', 'cancelled')
 ORDER BY opened_at, id
"""

_LAST_CLOSED = """
SELECT record::text FROM ticket
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND state IN ('closed', 'cancelled')
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""

_ONE = "SELECT record::text FROM ticket WHERE id = %(id)s"

_OF_INCIDENT = """
SELECT record::text FROM ticket WHERE incident_id = %(incident)s ORDER BY opened_at, id
"""

_OF_HOUSEHOLD = """
SELECT record::text FROM ticket
 WHERE estate_id = %(estate)s AND household_id = %(household)s
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""

_ESTATE_OF = "SELECT estate_id FROM ticket WHERE id = %(id)s"

_PAGE = """
SELECT opened_at, id, record::text FROM ticket
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(class)s::text IS NULL OR class = %(class)s)
   AND (%(assignee)s::text IS NULL OR assignee = %(assignee)s)
   AND (%(incident)s::text IS NULL OR incident_id = %(incident)s)
   AND (%(overdue)s::bool IS NULL OR (due_at IS NOT NULL AND due_at < %(now)s) = %(overdue)s)
   AND (opened_at, id) < (%(at)s, %(id)s)
 ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""


def open_ones(db: Connection, estate: str | None) -> list[Raw]:
    """Every ticket that is not yet closed or cancelled, oldest first."""
    return records.many(db, _OPEN, {"estate": estate})


def last_closed(db: Connection, estate: str | None, limit: int) -> list[Raw]:
    """The closed tickets that were opened last, newest first."""
    return records.many(db, _LAST_CLOSED, {"estate": estate, "limit": limit})


def one(db: Connection, ticket_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": ticket_id})


def of_incident(db: Connection, incident_id: str) -> list[Raw]:
    """The incident's tickets, ended ones too, oldest first."""
    return records.many(db, _OF_INCIDENT, {"incident": incident_id})


def of_household(db: Connection, *, estate_id: str, household_id: str, limit: int) -> list[Raw]:
    """What the household reported last, newest first."""
    params = {"estate": estate_id, "household": household_id, "limit": limit}
    return records.many(db, _OF_HOUSEHOLD, params)


def estate_of(db: Connection, ticket_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": ticket_id})


def page(
    db: Connection,
    *,
    state: str | None,
    klass: str | None,
    estate: str | None,
    assignee: str | None,
    incident: str | None,
    overdue: bool | None,
    now: Instant,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Tickets by the time they were opened, newest first; `overdue` ones are late at `now`."""
    params = {
        "estate": estate, "state": state, "class": klass, "assignee": assignee,
        "incident": incident, "overdue": overdue, "now": to_datetime(now),
    }  # fmt: skip
    return pages.page(db, _PAGE, params, after=after, limit=limit)
