"""A subscriber that keeps all it hears."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


@dataclass
class Listener:
    """Messages in the order in which they arrived; retained ones by topic beside them."""

    heard: list[mqtt.MQTTMessage] = field(default_factory=list)

    def payloads(self, device: str) -> list[Any]:
        """What the device sent, decoded."""
        topic = f"gatehouse/v1/riverside/{device}"
        return [json.loads(m.payload) for m in list(self.heard) if m.topic == topic]

    def speakers(self) -> set[str]:
        """The devices whose readings were heard."""
        levels = [m.topic.split("/") for m in list(self.heard)]
        return {parts[3] for parts in levels if len(parts) == 4 and parts[0] == "gatehouse"}

    def statuses(self, device: str) -> list[str]:
        topic = f"gatehouse/v1/riverside/{device}/status"
        return [m.payload.decode() for m in list(self.heard) if m.topic == topic]


@contextmanager
def listening(port: int) -> Iterator[Listener]:
    """Subscribed to everything on the broker at `port`."""
    listener, subscribed = Listener(), threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"listener-{secrets.token_hex(4)}")
    client.on_message = lambda _c, _u, message: listener.heard.append(message)
    client.on_subscribe = lambda *_: subscribed.set()
    client.reconnect_delay_set(1, 1)
    client.on_connect = lambda c, *_: c.subscribe("#", qos=1) and None
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        assert subscribed.wait(10)
        yield listener
    finally:
        client.disconnect()
        client.loop_stop()
