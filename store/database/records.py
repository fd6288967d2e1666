"""Current-state records as the JSON that their events wrote, handed on without decoding."""

from typing import Any, LiteralString

from msgspec import Raw

from store.database.connection import Connection


def many(db: Connection, query: LiteralString, params: dict[str, Any] | None = None) -> list[Raw]:
    """Every row of `query`, whose one column is the record as text."""
    return [Raw(record.encode()) for (record,) in db.execute(query, params)]


def one(db: Connection, query: LiteralString, params: dict[str, Any]) -> Raw | None:
    """The first row of `query`, whose one column is the record as text."""
    row = db.execute(query, params).fetchone()
    return Raw(row[0].encode()) if row else None


def estate(db: Connection, query: LiteralString, params: dict[str, Any]) -> str | None:
    """The estate that `query` finds for a record; None where the record does not exist."""
    row = db.execute(query, params).fetchone()
    return str(row[0]) if row else None
