"""The embedded broker keeps what was not acknowledged and stays on loopback."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from gateway.broker import BrokerError, NotLoopback, config
from tests.rig.brokers import Broker, free_port
from tests.rig.waiting import eventually

TOPIC = "gatehouse/v1/estate-1/device-1"


class Subscriber:
    """A client with a persistent session that acknowledges only what it is told to."""

    def __init__(self, broker: Broker) -> None:
        self.received: list[mqtt.MQTTMessage] = []
        self._acknowledged = 0
        self._subscribed = threading.Event()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id="subscriber",
            clean_session=False,
            manual_ack=True,
        )
        self.client.on_connect = self._subscribe_to_new_session
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_message = lambda _client, _data, message: self.received.append(message)
        self.client.connect(broker.host, broker.port)
        self.client.loop_start()
        assert self._subscribed.wait(10)

    def _subscribe_to_new_session(
        self, client: mqtt.Client, _data: object, flags: mqtt.ConnectFlags, *_: object
    ) -> None:
        if flags.session_present:
            self._subscribed.set()
        else:
            client.subscribe("gatehouse/v1/#", qos=1)

    @property
    def payloads(self) -> list[bytes]:
        return [bytes(message.payload) for message in self.received]

    def acknowledge_all(self) -> None:
        """Acknowledge each received message once; the broker ends a session that repeats one."""
        while self._acknowledged < len(self.received):
            message = self.received[self._acknowledged]
            self.client.ack(message.mid, message.qos)
            self._acknowledged += 1

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def subscribed(broker: Broker) -> Iterator[Subscriber]:
    subscriber = Subscriber(broker)
    try:
        yield subscriber
    finally:
        subscriber.close()


def publish(broker: Broker, payloads: list[bytes], *, retain: bool = False) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="publisher")
    client.connect(broker.host, broker.port)
    client.loop_start()
    for payload in payloads:
        client.publish(TOPIC, payload, qos=1, retain=retain).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def refusal(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gateway.broker", *options],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_message_that_was_not_acknowledged_comes_again(broker: Broker) -> None:
    with subscribed(broker) as first:
        publish(broker, [b"1", b"2"])
        eventually(lambda: first.payloads == [b"1", b"2"])
    with subscribed(broker) as second:
        eventually(lambda: second.payloads == [b"1", b"2"])


def test_acknowledged_message_does_not_come_again(broker: Broker) -> None:
    with subscribed(broker) as first:
        publish(broker, [b"1"])
        eventually(lambda: first.payloads == [b"1"])
        first.acknowledge_all()
    publish(broker, [b"2"])
    with subscribed(broker) as second:
        eventually(lambda: second.payloads)
        assert second.payloads == [b"2"]


def test_messages_sent_while_the_subscriber_was_away_arrive_in_order(broker: Broker) -> None:
    subscribed_before = Subscriber(broker)
    subscribed_before.close()
    sent = [str(number).encode() for number in range(300)]
    publish(broker, sent)
    with subscribed(broker) as subscriber:

        def all_have_come() -> bool:
            subscriber.acknowledge_all()
            return len(subscriber.received) >= len(sent)

        eventually(all_have_come)
        assert subscriber.payloads == sent


def test_retained_message_greets_a_new_subscriber(broker: Broker) -> None:
    publish(broker, [b"online"], retain=True)
    with subscribed(broker) as subscriber:
        eventually(lambda: subscriber.payloads == [b"online"])


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "::", "example.org"])
def test_broker_refuses_to_listen_to_other_machines(address: str) -> None:
    with pytest.raises(NotLoopback, match="Mosquitto") as refused:
        config(address, 1883)
    assert isinstance(refused.value, BrokerError)


def test_refusal_is_one_sentence_on_standard_error() -> None:
    words = refusal("--listen", "0.0.0.0", "--port", str(free_port()))
    assert words.startswith("broker: --listen 0.0.0.0 is open to other machines")
    assert len(words.splitlines()) == 1


def test_taken_port_is_named_with_the_remedy(broker: Broker) -> None:
    words = refusal("--port", str(broker.port))
    assert f"port {broker.port}" in words
    assert "--port" in words
    assert len(words.splitlines()) == 1
