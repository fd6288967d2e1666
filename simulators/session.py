"""One MQTT connection of the simulators: it comes back for ever and keeps what it could not send.

MQTT 3.1.1, which every broker here speaks; QoS 1, so that a message is sent until it is taken.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulators.errors import BrokerUnreachable

_QUEUE_LIMIT = 20_000
_KEEP_ALIVE_S = 30


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how to sign in there; TLS where `ca_file` is given."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None


class Session:
    """A connection that speaks for some devices.

    On every connect it publishes `greetings` (payload by topic, retained) and subscribes to the
    topics of `handlers`. `will` is (topic, payload), retained, said by the broker if we vanish.
    """

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        will: tuple[str, str] | None = None,
        greetings: Mapping[str, str] | None = None,
        handlers: Mapping[str, Callable[[bytes], None]] | None = None,
    ) -> None:
        self._broker = broker
        self._greetings = dict(greetings or {})
        self._handlers = dict(handlers or {})
        self._changed = threading.Condition()
        self._refusal = "no answer"
        self.published = self.acknowledged = self.dropped = 0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{name}-{secrets.token_hex(4)}"
        )
        self._client.max_queued_messages_set(_QUEUE_LIMIT)
        self._client.reconnect_delay_set(1, 15)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        if broker.username is not None:
            self._client.username_pw_set(broker.username, broker.password)
        if broker.ca_file is not None:
            self._client.tls_set(str(broker.ca_file))
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        self._client.connect_async(self._broker.host, self._broker.port, _KEEP_ALIVE_S)
        self._client.loop_start()

    def wait_until_connected(self, timeout_s: float) -> None:
        """Raises BrokerUnreachable: not connected within `timeout_s` seconds."""
        with self._changed:
            if not self._changed.wait_for(self._client.is_connected, timeout_s):
                raise BrokerUnreachable(
                    f"broker {self._broker.host}:{self._broker.port}: {self._refusal} within "
                    f"{timeout_s:g} s; check that it runs, its port and the credentials"
                )

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Send, now or once connected. Dropped, and counted, where too much waits already."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        with self._changed:
            if info.rc == mqtt.MQTT_ERR_QUEUE_SIZE:
                self.dropped += 1
            else:
                self.published += 1

    def drain(self, timeout_s: float) -> None:
        """Wait until the broker has taken everything.

        Raises BrokerUnreachable: it has not within `timeout_s` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(self._is_drained, timeout_s):
                raise BrokerUnreachable(
                    f"broker {self._broker.host}:{self._broker.port}: took {self.acknowledged} "
                    f"of {self.published} messages in {timeout_s:g} s; check its log and limits"
                )

    def stop(self, timeout_s: float = 0.0) -> None:
        """Disconnect in order, so that the will stays unsaid.

        A connected broker has `timeout_s` seconds to take what is still under way.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_drained() or not self._client.is_connected(), timeout_s
            )
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _p: Any
    ) -> None:
        if reason.is_failure:
            self._refusal = f"refused ({reason})"
            return
        for topic in self._handlers:
            self._client.subscribe(topic, qos=1)
        for topic, payload in self._greetings.items():
            self.publish(topic, payload, retain=True)
        with self._changed:
            self._changed.notify_all()

    def _is_drained(self) -> bool:
        return self.acknowledged >= self.published

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._handlers[message.topic](bytes(message.payload))

    def _on_publish(self, *_: Any) -> None:
        with self._changed:
            self.acknowledged += 1
            self._changed.notify_all()
