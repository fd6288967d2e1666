"""Reading the notices that the events add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Raw

from rules.records.notices import NoticeState, Urgency
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database import pages, records
from store.database.connection import Connection
from store.estate.household_contacts import SealedName
from store.estate.households import Need

_COUNT_BY_STATE = """
SELECT state, count(*) FROM notice WHERE incident_id = %(incident)s GROUP BY state
"""

_COUNT_OF_OPEN = """
SELECT incident_id, count(*) FROM notice
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND incident_id IN (SELECT id FROM incident WHERE state = 'open')
 GROUP BY incident_id
"""

_PAGE = """
SELECT requested_at, id, record::text FROM notice
 WHERE (%(incident)s::text IS NULL OR incident_id = %(incident)s)
   AND (requested_at, id) < (%(at)s, %(id)s)
 ORDER BY requested_at DESC, id DESC LIMIT %(limit)s
"""

_TOLD = """
SELECT n.requested_at, n.id, n.record::text, n.estate_id, n.household_id, h.unit, who.n, who.name
  FROM notice n LEFT JOIN household h ON h.estate_id = n.estate_id AND h.id = n.household_id
       LEFT JOIN LATERAL (
           SELECT c.n, c.name FROM household_contact c
            WHERE c.estate_id = h.estate_id AND c.household_id = h.id
              AND c.relation = 'resident' AND c.name IS NOT NULL
            ORDER BY c.n LIMIT 1) who ON true
 WHERE n.incident_id = %(incident)s AND (n.requested_at, n.id) < (%(at)s, %(id)s)
 ORDER BY n.requested_at DESC, n.id DESC LIMIT %(limit)s
"""

# Of drills, those only in which the household is enrolled.
_OF_HOUSEHOLD = """
SELECT n.id, n.template, n.record->>'urgency', (n.record->'text')::text,
       n.record->>'requested_at', n.record->>'read_at', coalesce(i.state = 'closed', false),
       coalesce((n.record->>'drill')::boolean, false)
  FROM notice n LEFT JOIN incident i ON i.id = n.incident_id
 WHERE n.estate_id = %(estate)s AND n.household_id = %(household)s
   AND (NOT coalesce((n.record->>'drill')::boolean, false)
        OR EXISTS (SELECT 1 FROM drill d WHERE d.incident_id = n.incident_id
                                           AND n.household_id = ANY(d.households)))
   AND n.state <> 'awaiting_approval'
   AND (n.state <> 'withdrawn' OR n.record->>'delivered_at' IS NOT NULL)
 ORDER BY n.requested_at DESC, n.id DESC LIMIT %(limit)s
"""

_PAGE_TO = """
SELECT requested_at, id, record::text FROM notice
 WHERE estate_id = %(estate)s AND household_id = %(household)s
   AND (requested_at, id) < (%(at)s, %(id)s)
 ORDER BY requested_at DESC, id DESC LIMIT %(limit)s
"""

_STATE_OF = """
SELECT n.state FROM notice n
 WHERE n.id = %(id)s AND n.estate_id = %(estate)s AND n.household_id = %(household)s
   AND n.state <> 'awaiting_approval'
   AND (NOT coalesce((n.record->>'drill')::boolean, false)
        OR EXISTS (SELECT 1 FROM drill d WHERE d.incident_id = n.incident_id
                                           AND n.household_id = ANY(d.households)))
"""

# Whom nothing has reached in time, one notice each: the newest. Help first, then wave by wave.
_UNREACHED = """
SELECT late.*, who.n, who.name FROM (
    SELECT DISTINCT ON (n.estate_id, n.incident_id, n.household_id)
           n.record::text, n.estate_id, n.household_id, h.unit, coalesce(h.needs, '{}') AS needs,
           (n.record->>'wave')::int AS wave
      FROM notice n JOIN incident i ON i.id = n.incident_id AND i.state = 'open'
      JOIN unnest(%(estates)s::text[], %(urgencies)s::text[], %(before)s::timestamptz[])
           AS late (estate, urgency, before)
           ON late.estate = n.estate_id AND late.urgency = n.record->>'urgency'
      LEFT JOIN household h ON h.estate_id = n.estate_id AND h.id = n.household_id
     WHERE (%(incident)s::text IS NULL OR n.incident_id = %(incident)s)
       AND n.state IN ('queued', 'failed', 'delivered') AND n.record->>'reached_by' IS NULL
       AND NOT coalesce((n.record->>'drill')::boolean, false)
       AND greatest(n.requested_at, (n.record->>'not_before_at')::timestamptz) <= late.before
     ORDER BY n.estate_id, n.incident_id, n.household_id, n.requested_at DESC, n.id DESC) late
  LEFT JOIN LATERAL (
    SELECT c.n, c.name FROM household_contact c
     WHERE c.estate_id = late.estate_id AND c.household_id = late.household_id
       AND c.relation = 'resident' AND c.name IS NOT NULL
     ORDER BY c.n LIMIT 1) who ON true
 ORDER BY needs = '{}', wave, household_id LIMIT %(limit)s
