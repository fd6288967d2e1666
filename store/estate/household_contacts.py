"""The people of households: the one table of personal data, sealed by the hub.

`household_plain` is what an older version left readable; it goes when a hub has sealed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

from rules.vocabulary.instant import Instant, to_datetime
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.database.sealed import as_column, from_column

_OF_HOUSEHOLDS = """
SELECT c.estate_id, c.household_id, c.n, c.relation, c.language, c.name, c.addresses
  FROM household_contact c
  JOIN unnest(%(estates)s::text[], %(ids)s::text[]) AS wanted (estate_id, household_id)
       USING (estate_id, household_id)
 ORDER BY c.estate_id, c.household_id, c.n
"""

_PAGE = """
SELECT c.estate_id, c.household_id, c.n, c.relation, c.language, c.name, c.addresses
  FROM household_contact c
 WHERE (c.estate_id, c.household_id, c.n) > (%(estate)s, %(household)s, %(n)s)
 ORDER BY c.estate_id, c.household_id, c.n LIMIT %(limit)s
"""

_TAKE_NUMBER = """
UPDATE household SET contacts_made = contacts_made + 1
 WHERE estate_id = %(estate)s AND id = %(household)s RETURNING contacts_made
"""

_COUNT = """
SELECT count(*) FROM household_contact
 WHERE estate_id = %(estate)s AND household_id = %(household)s
"""

_ADD = """
INSERT INTO household_contact (estate_id, household_id, n, relation, language, agreed_at,
                               name, addresses)
VALUES (%(estate)s, %(household)s, %(n)s, %(relation)s, %(language)s,
        CASE WHEN %(relation)s = 'carer' THEN %(now)s::timestamptz END,
        %(name)s, %(addresses)s)
"""

_REPLACE = """
UPDATE household_contact SET relation = %(relation)s, language = %(language)s, name = %(name)s,
       addresses = %(addresses)s,
       agreed_at = CASE WHEN %(relation)s = 'carer' THEN coalesce(agreed_at, %(now)s) END
 WHERE estate_id = %(estate)s AND household_id = %(household)s AND n = %(n)s
"""

_REMOVE = """
DELETE FROM household_contact
 WHERE estate_id = %(estate)s AND household_id = %(household)s AND n = %(n)s
"""

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('gatehouse sealing'))"

_PLAIN_IS_THERE = "SELECT to_regclass('household_plain') IS NOT NULL"

_COUNT_PLAIN = "SELECT count(*) FROM household_plain"

_TAKE_PLAIN = """
DELETE FROM household_plain WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM household_plain LIMIT %(limit)s))
RETURNING estate_id, household_id, name,
          json_build_object('phone', phone, 'mail', mail, 'chat', chat)
"""

_DROP_PLAIN = "DROP TABLE household_plain"

Relation = Literal["resident", "owner", "carer"]
"""Who a contact is to the household. An owner gets copies; a carer is told with consent."""


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Contact `n` of a household; `language` is None where it is the household's.

    `addresses` are sealed one by one, by the names of their kinds.
    """

    estate: str
    household: str
    n: int
    relation: Relation
    language: Language | None
    name: bytes | None
    addresses: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class SealedName:
    """The name of contact `n`, as lists of households show it, masked."""

    n: int
    name: bytes


@dataclass(frozen=True, slots=True)
class PlainContact:
    """What an older version kept of a household, readable."""

    estate: str
    household: str
    name: str | None
    addresses: Mapping[str, str]


def of_households(
    db: Connection, households: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[SealedContact]]:
    """The contacts of each of these (estate, household), by number."""
    wanted = list(households)
    params = {"estates": [estate for estate, _ in wanted], "ids": [id_ for _, id_ in wanted]}
    found: dict[tuple[str, str], list[SealedContact]] = {pair: [] for pair in wanted}
    for row in db.execute(_OF_HOUSEHOLDS, params):
        contact = _sealed(row)
        found[contact.estate, contact.household].append(contact)
    return found


def page(db: Connection, *, after: SealedContact | None, limit: int) -> list[SealedContact]:
    """All contacts of all households, behind `after`."""
    return _page(db, _PAGE, after, limit)


def lock_page(db: Connection, *, after: SealedContact | None, limit: int) -> list[SealedContact]:
    """As `page`, and nobody else changes these contacts until the transaction ends."""
    return _page(db, _PAGE + " FOR UPDATE", after, limit)


def take_number(db: Connection, *, estate: str, household: str) -> int:
    """A number for a new contact of a household that exists, which is locked."""
    row = db.execute(_TAKE_NUMBER, {"estate": estate, "household": household}).fetchone()
    assert row is not None
    return int(row[0])


def count(db: Connection, *, estate: str, household: str) -> int:
    """How many contacts the household has."""
    row = db.execute(_COUNT, {"estate": estate, "household": household}).fetchone()
    assert row is not None
    return int(row[0])


def add(db: Connection, contact: SealedContact, *, now: Instant) -> None:
    """Keep a new contact under a number that was taken for it."""
    db.execute(_ADD, _params(contact, now))


def replace(db: Connection, contact: SealedContact, *, now: Instant) -> bool:
    """Keep this in place of what contact `n` was; whether there was one."""
    return db.execute(_REPLACE, _params(contact, now)).rowcount == 1


def remove(db: Connection, *, estate: str, household: str, n: int) -> bool:
    """Erase the contact; whether there was one."""
    params = {"estate": estate, "household": household, "n": n}
    return db.execute(_REMOVE, params).rowcount == 1


def lock_sealing(db: Connection) -> None:
    """Until the transaction ends, only this one seals what is stored."""
    db.execute(_LOCK)


def plain_left(db: Connection) -> int | None:
    """How many contacts an older version left readable; None where that is done with."""
    row = db.execute(_PLAIN_IS_THERE).fetchone()
    if row is None or not row[0]:
        return None
    counted = db.execute(_COUNT_PLAIN).fetchone()
    assert counted is not None
    return int(counted[0])


def take_plain(db: Connection, *, limit: int) -> list[PlainContact]:
    """Remove and give contacts that an older version left readable."""
    return [
        PlainContact(estate, household, name, {k: v for k, v in addresses.items() if v})
        for estate, household, name, addresses in db.execute(_TAKE_PLAIN, {"limit": limit})
    ]


def drop_plain(db: Connection) -> None:
    """Be done with what older versions left; its file goes too."""
    db.execute(_DROP_PLAIN)


def _page(
    db: Connection, query: LiteralString, after: SealedContact | None, limit: int
) -> list[SealedContact]:
    behind = (after.estate, after.household, after.n) if after else ("", "", 0)
    params = {"estate": behind[0], "household": behind[1], "n": behind[2], "limit": limit}
    return [_sealed(row) for row in db.execute(query, params)]


def _sealed(row: Sequence[Any]) -> SealedContact:
    estate, household, n, relation, language, name, addresses = row
    return SealedContact(estate, household, n, relation, language, name, from_column(addresses))


def _params(contact: SealedContact, now: Instant) -> dict[str, object]:
    return {
        "estate": contact.estate, "household": contact.household, "n": contact.n,
        "relation": contact.relation, "language": contact.language, "name": contact.name,
        "addresses": as_column(contact.addresses), "now": to_datetime(now),
    }  # fmt: skip
