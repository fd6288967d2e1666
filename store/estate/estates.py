"""Estates and the versions of their graphs."""

from dataclasses import dataclass
from typing import Any

import msgspec

from rules.vocabulary.instant import Instant, to_datetime
from rules.vocabulary.text import Text
from store.database.connection import Connection

CHANNEL = "gatehouse_estate"
"""Notified at commit with the id of an estate whose graph changed."""

_ALL = "SELECT id, name, timezone FROM estate ORDER BY id"

_KNOWN = "SELECT id FROM estate WHERE id = %(id)s"

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('estate ' || %(id)s, 0))"

_SAVE = """
INSERT INTO estate (id, name, timezone, created_at)
VALUES (%(id)s, %(name)s::jsonb, %(timezone)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, timezone = excluded.timezone
"""

_LANES = """
INSERT INTO inbox_head (estate_id, lane) SELECT %(id)s, generate_series(0, 2)
ON CONFLICT DO NOTHING
"""

_LATEST = """
SELECT version, body FROM estate_version WHERE estate_id = %(id)s ORDER BY version DESC LIMIT 1
"""

_BUILDING_NAME = """
SELECT building->'name' FROM
    (SELECT body FROM estate_version
      WHERE estate_id = %(id)s ORDER BY version DESC LIMIT 1) latest
 CROSS JOIN LATERAL json_array_elements(latest.body->'buildings') AS building
 WHERE building->>'id' = %(building)s
"""

_ADD_VERSION = """
INSERT INTO estate_version (estate_id, version, body, created_at, created_by)
VALUES (%(id)s, %(version)s, %(body)s::json, %(now)s, %(by)s)
"""

_ANNOUNCE = "SELECT pg_notify(%(channel)s, %(id)s)"


@dataclass(frozen=True, slots=True)
class Estate:
    """One property as lists show it."""

    id: str
    name: Text
    timezone: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an estate's graph in the form of its file."""

    number: int
    body: dict[str, Any]


def all_(db: Connection) -> list[Estate]:
    return [Estate(id_, Text(**name), timezone) for id_, name, timezone in db.execute(_ALL)]


def known(db: Connection, estate_id: str) -> str | None:
    """`estate_id` itself; None where there is no such estate."""
    row = db.execute(_KNOWN, {"id": estate_id}).fetchone()
    return row[0] if row else None


def lock(db: Connection, estate_id: str) -> None:
    """Let one importer at a time change this estate, known or not, until the transaction ends."""
    db.execute(_LOCK, {"id": estate_id})


def save(db: Connection, estate: Estate, *, now: Instant) -> None:
    """Add the estate, with its inbox lanes, or rename it."""
    params = {"id": estate.id, "timezone": estate.timezone, "now": to_datetime(now)}
    db.execute(_SAVE, {**params, "name": msgspec.json.encode(estate.name).decode()})
    db.execute(_LANES, {"id": estate.id})


def latest(db: Connection, estate_id: str) -> Version | None:
    """The graph in force; None for an estate that was never imported."""
    row = db.execute(_LATEST, {"id": estate_id}).fetchone()
    return Version(*row) if row else None


def building_name(db: Connection, estate_id: str, building: str) -> Text | None:
    """What people call the building, by the graph in force."""
    row = db.execute(_BUILDING_NAME, {"id": estate_id, "building": building}).fetchone()
    return Text(**row[0]) if row else None


def add_version(db: Connection, estate_id: str, version: Version, *, by: str, now: Instant) -> None:
    """Keep a new version and announce it at commit."""
    body = msgspec.json.encode(version.body).decode()
    params = {"id": estate_id, "version": version.number, "by": by, "now": to_datetime(now)}
    db.execute(_ADD_VERSION, {**params, "body": body})
    db.execute(_ANNOUNCE, {"channel": CHANNEL, "id": estate_id})
