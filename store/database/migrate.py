"""Numbered, forward-only migrations, run once each under one lock.

`NNNN_name.sql` runs everywhere; `NNNN_name.timescale.sql` or `NNNN_name.plain.sql` follows it,
whichever the database is. This is the one module that knows the difference.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

from psycopg import sql

from store.database.connection import Connection, connect
from store.database.errors import StoreError

_LOCK = 0x6761_7465  # "gate"
_TIMESCALE_MINIMUM = (2, 20)
_POSTGRES_MINIMUM = 150000


class DatabaseTooOld(StoreError):
    """The server is older than the schema needs."""


class SchemaTooNew(StoreError):
    """The database was migrated by a later version of the program."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """`storage` names the engine in use, such as `PostgreSQL 18.6`; `applied` what ran now."""

    storage: str
    applied: tuple[str, ...]


def migrate(dsn: str) -> MigrationReport:
    """Bring the schema up to date; safe to call from several processes at once.

    Raises DatabaseTooOld: PostgreSQL below 15 or TimescaleDB below 2.20.
    Raises SchemaTooNew: the database knows a migration that this version does not.
    """
    with connect(dsn, name="migrate", autocommit=True) as db:
        db.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        timescale = _prepare_timescale(db)
        done = _applied(db)
        known = _migrations()
        if unknown := done - {number for number, _ in known}:
            raise SchemaTooNew(
                f"schema has migration {max(unknown)}, this version knows up to "
                f"{known[-1][0]}: start the newer version, or restore a backup made before it"
            )
        applied = []
        for number, name in known:
            if number not in done:
                _apply(db, number, name, timescale=timescale)
                applied.append(name)
        return MigrationReport(storage=storage(db), applied=tuple(applied))


def has_timescale(db: Connection) -> bool:
    """Whether this database runs TimescaleDB."""
    found = db.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    return found is not None


def is_current(db: Connection) -> bool:
    """Whether the schema is exactly the one that this version knows."""
    row = db.execute("SELECT to_regclass('migration') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return False
    applied = {number for (number,) in db.execute("SELECT number FROM migration")}
    return applied == {number for number, _ in _migrations()}


def storage(db: Connection) -> str:
    """What stores the readings, for a person: `TimescaleDB 2.28.3 on PostgreSQL 17.5`."""
    row = db.execute(
        "SELECT current_setting('server_version'),"
        " (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb')"
    ).fetchone()
    assert row is not None
    postgres = f"PostgreSQL {row[0].split()[0]}"
    return f"TimescaleDB {row[1]} on {postgres}" if row[1] else postgres


def _prepare_timescale(db: Connection) -> bool:
    if db.info.server_version < _POSTGRES_MINIMUM:
        raise DatabaseTooOld(
            f"PostgreSQL {db.info.server_version // 10000} is too old: use 15 or later"
        )
    available = db.execute(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb'"
    ).fetchone()
    preloaded = db.execute(
        "SELECT current_setting('shared_preload_libraries') LIKE '%timescaledb%'"
    ).fetchone()
    if available is None or preloaded is None or not preloaded[0]:
        return has_timescale(db)
    db.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    row = db.execute("SELECT extversion FROM pg_extension WHERE extname='timescaledb'").fetchone()
    assert row is not None
    if tuple(int(part) for part in re.findall(r"\d+", row[0])[:2]) < _TIMESCALE_MINIMUM:
        raise DatabaseTooOld(f"TimescaleDB {row[0]} is too old: use 2.20 or later")
    return True


def _applied(db: Connection) -> set[int]:
    db.execute(
        "CREATE TABLE IF NOT EXISTS migration"
        " (number int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)"
    )
    return {row[0] for row in db.execute("SELECT number FROM migration")}


def _migrations() -> list[tuple[int, str]]:
    names = sorted(f.name for f in files("store.schema").iterdir() if f.name.endswith(".sql"))
    return [(int(n[:4]), n[:-4]) for n in names if n.count(".") == 1]


def _apply(db: Connection, number: int, name: str, *, timescale: bool) -> None:
    half = files("store.schema") / f"{name}.{'timescale' if timescale else 'plain'}.sql"
    with db.transaction():
        db.execute(sql.SQL((files("store.schema") / f"{name}.sql").read_text()))
        if half.is_file():
            db.execute(sql.SQL(half.read_text()))
        db.execute("INSERT INTO migration VALUES (%s, %s, now())", (number, name))