"""

_RECIPIENTS = """
SELECT DISTINCT ON (household_id) household_id, (record->>'wave')::int, record->>'why'
  FROM notice WHERE incident_id = %(incident)s AND state <> 'withdrawn'
 ORDER BY household_id, requested_at, id
"""

_OF_INCIDENT = """
SELECT record::text FROM notice WHERE incident_id = %(incident)s ORDER BY requested_at, id
"""

_ESTATE_OF = "SELECT estate_id FROM notice WHERE id = %(id)s"

_RECORDS = "SELECT id, record FROM notice WHERE id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class ToldHousehold:
    """A notice as JSON and whom it went to; `name` is None where none was ever entered."""

    notice: Raw
    estate: str
    household: str
    unit: str | None
    name: SealedName | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """A household to knock at, with its newest notice; `name` and `needs` are personal."""

    notice: Raw
    estate: str
    household: str
    unit: str | None
    needs: list[Need]
    name: SealedName | None


@dataclass(frozen=True, slots=True)
class ResidentNotice:
    """What a household's own page shows of a notice. Times are RFC 3339."""

    id: str
    template: str
    urgency: str
    text: Raw
    requested_at: str
    read_at: str | None
    incident_closed: bool
    drill: bool


def count_by_state(db: Connection, incident_id: str) -> dict[str, int]:
    return dict(db.execute(_COUNT_BY_STATE, {"incident": incident_id}).fetchall())


def count_of_open_incidents(db: Connection, estate: str | None) -> dict[str, int]:
    """How many notices each open incident has asked for; incidents without any are left out."""
    return dict(db.execute(_COUNT_OF_OPEN, {"estate": estate}).fetchall())


def page(
    db: Connection, *, incident: str | None, after: pages.Position | None, limit: int
) -> pages.Page:
    """Notices by the time they were asked for, newest first."""
    return pages.page(db, _PAGE, {"incident": incident}, after=after, limit=limit)


def of_incident(db: Connection, incident_id: str) -> list[Raw]:
    """Every notice of the incident, in the order in which they were asked for."""
    return records.many(db, _OF_INCIDENT, {"incident": incident_id})


def told(
    db: Connection, incident_id: str, *, after: pages.Position | None, limit: int
) -> tuple[list[ToldHousehold], pages.Position | None]:
    """The incident's notices and whom they went to, newest first, and the next page's start."""
    at, below = (to_datetime(after.at), after.id) if after else ("infinity", "")
    params = {"incident": incident_id, "at": at, "id": below, "limit": limit + 1}
    rows = db.execute(_TOLD, params).fetchall()
    found = [
        ToldHousehold(Raw(record.encode()), estate, household, unit, _name(n, name))
        for _, _, record, estate, household, unit, n, name in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return found, pages.Position(from_datetime(last[0]), last[1]) if last else None


def unreached(
    db: Connection, *, incident: str | None, late: Mapping[tuple[str, Urgency], Instant],
    limit: int,
) -> list[Unreached]:  # fmt: skip
    """Whom nothing has reached of what could go out by `late`, for each estate and urgency."""
    params = {
        "incident": incident,
        "estates": [estate for estate, _ in late],
        "urgencies": [urgency for _, urgency in late],
        "before": [to_datetime(at) for at in late.values()],
        "limit": limit,
    }
    rows = db.execute(_UNREACHED, params)
    return [
        Unreached(Raw(record.encode()), estate, household, unit, needs, _name(n, name))
        for record, estate, household, unit, needs, _, n, name in rows
    ]


def recipients(db: Connection, incident_id: str) -> dict[str, tuple[int, str]]:
    """The wave and the reason of each household that was told of the incident."""
    rows = db.execute(_RECIPIENTS, {"incident": incident_id})
    return {household: (wave, why or "") for household, wave, why in rows}


def estate_of(db: Connection, notice_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": notice_id})


def of_household(
    db: Connection, *, estate_id: str, household_id: str, limit: int
) -> list[ResidentNotice]:
    """What the household was told, newest first; of drills, those that it takes part in."""
    params = {"estate": estate_id, "household": household_id, "limit": limit}
    return [
        ResidentNotice(id_, template, urgency, Raw(text.encode()), requested, read, closed, drill)
        for id_, template, urgency, text, requested, read, closed, drill in db.execute(
            _OF_HOUSEHOLD, params
        )
    ]


def page_to(
    db: Connection, *, estate_id: str, household_id: str, after: pages.Position | None, limit: int
) -> pages.Page:
    """The household's notices, newest first; drills are among them."""
    params = {"estate": estate_id, "household": household_id}
    return pages.page(db, _PAGE_TO, params, after=after, limit=limit)


def state_of(
    db: Connection, notice_id: str, *, estate_id: str, household_id: str
) -> NoticeState | None:
    """The notice's state; None where this household was not sent it."""
    params = {"id": notice_id, "estate": estate_id, "household": household_id}
    row = db.execute(_STATE_OF, params).fetchone()
    return row[0] if row else None


def by_id(db: Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    """The records of these notices, decoded, by their ids."""
    return dict(db.execute(_RECORDS, {"ids": ids}).fetchall())


def _name(n: int | None, name: bytes | None) -> SealedName | None:
    return SealedName(n, name) if n is not None and name is not None else None
