"""Gateway, engine and hub within the test process, each on threads of its own."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from gateway.__main__ import Gateway
from gateway.settings import GatewaySettings
from hub.auth import issue_token
from hub.clock import Clock, system_clock
from hub.engine.loop import OnIdle, run
from hub.process.server import Server
from hub.settings import HubSettings
from rules.catalogue import rulebook
from rules.vocabulary.instant import Instant
from store.database.connection import LOST, connect
from store.engine import events, inbox
from store.people.users import Role
from tests.rig.waiting import eventually

_STOP_WITHIN_S = 15.0
_WAKE_EVERY_S = 0.03


class ShiftedClock:
    """The wall clock, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead: Instant = 0

    def __call__(self) -> Instant:
        return system_clock() + self.ahead


class StandingClock:
    """Time that stands still until a test moves it on."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def __call__(self) -> Instant:
        return self._at

    def reach(self, at: Instant) -> None:
        """Let it be `at`, if it is not later already."""
        self._at = max(self._at, at)


@dataclass(frozen=True)
class RunningHub:
    """A hub that answers at `url`."""

    dsn: str
    url: str
    settings: HubSettings
    clock: ShiftedClock

    def client(self, role: Role | None = "operator") -> httpx.Client:
        """A client with a new API token of the role; None: nobody."""
        headers = {}
        if role is not None:
            headers["Authorization"] = f"Bearer {issue_token(self.dsn, role, self.clock())}"
        return plain_client(base_url=f"{self.url}/api/v1", headers=headers)


def plain_client(**options: Any) -> httpx.Client:
    """A client that speaks plain HTTP, and so does not read the whole list of authorities first."""
    return httpx.Client(verify=False, timeout=10, **options)


@contextmanager
def running_gateway(settings: GatewaySettings, *, clock: Clock) -> Iterator[None]:
    """A gateway, which gets to the broker and to the database in its own time."""
    gateway = Gateway(settings, monotonic=clock, measure=lambda _db: clock())
    thread = threading.Thread(target=gateway.run)
    thread.start()
    try:
        yield
    finally:
        gateway.stop()
        thread.join(_STOP_WITHIN_S)


@contextmanager
def running_engine(
    dsn: str,
    *,
    clock: Clock = system_clock,
    monotonic: Clock | None = None,
    measure: Clock | None = None,
    on_idle: OnIdle | None = None,
) -> Iterator[None]:
    """An engine that has reached the database; by default all clocks are the one."""
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=run,
        args=(dsn, rulebook()),
        kwargs={
            "clock": clock,
            "monotonic": monotonic or clock,
            "measure": lambda _db: (measure or clock)(),
            "stop": stop,
            "on_ready": ready.set,
            "on_idle": on_idle,
        },
    )
    thread.start()
    try:
        assert ready.wait(10), "the engine does not start"
        yield
    finally:
        stop.set()
        _await_end(thread, dsn)


@contextmanager
def running_hub(dsn: str, folder: Path, **options: Any) -> Iterator[RunningHub]:
    """A hub on a free port whose live feed follows; `options` are settings."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = HubSettings(database_url=dsn, data_dir=folder, http_port=port, **options)
        clock = ShiftedClock()
        with serving(settings, listener, clock=clock) as url:
            yield RunningHub(dsn, url, settings, clock)


@contextmanager
def serving(settings: HubSettings, listener: socket.socket, *, clock: Clock) -> Iterator[str]:
    """A hub that answers on the listener and whose live feed follows; gives its address."""
    url = f"http://127.0.0.1:{settings.http_port}"
    server = Server(settings, clock=clock)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive(), what="the hub starts")
        with plain_client() as client:
            eventually(lambda: _feed_follows(client, url), what="the live feed follows")
        yield url
    finally:
        server.should_exit = True
        _await_end(thread, settings.database_url)
        assert not thread.is_alive(), "the hub does not stop"


def _feed_follows(client: httpx.Client, url: str) -> bool:
    return bool(client.get(f"{url}/readyz").json()["checks"].get("feed") == "ok")


def _await_end(thread: threading.Thread, dsn: str) -> None:
    """Wait for a thread that was told to stop, and wake what sleeps there until news come."""
    with suppress(*LOST), connect(dsn, name="tests", autocommit=True) as db:
        deadline = time.monotonic() + _STOP_WITHIN_S
        while thread.is_alive() and time.monotonic() < deadline:
            for channel in (inbox.CHANNEL, events.CHANNEL):
                db.execute("SELECT pg_notify(%s, %s)", (channel, '{"estate": ""}'))
            thread.join(_WAKE_EVERY_S)
    thread.join(_STOP_WITHIN_S)


def new_key() -> dict[str, str]:
    """The header of a new command."""
    return {"Idempotency-Key": str(uuid4())}


class Messages:
    """Server-Sent Events of one stream, read as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self.last_id: str | None = None

    def next(self) -> tuple[str, Any]:
        """The next message as (type, data); comments are passed over."""
        kind, data = "message", ""
        for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                kind = value
            elif field == "id":
                self.last_id = value
            elif field == "data":
                data = value
            elif not line and data:
                return kind, json.loads(data)
            elif not line:
                kind = "message"
        raise EOFError("the stream has ended")

    def next_event(self) -> Any:
        """The next message that is not the clock's."""
        while True:
            kind, data = self.next()
            if kind != "now":
                return data if kind == "message" else {"gap": data}


@contextmanager
def following(client: httpx.Client, path: str, **options: Any) -> Iterator[Messages]:
    """An open stream of events."""
    with client.stream("GET", path, **options) as response:
        assert response.status_code == 200, response.read()
        yield Messages(response)
