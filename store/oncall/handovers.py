"""Reading the handovers that the events add up to."""

from store.database import pages, records
from store.database.connection import Connection

_ESTATE_OF = "SELECT estate_id FROM handover WHERE id = %(id)s"

_PAGE = """
SELECT proposed_at, id, record::text FROM handover
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (proposed_at, id) < (%(at)s, %(id)s)
 ORDER BY proposed_at DESC, id DESC LIMIT %(limit)s
"""


def estate_of(db: Connection, handover_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": handover_id})


def page(
    db: Connection, *, estate: str | None, after: pages.Position | None, limit: int
) -> pages.Page:
    """Handovers by the time they were proposed, newest first."""
    return pages.page(db, _PAGE, {"estate": estate}, after=after, limit=limit)
