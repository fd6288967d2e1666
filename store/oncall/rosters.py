"""Versions of an estate's duty roster."""

from dataclasses import dataclass
from typing import Any

import msgspec

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection

_VERSIONS = """
SELECT version, body::text, created_at, created_by, reason FROM roster_version
 WHERE estate_id = %(estate)s ORDER BY version DESC LIMIT %(limit)s
"""

_ONE = """
SELECT version, body::text, created_at, created_by, reason FROM roster_version
 WHERE estate_id = %(estate)s AND version = %(version)s
"""

_ADD = """
INSERT INTO roster_version (estate_id, version, body, created_at, created_by, reason)
VALUES (%(estate)s, %(version)s, %(body)s::json, %(at)s, %(by)s, %(reason)s)
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A roster in the form of `rules.records.rosters.RosterFile`; who made it, when and why."""

    number: int
    body: dict[str, Any]
    created_at: Instant
    created_by: str
    reason: str


def latest(db: Connection, estate: str) -> Version | None:
    """The roster in force; None for an estate that never had one."""
    found = versions(db, estate, limit=1)
    return found[0] if found else None


def versions(db: Connection, estate: str, *, limit: int) -> list[Version]:
    """The newest versions, the newest first."""
    return [_version(row) for row in db.execute(_VERSIONS, {"estate": estate, "limit": limit})]


def one(db: Connection, estate: str, number: int) -> Version | None:
    """The roster as it was at a version."""
    row = db.execute(_ONE, {"estate": estate, "version": number}).fetchone()
    return _version(row) if row else None


def add(db: Connection, estate: str, version: Version) -> None:
    """Keep a new version."""
    body = msgspec.json.encode(version.body).decode()
    params = {"version": version.number, "body": body, "at": to_datetime(version.created_at)}
    more = {"estate": estate, "by": version.created_by, "reason": version.reason}
    db.execute(_ADD, {**params, **more})


def _version(row: tuple[Any, ...]) -> Version:
    number, body, created_at, by, reason = row
    return Version(number, msgspec.json.decode(body), from_datetime(created_at), by, reason)
