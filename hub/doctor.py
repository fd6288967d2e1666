"""Checks an installation and names the remedy for each fault."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hub.addresses import recorded
from hub.settings import HubSettings
from hub.up import answers
from store.connection import connect
from store.data_directory import MINIMUM_FREE_BYTES
from store.embedded_errors import NotRunning
from store.migrate import is_current, storage


@dataclass(frozen=True)
class Finding:
    """What was looked at; `remedy` is None where nothing is wrong."""

    what: str
    remedy: str | None = None


def examine(home: Path, database_url: Callable[[], str]) -> list[Finding]:
    """Look at the disk, the database, its schema and the console."""
    return [_disk(home), *_database(database_url), _console(home)]


def _disk(home: Path) -> Finding:
    folder = next(part for part in (home, *home.parents) if part.exists())
    free = shutil.disk_usage(folder).free
    what = f"disk of {home}: {free // 2**20} MiB free"
    if free >= MINIMUM_FREE_BYTES:
        return Finding(what)
    return Finding(what, f"make room for {MINIMUM_FREE_BYTES // 2**20} MiB, or use another --data")


def _database(database_url: Callable[[], str]) -> list[Finding]:
    try:
        with connect(database_url(), name="doctor") as db:
            remedy = None if is_current(db) else "bring it up to date with `gatehouse migrate`"
            state = "current" if remedy is None else "not the one of this version"
            return [Finding(f"database: {storage(db)}"), Finding(f"schema: {state}", remedy)]
    except NotRunning as reason:
        return [Finding("database: none", str(reason))]
    except psycopg.OperationalError as reason:
        return [
            Finding(
                f"database: {str(reason).strip().splitlines()[0]}",
                "start it, or correct GATEHOUSE_DATABASE_URL",
            )
        ]


def _console(home: Path) -> Finding:
    settings, addresses = HubSettings(), recorded(home)
    own = settings.model_fields_set & {"http_host", "http_port", "public_url"}
    base = settings.base_url if own or addresses is None else addresses.console
    if answers(f"{base}/readyz"):
        return Finding(f"console: {base} answers")
    return Finding(
        f"console: {base} does not answer",
        "start it with `gatehouse up` or `gatehouse hub`; is GATEHOUSE_HTTP_PORT its port?",
    )
