"""Pages of records, newest first, each page beginning after the last row of the one before.

A position in the order, unlike an offset, neither repeats nor skips a row when new ones arrive.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from msgspec import Raw

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection


@dataclass(frozen=True, slots=True)
class Position:
    """The last row that was given: its time, and its id where times are equal."""

    at: Instant
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Records as JSON, and where the next page begins; None where there is none."""

    items: list[Raw]
    next: Position | None


def page(
    db: Connection,
    query: LiteralString,
    params: dict[str, Any],
    *,
    after: Position | None,
    limit: int,
) -> Page:
    """Run `query`, which gives (time, id, record as text) below (%(at)s, %(id)s), newest first."""
    below = (to_datetime(after.at), after.id) if after else ("infinity", "")
    rows = db.execute(
        query, {**params, "at": below[0], "id": below[1], "limit": limit + 1}
    ).fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=[Raw(record.encode()) for _, _, record in rows[:limit]],
        next=Position(from_datetime(last[0]), last[1]) if last else None,
    )
