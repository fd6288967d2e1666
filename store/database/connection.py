"""Connections to the database, all alike: UTC, JSON by msgspec, named in pg_stat_activity."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool

set_json_dumps(msgspec.json.encode)
set_json_loads(msgspec.json.decode)

Connection = psycopg.Connection[tuple[Any, ...]]
Pool = ConnectionPool[Connection]

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What a connection raises when the server died, restarts or cannot be reached: try again."""


def _settings(name: str) -> dict[str, Any]:
    return {
        "application_name": f"gatehouse-{name}",
        "options": "-c timezone=UTC -c datestyle=ISO",
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }


def connect(dsn: str, *, name: str, autocommit: bool = False) -> Connection:
    """One connection of the process kind `name`. Raises psycopg.OperationalError: no answer."""
    return psycopg.connect(dsn, autocommit=autocommit, **_settings(name))


@contextmanager
def pipelined(db: Connection, *, durable: bool = True) -> Iterator[None]:
    """A transaction whose statements wait for no answer but one that is asked for.

    Unless it is `durable`, it does not wait for the disk either: a server that crashes may lose it,
    until it has committed a durable one.

    `db` must be in autocommit mode. What the server refuses is raised by whoever asks for an
    answer next, at the latest at the end; then, as after any exception, nothing was committed.
    """
    try:
        with db.pipeline():
            db.execute("BEGIN")
            if not durable:
                db.execute("SET LOCAL synchronous_commit TO off")
            yield
            db.execute("COMMIT")
    except BaseException:
        if not db.closed:
            db.rollback()
        raise


def open_pool(dsn: str, *, name: str, size: int, patience_s: float = 5.0) -> Pool:
    """A pool of up to `size` connections that checks each before lending it.

    Who asks for one waits at most `patience_s` seconds, then gets psycopg_pool.PoolTimeout. No
    attempt to reconnect goes on for longer either, so that the next request tries anew instead
    of waiting out a pause that grew with the outage.
    """
    return ConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=patience_s,
        reconnect_timeout=patience_s,
        kwargs=_settings(name),
        check=ConnectionPool.check_connection,
        open=True,
        name=name,
    )
