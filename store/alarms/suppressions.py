"""Reading the suppressions that people set, and the alarm floods that run."""

from msgspec import Raw

from rules.records.suppressions import SuppressionKind
from store.database import pages, records
from store.database.connection import Connection

_IN_FORCE = """
SELECT record::text FROM suppression
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND ended_at IS NULL
 ORDER BY since_at, id
"""

_ESTATE_OF = "SELECT estate_id FROM suppression WHERE id = %(id)s"

_KIND_OF = "SELECT kind FROM suppression WHERE id = %(id)s"

_PAGE = """
SELECT since_at, id, record::text FROM suppression
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(active)s::boolean IS NULL OR (ended_at IS NULL) = %(active)s)
   AND (since_at, id) < (%(at)s, %(id)s)
 ORDER BY since_at DESC, id DESC LIMIT %(limit)s
"""

_FLOODS = """
SELECT record::text FROM alarm_flood
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND ended_at IS NULL
 ORDER BY began_at, id
"""


def in_force(db: Connection, estate: str | None) -> list[Raw]:
    """Every suppression that has not ended, oldest first."""
    return records.many(db, _IN_FORCE, {"estate": estate})


def estate_of(db: Connection, suppression_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": suppression_id})


def kind_of(db: Connection, suppression_id: str) -> SuppressionKind | None:
    """None where there is no such suppression."""
    row = db.execute(_KIND_OF, {"id": suppression_id}).fetchone()
    return row[0] if row else None


def page(
    db: Connection,
    *,
    active: bool | None,
    kind: SuppressionKind | None,
    estate: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Suppressions by the time they were set, newest first; only in force, only ended, or all."""
    params = {"active": active, "kind": kind, "estate": estate}
    return pages.page(db, _PAGE, params, after=after, limit=limit)


def running_floods(db: Connection, estate: str | None) -> list[Raw]:
    """The alarm floods that have not ended, oldest first."""
    return records.many(db, _FLOODS, {"estate": estate})
