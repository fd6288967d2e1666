"""Versions of an estate's rules, plans and messages: the whole, and each part's own history."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection

_LATEST = """
SELECT version, body::text, shipped, edited, created_at, created_by, reason FROM rulebook
 WHERE estate_id = %(estate)s ORDER BY version DESC LIMIT 1
"""

_NEWEST_NUMBER = "SELECT max(version) FROM rulebook WHERE estate_id = %(estate)s"

_ADD = """
INSERT INTO rulebook (estate_id, version, body, shipped, edited, created_at, created_by, reason)
VALUES (%(estate)s, %(version)s, %(body)s::json, %(shipped)s, %(edited)s, %(at)s, %(by)s,
        %(reason)s)
"""

_USED = """
SELECT part, max(version) FROM rulebook_part WHERE estate_id = %(estate)s GROUP BY part
"""

_ADD_PART = """
INSERT INTO rulebook_part (estate_id, part, version, rulebook, words)
VALUES (%(estate)s, %(part)s, %(version)s, %(rulebook)s, %(words)s)
"""

_HISTORY = """
SELECT p.version, p.rulebook, p.words, r.created_at, r.created_by, r.reason
  FROM rulebook_part p JOIN rulebook r ON r.estate_id = p.estate_id AND r.version = p.rulebook
 WHERE p.estate_id = %(estate)s AND p.part = %(part)s ORDER BY p.version DESC
"""

_NEWEST = """
SELECT DISTINCT ON (p.part)
       p.part, p.version, p.rulebook, p.words, r.created_at, r.created_by, r.reason
  FROM rulebook_part p JOIN rulebook r ON r.estate_id = p.estate_id AND r.version = p.rulebook
 WHERE p.estate_id = %(estate)s ORDER BY p.part, p.version DESC
"""

# A watch that failed is told of once; the rule's next version starts it afresh.
_SET_ASIDE = """
SELECT record->>'id', max(at) FROM event
 WHERE estate_id = %(estate)s AND kind = 'system.alarm' GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Version:
    """The whole at one version. `shipped` is the hash of the catalogue that it was made from."""

    number: int
    body: dict[str, Any]
    shipped: str
    edited: frozenset[str]
    created_at: Instant
    created_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PartVersion:
    """One version of one part, such as `rule/leak`; without `words` it was taken out."""

    number: int
    rulebook: int
    words: str | None
    created_at: Instant
    created_by: str
    reason: str


def latest(db: Connection, estate: str) -> Version | None:
    """The rules in force; None before an engine first had the estate."""
    row = db.execute(_LATEST, {"estate": estate}).fetchone()
    if row is None:
        return None
    number, body, shipped, edited, created_at, by, reason = row
    data = msgspec.json.decode(body)
    return Version(number, data, shipped, frozenset(edited), from_datetime(created_at), by, reason)


def newest_number(db: Connection, estate: str) -> int:
    """The number of the version in force; 0 before an engine first had the estate."""
    row = db.execute(_NEWEST_NUMBER, {"estate": estate}).fetchone()
    return int(row[0] or 0) if row else 0


def used(db: Connection, estate: str) -> dict[str, int]:
    """The highest number that each part ever had."""
    return dict(db.execute(_USED, {"estate": estate}).fetchall())


def add(
    db: Connection, estate: str, version: Version, changed: Iterable[tuple[str, int, str | None]]
) -> None:
    """Keep a new version; `changed` are its new parts: key, number, words."""
    db.execute(
        _ADD,
        {
            "estate": estate,
            "version": version.number,
            "body": msgspec.json.encode(version.body).decode(),
            "shipped": version.shipped,
            "edited": sorted(version.edited),
            "at": to_datetime(version.created_at),
            "by": version.created_by,
            "reason": version.reason,
        },
    )
    rows = [
        {"estate": estate, "part": part, "version": number, "rulebook": version.number,
         "words": words}
        for part, number, words in changed
    ]  # fmt: skip
    with db.cursor() as cursor:
        cursor.executemany(_ADD_PART, rows)


def history(db: Connection, estate: str, part: str) -> list[PartVersion]:
    """All versions of a part, the newest first."""
    rows = db.execute(_HISTORY, {"estate": estate, "part": part})
    return [_part_version(*row) for row in rows]


def newest(db: Connection, estate: str) -> dict[str, PartVersion]:
    """The newest version of every part that there ever was."""
    rows = db.execute(_NEWEST, {"estate": estate})
    return {part: _part_version(*row) for part, *row in rows}


def set_aside(db: Connection, estate: str) -> dict[str, Instant]:
    """By `rule/device`, when it was last told that the rule failed there; and other such alarms."""
    rows = db.execute(_SET_ASIDE, {"estate": estate})
    return {name: from_datetime(at) for name, at in rows}


def _part_version(
    number: int, rulebook: int, words: str | None, created_at: Any, by: str, reason: str
) -> PartVersion:
    return PartVersion(number, rulebook, words, from_datetime(created_at), by, reason)
