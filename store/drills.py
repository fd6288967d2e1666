"""Reading the drills that the events add up to: which, who is enrolled, which were held last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from msgspec import Raw

from rules.records.drills import DrillKind, DrillState
from rules.vocabulary.instant import Instant, from_datetime
from store.database import pages, records
from store.database.connection import Connection

_ONE = "SELECT record::text FROM drill WHERE id = %(id)s"

_ESTATE_OF = "SELECT estate_id FROM drill WHERE id = %(id)s"

_OF_INCIDENT = "SELECT record::text FROM drill WHERE incident_id = %(id)s"

# What only its leader and those who run drills may know of: one that is to come by surprise.
_PAGE = """
SELECT made_at, id, record::text FROM drill
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(all)s OR kind <> 'unannounced' OR state NOT IN ('planned', 'cancelled')
        OR record->>'leader' = %(user)s)
   AND (made_at, id) < (%(at)s, %(id)s)
 ORDER BY made_at DESC, id DESC LIMIT %(limit)s
"""

_ENROLLED = """
SELECT d.incident_id, household
  FROM drill d CROSS JOIN LATERAL unnest(d.households) AS household
 WHERE d.incident_id = ANY(%(incidents)s)
"""

_HELD = """
SELECT DISTINCT ON (plan, kind) plan, kind, id, ended_at FROM drill
 WHERE estate_id = %(estate)s AND state = 'ended' AND NOT is_void
 ORDER BY plan, kind, ended_at DESC
"""

STATES: tuple[DrillState, ...] = get_args(DrillState)


@dataclass(frozen=True, slots=True)
class Held:
    """The last drill of a plan and a kind that came to its end without a stop."""

    plan: str
    kind: DrillKind
    id: str
    ended_at: Instant


def one(db: Connection, drill_id: str) -> Raw | None:
    return records.one(db, _ONE, {"id": drill_id})


def estate_of(db: Connection, drill_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": drill_id})


def of_incident(db: Connection, incident_id: str) -> Raw | None:
    """The drill that simulated this incident."""
    return records.one(db, _OF_INCIDENT, {"id": incident_id})


def page(
    db: Connection,
    *,
    state: DrillState | None,
    estate: str | None,
    user: str,
    everything: bool,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Drills by the time they were planned, newest first; `user` sees surprises only as leader."""
    params = {"estate": estate, "state": state, "user": user, "all": everything}
    return pages.page(db, _PAGE, params, after=after, limit=limit)


def enrolled(db: Connection, incidents: Iterable[str]) -> set[tuple[str, str]]:
    """(incident, household) of all who are enrolled in the drills of these incidents."""
    return set(db.execute(_ENROLLED, {"incidents": list(incidents)}).fetchall())


def held(db: Connection, estate: str) -> list[Held]:
    """What was held last, for each plan and kind."""
    return [
        Held(plan, kind, id_, from_datetime(ended))
        for plan, kind, id_, ended in db.execute(_HELD, {"estate": estate})
    ]
