"""An embedded PostgreSQL server: started, watched and stopped as a child of this process.

The caller holds the data directory's lock (`store.embedded.data_directory.locked`).
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import psycopg

from store.database.connection import connect
from store.embedded.binaries import binaries, run_as, server_account
from store.embedded.cluster import ENVIRONMENT, Cluster, cluster_of, open_or_make
from store.embedded.errors import NotRunning
from store.embedded.failure import failure_of, is_passing
from store.embedded.orphans import die_with_parent

DATABASE = "gatehouse"
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        "password_encryption": "scram-sha-256",
        "log_timezone": "UTC",
        "timezone": "UTC",
        "jit": "off",
    }
)
"""What differs from PostgreSQL's defaults; `fsync` and `synchronous_commit` stay on."""

_READY_WITHIN_S = 300.0  # recovery after a crash reads the write-ahead log first
_RETRY_WITHIN_S = 30.0
_POLL_S = 0.05
_STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


class EmbeddedPostgres:
    """The server of the data directory `home`. Start it from a thread that lasts.

    `settings` override `SETTINGS`. `log` receives what the server writes. `port` 0 is any free
    TCP port; it stays the same when the server is started again.
    """

    def __init__(
        self, home: Path, *, log: Path, settings: Mapping[str, str] | None = None, port: int = 0
    ) -> None:
        self._home = home
        self._log = log
        self._settings = {**SETTINGS, **(settings or {})}
        self._account = server_account()
        self._port = port
        self._cluster: Cluster | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The server's TCP port on 127.0.0.1."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The server's process, while there is one."""
        return self._process.pid if self._process is not None else None

    @property
    def data(self) -> Path:
        """Where the database's files really are; for root that may be outside `home`."""
        return cluster_of(self._home).data

    def dsn(self, database: str = DATABASE) -> str:
        """Connection string of a database. Raises NotRunning: the server was never started."""
        if self._cluster is None:
            raise NotRunning(f"no PostgreSQL was started on {self._home}: call start() first")
        return self._cluster.dsn(self._port, database)

    def start(self) -> None:
        """Start the server, recover what a crash left, and return when it answers.

        Raises EmbeddedError: one leaf per cause, see `store.embedded.errors`.
        """
        programs = binaries(self._account)
        self._cluster = cluster = open_or_make(self._home, programs, self._account)
        _stop_leftover(cluster.data)
        self._port = self._port or _free_port()
        deadline = time.monotonic() + _RETRY_WITHIN_S
        while output := self._launch(cluster, programs):
            if not is_passing(output) or time.monotonic() > deadline:
                raise failure_of(output, cluster.data, self._port, self._log)
            time.sleep(_POLL_S)
        _make_database(self)

    def poll(self) -> int | None:
        """The exit code of a server that ended; None while it runs."""
        return self._process.poll() if self._process is not None else 0

    def stop(self) -> None:
        """Disconnect the clients, write everything down and end; by force if that takes long."""
        if self._process is None:
            return
        for step, patience_s in _STOP_STEPS:
            if self._process.poll() is None:
                self._process.send_signal(step)
                try:
                    self._process.wait(patience_s)
                except subprocess.TimeoutExpired:
                    continue
            break
        self._process = None

    def _launch(self, cluster: Cluster, programs: Path) -> str:
        """Start the process. Returns its last words if it ended, nothing once it is ready."""
        settings = {
            **self._settings,
            "port": str(self._port),
            "unix_socket_directories": str(cluster.socket_folder(self._port) or ""),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            begun_at = log.tell()
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", cluster.data, *options],
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **run_as(self._account),
            )
        deadline = time.monotonic() + _READY_WITHIN_S
        while self._process.poll() is None:
            if _is_ready(cluster.data, self._process.pid):
                return ""
            if time.monotonic() > deadline:
                self.stop()
                return f"FATAL:  not ready after {_READY_WITHIN_S:.0f} s"
            time.sleep(_POLL_S)
        with self._log.open("rb") as log:
            log.seek(begun_at)
            return log.read().decode(errors="replace") or "FATAL:  it ended without a word"


@contextmanager
def running(
    home: Path, *, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[EmbeddedPostgres]:
    """A server for the length of a block."""
    server = EmbeddedPostgres(home, log=log, settings=settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def running_dsn(home: Path) -> str:
    """Connection string of the server that runs on the data directory `home`.

    Raises NotRunning: there is none.
    """
    cluster = cluster_of(home)
    pidfile = _pidfile(cluster.data)
    if pidfile is None or not _is_postmaster(int(pidfile[0]), cluster.data):
        raise NotRunning(
            f"no Gatehouse runs on {home}: start it with `gatehouse up`, "
            "name its folder with --data, or set GATEHOUSE_DATABASE_URL"
        )
    return cluster.dsn(int(pidfile[3]), DATABASE)


def _make_database(server: EmbeddedPostgres) -> None:
    with connect(server.dsn("postgres"), name="embedded", autocommit=True) as db:
        row = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if row is None:
            db.execute(
                psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(DATABASE))
            )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _pidfile(data: Path) -> list[str] | None:
    """The lines of `postmaster.pid`: 0 the process, 3 the port, 7 the state; None: no server."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return lines if len(lines) >= 4 else None


def _is_ready(data: Path, pid: int) -> bool:
    lines = _pidfile(data)
    return (
        lines is not None
        and len(lines) >= 8
        and lines[0] == str(pid)
        and lines[7].strip() == "ready"
    )


def _is_postmaster(pid: int, data: Path) -> bool:
    """Whether `pid` is a live server of `data`, not a zombie or another program by that number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        if Path("/proc/self").exists():
            return False
        done = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], stdout=subprocess.PIPE, check=False
        )
        words = done.stdout.split()
    return words[:1] != [b""] and b"-D" in words and os.fsencode(data) in words


def _stop_leftover(data: Path) -> None:
    """End a server that outlived its parent, or forget one that is dead."""
    lines = _pidfile(data)
    if lines is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
        return
    pid = int(lines[0])
    for step, patience_s in _STOP_STEPS:
        deadline = time.monotonic() + patience_s
        if _is_postmaster(pid, data):
            os.kill(pid, step)
        while _is_postmaster(pid, data) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
    (data / "postmaster.pid").unlink(missing_ok=True)
