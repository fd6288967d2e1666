"""Keeps a set of servers running: starts them one after the other or side by side, restarts what
crashes, stops all in reverse order, and leaves no process behind.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hub.errors import HubError
from store.database.backoff import Backoff
from store.database.errors import StoreError
from store.embedded.orphans import die_with_parent

STEADY_AFTER_S = 60.0
"""A server that ran this long has its next crash treated as its first."""

LOG_LIMIT_BYTES = 10 * 1024 * 1024
_POLL_S = 0.1


class ServerNotReady(HubError):
    """A server ended, or said nothing, before it was ready."""


class Server(Protocol):
    """What a supervisor needs of a server."""

    def start(self) -> None:
        """Start and return when ready. Raises HubError or StoreError: it did not get there."""

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""

    def stop(self) -> None:
        """End it. Does nothing if it does not run."""


class _Notices:
    """The socket to which a process says by sd_notify(3) that it is ready."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gatehouse-")
        self.address = f"{self._folder.name}/ready"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(_POLL_S)

    def say_ready(self) -> bool:
        """Whether it has said so by now, or within a moment."""
        try:
            return b"READY=1" in self._socket.recv(4096).split(b"\n")
        except OSError:  # the moment is over, or `stop` has closed it meanwhile
            return False

    def close(self) -> None:
        self._socket.close()
        self._folder.cleanup()


class ChildProcess:
    """A server in a child process, which says that it is ready by sd_notify.

    `is_ready`, if given, is asked instead. What the process prints goes to `log`.
    """

    def __init__(
        self,
        command: list[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        is_ready: Callable[[], bool] | None = None,
        ready_within_s: float = 60.0,
        grace_s: float = 10.0,
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._is_ready = is_ready
        self._ready_within_s = ready_within_s
        self._grace_s = grace_s
        self._process: subprocess.Popen[bytes] | None = None
        self._notices: _Notices | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process and wait until it is ready. Raises ServerNotReady."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start the process; `await_ready` is to follow."""
        self._notices = _Notices()
        self._launch({**self._environment, "NOTIFY_SOCKET": self._notices.address})

    def await_ready(self) -> None:
        """Return when the process is ready. Raises ServerNotReady."""
        assert self._notices is not None, "launch comes first"
        with closing(self._notices):
            self._await_ready(self._notices)

    def _launch(self, environment: Mapping[str, str]) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def _await_ready(self, notices: _Notices) -> None:
        deadline = time.monotonic() + self._ready_within_s
        while self.poll() is None:
            if self._is_ready is not None:
                if self._is_ready():
                    return
                time.sleep(_POLL_S / 5)
            elif notices.say_ready():
                return
            if time.monotonic() > deadline:
                self.stop()
                raise ServerNotReady(
                    f"not ready after {self._ready_within_s:g} s: its log is {self._log}"
                )
        raise ServerNotReady(
            f"ended with {self.poll()} ({_last_line(self._log)}): its log is {self._log}"
        )

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll() if self._process is not None else 0

    def stop(self) -> None:
        """Ask the process to end, and make it end when it has not within its grace."""
        if self._notices is not None:
            self._notices.close()
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(self._grace_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@dataclass
class _Watched:
    name: str
    server: Server
    running_since: float = 0.0
    backoff: Backoff = field(
        default_factory=lambda: Backoff(first_s=0.5, longest_s=30.0, jitter=max)
    )
    restart_at: float | None = None


class Supervisor:
    """Owns servers from their start to their end. Use it from one thread, and `stop` at last."""

    def __init__(self, *, report: Callable[[str], None], logs: Path) -> None:
        self._report = report
        self._logs = logs
        self._watched: list[_Watched] = []

    def start(self, name: str, server: Server) -> None:
        """Start a server and watch it from then on. Raises ServerNotReady or StoreError."""
        watched = self._watch(name, server)
        with _named(name):
            server.start()
        watched.running_since = time.monotonic()

    @contextmanager
    def starting(self, children: Mapping[str, ChildProcess]) -> Iterator[None]:
        """Start these side by side and watch them; the end of the context waits for all.

        Raises ServerNotReady.
        """
        watched = [self._watch(name, child) for name, child in children.items()]
        for child in children.values():
            child.launch()
        yield
        for name, child in children.items():
            with _named(name):
                child.await_ready()
        for each in watched:
            each.running_since = time.monotonic()

    def watch(self) -> None:
        """Restart what crashes, for ever; an exception such as KeyboardInterrupt ends it."""
        while True:
            self.look_once()
            time.sleep(_POLL_S)

    def look_once(self) -> None:
        """Restart what crashed and is due, and bound the logs."""
        for watched in self._watched:
            self._look_after(watched)
        for log in self._logs.glob("*.log"):
            bound(log)

    def stop(self) -> None:
        """Stop every server, the last one started first."""
        while self._watched:
            self._watched[-1].server.stop()
            self._watched.pop()

    def _watch(self, name: str, server: Server) -> _Watched:
        watched = _Watched(name, server)
        self._watched.append(watched)
        return watched

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.restart_at is None:
            code = watched.server.poll()
            if code is None:
                return
            if now - watched.running_since > STEADY_AFTER_S:
                watched.backoff.reset()
            self._schedule(watched, f"ended with {code}")
        elif now >= watched.restart_at:
            watched.restart_at = None
            watched.running_since = now
            try:
                watched.server.start()
            except (HubError, StoreError) as reason:
                self._schedule(watched, str(reason))
            else:
                self._report(f"{watched.name} runs again")

    def _schedule(self, watched: _Watched, reason: str) -> None:
        watched.server.stop()
        delay_s = watched.backoff.next_s()
        self._report(f"{watched.name} {reason}; restart in {delay_s:g} s")
        watched.restart_at = time.monotonic() + delay_s


def bound(log: Path, *, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
    """Move what a log says to `NAME.log.1` once it is longer than `limit_bytes`.

    The writers keep their open file: it is emptied, not replaced.
    """
    if log.stat().st_size > limit_bytes:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Have it told which server did not get ready."""
    try:
        yield
    except HubError as reason:
        raise ServerNotReady(f"{name}: {reason}") from reason


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "without a word"
