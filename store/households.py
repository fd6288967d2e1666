"""Households: the one table of personal data. Everything else names a household by its id."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.instant import Instant, to_datetime
from rules.text import Language
from store.connection import Connection

_PAGE = """
SELECT estate_id, id, unit, name, phone, language FROM household
 WHERE left_at IS NULL AND (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (estate_id, id) > (%(after_estate)s, %(after_id)s)
 ORDER BY estate_id, id LIMIT %(limit)s
"""

_OF_LINK = """
SELECT estate_id, id, unit, name, phone, language FROM household
 WHERE token_hash = %(hash)s AND left_at IS NULL
"""

_LANGUAGES = """
SELECT id, language FROM household WHERE estate_id = %(estate)s AND id = ANY(%(ids)s)
"""

_GENERATION = """
SELECT token_generation FROM household
 WHERE estate_id = %(estate)s AND id = %(id)s AND left_at IS NULL FOR UPDATE
"""

_SET_LINK = """
UPDATE household SET token_hash = %(hash)s, token_generation = %(generation)s
 WHERE estate_id = %(estate)s AND id = %(id)s
"""

_PRESENT = "SELECT id FROM household WHERE estate_id = %(estate)s AND left_at IS NULL"

_ADD = """
INSERT INTO household (estate_id, id, unit, name)
SELECT %(estate)s, id, nullif(unit, ''), name
  FROM unnest(%(ids)s::text[], %(units)s::text[], %(names)s::text[]) AS new (id, unit, name)
ON CONFLICT (estate_id, id) DO UPDATE SET unit = excluded.unit, left_at = NULL
"""

_LEAVE = """
UPDATE household SET left_at = %(now)s, token_hash = NULL
 WHERE estate_id = %(estate)s AND left_at IS NULL AND NOT id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Household:
    """`name` and `phone` are personal: mask them unless the role needs them and it is audited."""

    estate: str
    id: str
    unit: str | None
    name: str
    phone: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household of the estate's graph; `unit` is None for one that only rents a bay."""

    id: str
    unit: str | None
    name: str


def page(
    db: Connection, *, estate: str | None, after: tuple[str, str] | None, limit: int
) -> list[Household]:
    """Households by estate and id, behind `after` (estate, id)."""
    behind = after or ("", "")
    params = {
        "estate": estate,
        "after_estate": behind[0],
        "after_id": behind[1],
        "limit": limit,
    }
    return [Household(*row) for row in db.execute(_PAGE, params)]


def by_token(db: Connection, token_hash: bytes) -> Household | None:
    """Whose page this token opens."""
    row = db.execute(_OF_LINK, {"hash": token_hash}).fetchone()
    return Household(*row) if row else None


def languages(db: Connection, estate_id: str, ids: Iterable[str]) -> dict[str, Language]:
    """Which language each household reads."""
    return dict(db.execute(_LANGUAGES, {"estate": estate_id, "ids": list(ids)}).fetchall())


def lock_generation(db: Connection, *, estate_id: str, household_id: str) -> int | None:
    """The generation of the household's link, locked for the transaction; None: unknown."""
    row = db.execute(_GENERATION, {"estate": estate_id, "id": household_id}).fetchone()
    return int(row[0]) if row else None


def set_token(
    db: Connection, token_hash: bytes, generation: int, *, estate_id: str, household_id: str
) -> None:
    """Make this the one token that opens the household's page."""
    params = {"estate": estate_id, "id": household_id}
    db.execute(_SET_LINK, {**params, "hash": token_hash, "generation": generation})


def present(db: Connection, estate_id: str) -> set[str]:
    """Ids of the households that the estate has now."""
    return {id_ for (id_,) in db.execute(_PRESENT, {"estate": estate_id})}


def replace_all(
    db: Connection, estate_id: str, households: list[NewHousehold], *, now: Instant
) -> None:
    """Make these the estate's households.

    A known one keeps its personal data; one that is gone is marked as left, and its link dies.
    """
    params = {
        "estate": estate_id,
        "ids": [h.id for h in households],
        "units": [h.unit or "" for h in households],
        "names": [h.name for h in households],
        "now": to_datetime(now),
    }
    db.execute(_ADD, params)
    db.execute(_LEAVE, params)
