"""The real thing: gateway, engine and hub as processes of their own, to be killed and started."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hub.process.supervisor import ChildProcess
from hub.process.up import python_module
from rules.estate.graph import Estate
from simulators.play import Played, play
from simulators.scenarios import load_scenario
from store.database.connection import LOST
from tests.rig.brokers import Broker
from tests.rig.hubs import following
from tests.rig.site import Client, Site, as_device
from tests.rig.waiting import eventually

KINDS = {"gateway": "gateway", "engine": "hub.engine", "hub": "hub.process"}
"""Each kind of process with the module that it runs, in the order of their start."""


class Stack(Site):
    """One process of each kind on the database `dsn` and the broker; none runs at first.

    `folder` takes logs and keys; `settings` are further `GATEHOUSE_*` variables of all of them.
    """

    def __init__(
        self, folder: Path, *, dsn: str, broker: Broker, settings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(folder, dsn=dsn, broker=broker)
        self._settings = dict(settings or {})
        self._running: dict[str, ChildProcess] = {}

    def start(self, kinds: Iterable[str] = tuple(KINDS)) -> None:
        """Start processes and return when each says that it serves."""
        for kind in kinds:
            assert kind not in self._running, f"{kind} runs already"
            process = ChildProcess(
                python_module(KINDS[kind]),
                environment=self._environment(),
                log=self.folder / f"{kind}.log",
            )
            self._running[kind] = process
            process.start()

    def stop(self, kinds: Iterable[str] = tuple(reversed(KINDS))) -> None:
        """End those that run, in order."""
        for kind in kinds:
            if kind in self._running:
                self._running.pop(kind).stop()

    def kill(self, kind: str) -> None:
        """`kill -9`."""
        process = self._running.pop(kind)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.stop()

    def pid(self, kind: str) -> int:
        """The running process of this kind."""
        found = self._running[kind].pid
        assert found is not None
        return found

    def _environment(self) -> dict[str, str]:
        broker = self.broker
        settings = {
            "DATABASE_URL": self.dsn,
            "DATA_DIR": str(self.folder),
            "MQTT_HOST": broker.host,
            "MQTT_PORT": str(broker.port),
            "MQTT_USERNAME": broker.username or "",
            "MQTT_PASSWORD": broker.password or "",
            "HTTP_PORT": str(self.http_port),
            **self._settings,
        }
        ours = {f"GATEHOUSE_{name}": value for name, value in settings.items() if value}
        return {**os.environ, "PYTHONUNBUFFERED": "1", **ours}

    def play(self, scenario: str, estate: Estate, *, speed: float | None = None) -> Played:
        """Send a scenario's messages to the broker, all at once unless `speed` is given."""
        return play(load_scenario(scenario), estate, as_device(self.broker), speed=speed)


@contextmanager
def running(
    folder: Path, *, dsn: str, broker: Broker, settings: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A stack of which every process serves, for the length of a block."""
    stack = Stack(folder, dsn=dsn, broker=broker, settings=settings)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


class Publisher:
    """A device's connection that publishes at QoS 1 and counts what the broker took."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._changed = threading.Condition()
        self.published = self.acknowledged = 0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"publisher-{uuid4().hex[:8]}"
        )
        self._client.max_inflight_messages_set(100)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        if broker.device_username is not None:
            self._client.username_pw_set(broker.device_username, broker.device_password)

    def __enter__(self) -> "Publisher":
        self._client.connect(self._broker.host, self._broker.port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message, or keep it until the broker is back."""
        self._client.publish(topic, payload, qos=1)
        self.published += 1

    def drain(self, within_s: float = 30.0) -> None:
        """Wait until the broker has acknowledged every message."""
        with self._changed:
            taken = self._changed.wait_for(lambda: self.acknowledged >= self.published, within_s)
        assert taken, f"the broker took {self.acknowledged} of {self.published} messages"

    def _on_publish(self, *_: object) -> None:
        with self._changed:
            self.acknowledged += 1
            self._changed.notify_all()


class Follower:
    """A console's live feed: reads events and, whenever it breaks, resumes behind the last one."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self.events: list[dict[str, Any]] = []
        self.gaps = 0
        self.connections = 0

    def __enter__(self) -> "Follower":
        with self._stack.client() as client:
            self._last: str = client.get("/snapshot")["position"]
        self._thread.start()
        eventually(lambda: self.connections, what="the live feed is open")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()  # the thread ends with the stream's next message

    def of(self, estate: str) -> list[dict[str, Any]]:
        """The estate's events so far, as they came."""
        return [event for event in list(self.events) if event["estate"] == estate]

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                with self._stack.client() as client:
                    self._read(client)
            except (httpx.HTTPError, EOFError, AssertionError, *LOST):
                self._stop.wait(0.1)

    def _read(self, client: Client) -> None:
        headers = {"Last-Event-ID": self._last}
        with following(client.http, "/live", headers=headers) as messages:
            self.connections += 1
            while not self._stop.is_set():
                kind, data = messages.next()
                if kind == "gap":
                    self.gaps += 1
                elif kind == "message":
                    self.events.append(data)
                    self._last = messages.last_id or self._last
