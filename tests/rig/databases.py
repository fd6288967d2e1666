"""Real databases for tests: one server for the session, one new database for each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import make_conninfo

from store.database.connection import connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres

EXTERNAL = "GATEHOUSE_TEST_DATABASE_URL"
"""Names a server, TimescaleDB for instance, to run the suite on instead of the embedded one."""

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""What a test database need not survive: the power cut of the whole machine."""

_TEMPLATE = "gatehouse_template"
_numbers = count(1)


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A data directory that the server's account can enter, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def first_home() -> Iterator[Path]:
    """A data directory as a first start and stop leave it, to be copied: making it takes long."""
    with temporary_home() as home:
        server = EmbeddedPostgres(home, log=Path(os.devnull), settings=FAST)
        server.start()
        server.stop()
        yield home


@contextmanager
def begun_home(first: Path) -> Iterator[Path]:
    """A data directory with an empty database in it, copied from the `first`."""
    with temporary_home() as home:
        subprocess.run(["cp", "-a", f"{first}/.", home], check=True)
        yield home


class Databases:
    """Makes and drops the databases of one server."""

    def __init__(self, server: str, *, template: str | None) -> None:
        self._server = server
        self._template = template

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """Connection string of a new database, with the schema or empty."""
        name = f"gatehouse_test_{os.getpid()}_{next(_numbers)}"
        self.create(name, template=self._template if migrated else None)
        try:
            dsn = make_conninfo(self._server, dbname=name)
            if migrated and self._template is None:
                migrate(dsn)
            yield dsn
        finally:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def create(self, name: str, *, template: str | None) -> None:
        """CREATE DATABASE from a template database, or from the server's own.

        The files are copied, which without `fsync` is several times as quick as logging each page.
        """
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )

    def _execute(self, statement: sql.Composed) -> None:
        with connect(self._server, name="tests", autocommit=True) as db:
            db.execute(statement)


@contextmanager
def databases(first: Path) -> Iterator[Databases]:
    """The session's server: the one that `GATEHOUSE_TEST_DATABASE_URL` names, or an embedded one.

    TimescaleDB's background workers hold a template open, so a named server gets its schema
    migrated into each database instead of copied.
    """
    if external := os.environ.get(EXTERNAL):
        yield Databases(external, template=None)
        return
    with begun_home(first) as home:
        server = EmbeddedPostgres(home, log=home / "postgres.log", settings=FAST)
        server.start()
        try:
            made = Databases(server.dsn("postgres"), template=_TEMPLATE)
            made.create(_TEMPLATE, template=None)
            migrate(server.dsn(_TEMPLATE))
            yield made
        finally:
            server.stop()
