"""Households: what each has agreed to and refused, and the link to its page.

Who they are is in `store.estate.household_contacts`, sealed. Everything else names a household by
its id.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.records.notices import Channel
from rules.vocabulary.instant import Instant, to_datetime
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.estate.household_contacts import Relation

_PAGE = """
SELECT estate_id, id, unit, language, refused, needs, sms_agreed_at, sms_agreed_how
  FROM household
 WHERE left_at IS NULL AND (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(text)s::text IS NULL OR strpos(lower(id), lower(%(text)s)) > 0)
   AND (estate_id, id) > (%(after_estate)s, %(after_id)s)
 ORDER BY estate_id, id LIMIT %(limit)s
"""

_ONE = """
SELECT estate_id, id, unit, language, refused, needs, sms_agreed_at, sms_agreed_how
  FROM household
 WHERE estate_id = %(estate)s AND id = %(id)s AND left_at IS NULL
"""

_OF_LINK = """
SELECT estate_id, id, unit, language, refused, needs, sms_agreed_at, sms_agreed_how
  FROM household
 WHERE token_hash = %(hash)s AND left_at IS NULL
"""

_REACHES = """
SELECT h.estate_id, h.id, h.language, h.refused, h.needs, h.sms_agreed_at IS NOT NULL,
       EXISTS (SELECT FROM push_subscription p
                WHERE p.estate_id = h.estate_id AND p.household_id = h.id)
  FROM household h JOIN unnest(%(estates)s::text[], %(ids)s::text[]) AS wanted (estate_id, id)
       USING (estate_id, id)
 WHERE h.left_at IS NULL
"""

_REACHABLE = """
SELECT estate_id, household_id, n, relation, ARRAY(SELECT jsonb_object_keys(addresses))
  FROM household_contact
  JOIN unnest(%(estates)s::text[], %(ids)s::text[]) AS wanted (estate_id, household_id)
       USING (estate_id, household_id)
 ORDER BY estate_id, household_id, n
"""

_CHANGE = """
UPDATE household SET language = %(language)s, refused = %(refused)s,
       needs = coalesce(%(needs)s::text[], needs),
       needs_agreed_at = CASE WHEN %(needs)s::text[] IS NULL THEN needs_agreed_at
                              WHEN %(agreed)s THEN coalesce(needs_agreed_at, %(now)s) END,
       sms_agreed_how = %(sms)s::text,
       sms_agreed_at = CASE WHEN %(sms)s::text IS NOT NULL
                            THEN coalesce(sms_agreed_at, %(now)s) END
 WHERE estate_id = %(estate)s AND id = %(id)s AND left_at IS NULL
RETURNING estate_id, id, unit, language, refused, needs, sms_agreed_at, sms_agreed_how
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
INSERT INTO household (estate_id, id, unit)
SELECT %(estate)s, id, nullif(unit, '')
  FROM unnest(%(ids)s::text[], %(units)s::text[]) AS new (id, unit)
ON CONFLICT (estate_id, id) DO UPDATE SET unit = excluded.unit, left_at = NULL
"""

_LEAVE = """
UPDATE household SET left_at = %(now)s, token_hash = NULL
 WHERE estate_id = %(estate)s AND left_at IS NULL AND NOT id = ANY(%(ids)s)
"""


Need = Literal["mobility", "medical_device", "elderly_alone", "infant"]
"""Why a household needs help first (DOMAIN section 4)."""

Agreed = Literal["in_writing", "by_phone", "in_person"]
"""How a household agreed to something."""


@dataclass(frozen=True, slots=True)
class Household:
    """`needs` is health data: mask it unless the role needs it and it is audited.

    `refused` are the channels that it does not want for service messages and digests;
    `sms_agreed_at` and `sms_agreed_how` say that it wants them by SMS (MIIT Order 31).
    """

    estate: str
    id: str
    unit: str | None
    language: Language
    refused: Sequence[Channel] = ()
    needs: Sequence[Need] = ()
    sms_agreed_at: datetime | None = None
    sms_agreed_how: Agreed | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a household chose. `needs` None: they stay; `sms_agreed` None: it does not agree."""

    language: Language
    refused: Sequence[Channel]
    needs: Sequence[Need] | None
    needs_agreed: bool
    sms_agreed: Agreed | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """What kinds of address a contact has, without saying them."""

    n: int
    relation: Relation
    addresses: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How a household may be told. Nothing in it is sealed."""

    language: Language = "zh"
    refused: Sequence[Channel] = ()
    needs: Sequence[Need] = ()
    sms_agreed: bool = False
    has_push: bool = False
    contacts: Sequence[Reachable] = ()


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household of the estate's graph; `unit` is None for one that only rents a bay."""

    id: str
    unit: str | None


def page(
    db: Connection,
    *,
    estate: str | None,
    search: str | None = None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Household]:
    """Households by estate and id whose id holds `search`, behind `after` (estate, id)."""
    behind = after or ("", "")
    params = {
        "estate": estate,
        "text": search,
        "after_estate": behind[0],
        "after_id": behind[1],
        "limit": limit,
    }
    return [Household(*row) for row in db.execute(_PAGE, params)]


def one(db: Connection, *, estate: str, household: str) -> Household | None:
    """The household; None: there is none with this id."""
    row = db.execute(_ONE, {"estate": estate, "id": household}).fetchone()
    return Household(*row) if row else None


def by_token(db: Connection, token_hash: bytes) -> Household | None:
    """Whose page this token opens."""
    row = db.execute(_OF_LINK, {"hash": token_hash}).fetchone()
    return Household(*row) if row else None


def reaches(db: Connection, households: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Reach]:
    """How each of these (estate, id) is reached; one that has left is not among the answers."""
    wanted = list(households)
    params = {"estates": [estate for estate, _ in wanted], "ids": [id_ for _, id_ in wanted]}
    contacts: dict[tuple[str, str], list[Reachable]] = {}
    for estate, id_, *rest in db.execute(_REACHABLE, params):
        contacts.setdefault((estate, id_), []).append(Reachable(*rest))
    return {
        (estate, id_): Reach(
            language, refused, needs, agreed, push, contacts.get((estate, id_), ())
        )
        for estate, id_, language, refused, needs, agreed, push in db.execute(_REACHES, params)
    }


def change(
    db: Connection, choices: Choices, *, estate: str, household: str, now: Instant
) -> Household | None:
    """Keep these choices; None: there is no such household. A consent that stands keeps its time.

    Raises psycopg.errors.CheckViolation: needs without the household's consent to keeping them.
    """
    params = {
        "estate": estate, "id": household, "language": choices.language,
        "refused": list(choices.refused),
        "needs": None if choices.needs is None else list(choices.needs),
        "agreed": choices.needs_agreed, "sms": choices.sms_agreed, "now": to_datetime(now),
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

    A known one keeps its contacts; one that is gone is marked as left, and its link dies.
    """
    params = {
        "estate": estate_id,
        "ids": [h.id for h in households],
        "units": [h.unit or "" for h in households],
        "now": to_datetime(now),
    }
    db.execute(_ADD, params)
    db.execute(_LEAVE, params)
