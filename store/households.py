"""Households: the one table of personal data. Everything else names a household by its id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.instant import Instant, to_datetime
from rules.notices import Channel
from rules.text import Language
from store.connection import Connection

_PAGE = """
SELECT estate_id, id, unit, name, phone, language, mail, chat, refused, needs FROM household
 WHERE left_at IS NULL AND (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (estate_id, id) > (%(after_estate)s, %(after_id)s)
 ORDER BY estate_id, id LIMIT %(limit)s
"""

_OF_LINK = """
SELECT estate_id, id, unit, name, phone, language, mail, chat, refused, needs FROM household
 WHERE token_hash = %(hash)s AND left_at IS NULL
"""

_CONTACTS = """
SELECT h.estate_id, h.id, h.language, h.phone, h.mail, h.chat, h.refused,
       EXISTS (SELECT FROM push_subscription p
                WHERE p.estate_id = h.estate_id AND p.household_id = h.id)
  FROM household h JOIN unnest(%(estates)s::text[], %(ids)s::text[]) AS wanted (estate_id, id)
       USING (estate_id, id)
 WHERE h.left_at IS NULL
"""

_CHANGE = """
UPDATE household SET name = %(name)s, phone = %(phone)s, mail = %(mail)s, chat = %(chat)s,
       language = %(language)s, refused = %(refused)s, needs = %(needs)s,
       needs_agreed_at = CASE WHEN %(agreed)s THEN coalesce(needs_agreed_at, %(now)s) END
 WHERE estate_id = %(estate)s AND id = %(id)s AND left_at IS NULL
RETURNING estate_id, id, unit, name, phone, language, mail, chat, refused, needs
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

_FIND = """
SELECT id, unit FROM household
 WHERE estate_id = %(estate)s AND left_at IS NULL AND strpos(lower(id), lower(%(text)s)) > 0
 ORDER BY id LIMIT %(limit)s
"""

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


Need = Literal["mobility", "medical_device", "elderly_alone", "infant"]
"""Why a household needs help first (DOMAIN section 4)."""


@dataclass(frozen=True, slots=True)
class Household:
    """`name`, `phone`, `mail` and `chat` are personal, `needs` is health data.

    Mask them unless the role needs them and it is audited. `refused` are the channels that it
    does not want for service messages and digests.
    """

    estate: str
    id: str
    unit: str | None
    name: str
    phone: str | None
    language: Language
    mail: str | None = None
    chat: str | None = None
    refused: Sequence[Channel] = ()
    needs: Sequence[Need] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """How a household is told: its language, and what its channels need to know. Personal."""

    language: Language = "zh"
    phone: str | None = None
    mail: str | None = None
    chat: str | None = None
    refused: Sequence[Channel] = ()
    has_push: bool = False


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


def contacts(
    db: Connection, households: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Contact]:
    """How each of these (estate, id) is reached; one that has left is not among the answers."""
    wanted = list(households)
    params = {"estates": [estate for estate, _ in wanted], "ids": [id_ for _, id_ in wanted]}
    rows = db.execute(_CONTACTS, params)
    return {(estate, id_): Contact(*rest) for estate, id_, *rest in rows}


def change(
    db: Connection, household: Household, *, needs_agreed: bool, now: Instant
) -> Household | None:
    """Keep these data of the household; None: there is none with this id.

    Raises psycopg.errors.CheckViolation: needs without the household's consent to keeping them.
    """
    params = {
        "estate": household.estate, "id": household.id, "name": household.name,
        "phone": household.phone, "mail": household.mail, "chat": household.chat,
        "language": household.language, "refused": list(household.refused),
        "needs": list(household.needs), "agreed": needs_agreed, "now": to_datetime(now),
    }  # fmt: skip
    row = db.execute(_CHANGE, params).fetchone()
    return Household(*row) if row else None


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


def find(db: Connection, estate_id: str, text: str, *, limit: int) -> list[tuple[str, str | None]]:
    """Id and unit of the households whose id holds `text`: no personal data."""
    params = {"estate": estate_id, "text": text, "limit": limit}
    return [(id_, unit) for id_, unit in db.execute(_FIND, params)]


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
