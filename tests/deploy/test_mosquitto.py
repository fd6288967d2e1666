"""Mosquitto, as production configures it, loses nothing and holds each device to its topic."""

import ssl
import threading
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.rig.brokers import Broker, make_secrets
from tests.rig.waiting import eventually

ESTATE = "gatehouse/v1/estate-1"


def client(broker: Broker, user: str | None, password: str | None, name: str = "") -> mqtt.Client:
    made = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=name, clean_session=not name, manual_ack=True
    )
    made.max_inflight_messages_set(1000)
    made.username_pw_set(user, password)
    made.connect(broker.host, broker.port)
    return made


def collector(broker: Broker) -> tuple[mqtt.Client, list[bytes]]:
    """A client of the gateway's account that takes everything and acknowledges nothing."""
    received: list[bytes] = []
    subscribed = threading.Event()
    made = client(broker, broker.username, broker.password, name="collector")
    made.on_subscribe = lambda *_: subscribed.set()
    made.on_message = lambda _client, _data, message: received.append(bytes(message.payload))
    made.subscribe("#", qos=1)
    made.loop_start()
    assert subscribed.wait(10)
    return made, received


def publish(broker: Broker, user: str, password: str, topic: str, payload: str) -> None:
    made = client(broker, user, password)
    made.loop_start()
    made.publish(topic, payload, qos=1).wait_for_publish(10)
    made.disconnect()
    made.loop_stop()


def password_of(device: str, broker: Broker) -> str:
    """Give a device its password the way an engineer does, and let the broker read it."""
    assert broker.ca_file is not None
    password = make_secrets(broker.ca_file.parent, "device", device)
    broker.stop()
    broker.start()
    return password


def test_unacknowledged_messages_survive_a_kill_of_the_broker(mosquitto: Broker) -> None:
    assert mosquitto.device_username is not None
    assert mosquitto.device_password is not None
    reader, received = collector(mosquitto)
    sent = [f"message {number}".encode() for number in range(50)]
    device = client(mosquitto, mosquitto.device_username, mosquitto.device_password)
    device.loop_start()
    for payload in sent:
        device.publish(f"{ESTATE}/device-1", payload, qos=1).wait_for_publish(10)
    device.loop_stop()
    eventually(lambda: received == sent)
    reader.loop_stop()
    reader.disconnect()
    saved = Path(mosquitto.log).parent / "data" / "mosquitto.db"
    eventually(
        lambda: saved.is_file() and sent[-1] in saved.read_bytes(), what="the state is saved"
    )
    mosquitto.kill()
    mosquitto.start()
    reader, again = collector(mosquitto)
    eventually(lambda: again == sent)
    reader.loop_stop()


def test_queue_of_an_absent_gateway_has_no_silent_limit(mosquitto: Broker) -> None:
    assert mosquitto.device_username is not None
    reader, _ = collector(mosquitto)
    reader.disconnect()
    reader.loop_stop()
    device = client(mosquitto, mosquitto.device_username, mosquitto.device_password)
    device.loop_start()
    sent = [str(number).encode() for number in range(10_000)]
    published = [device.publish(f"{ESTATE}/device-1", payload, qos=1) for payload in sent]
    published[-1].wait_for_publish(30)
    device.loop_stop()
    assert published[-1].is_published(), "a broker with a long queue has become slow"

    received: list[bytes] = []
    reader = client(mosquitto, mosquitto.username, mosquitto.password, name="collector")

    def take(taker: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        received.append(bytes(message.payload))
        taker.ack(message.mid, message.qos)

    reader.on_message = take
    reader.loop_start()
    eventually(lambda: len(received) >= len(sent), within_s=30)
    reader.loop_stop()
    assert received == sent


def test_window_of_unacknowledged_messages_holds_a_whole_batch(mosquitto: Broker) -> None:
    assert mosquitto.device_username is not None
    reader, received = collector(mosquitto)
    device = client(mosquitto, mosquitto.device_username, mosquitto.device_password)
    device.loop_start()
    for number in range(1000):
        device.publish(f"{ESTATE}/device-1", str(number), qos=1)
    eventually(lambda: len(received) == 1000)
    device.loop_stop()
    reader.loop_stop()


def test_device_publishes_to_its_own_topics_only(mosquitto: Broker) -> None:
    password = password_of("device-1", mosquitto)
    reader, received = collector(mosquitto)
    publish(mosquitto, "device-1", password, f"{ESTATE}/device-2", "of another device")
    publish(mosquitto, "device-1", password, f"{ESTATE}/device-1/more", "below its own")
    publish(mosquitto, "device-1", password, "elsewhere", "elsewhere")
    publish(mosquitto, "device-1", password, f"{ESTATE}/device-1", "reading")
    publish(mosquitto, "device-1", password, f"{ESTATE}/device-1/status", "online")
    eventually(lambda: len(received) >= 2)
    assert received == [b"reading", b"online"]
    reader.loop_stop()


@pytest.mark.parametrize(("user", "password"), [(None, None), ("gateway", "wrong"), ("x", "y")])
def test_client_without_the_right_password_is_refused(
    mosquitto: Broker, user: str | None, password: str | None
) -> None:
    answers: list[str] = []
    stranger = client(mosquitto, user, password)
    stranger.on_connect = lambda _client, _data, _flags, code, _properties: answers.append(
        str(code)
    )
    stranger.loop_start()
    eventually(lambda: answers)
    stranger.loop_stop()
    assert answers[0] == "Not authorized"


def test_tls_listener_proves_itself_by_the_authority_that_was_made(mosquitto: Broker) -> None:
    assert mosquitto.tls_port is not None
    assert mosquitto.ca_file is not None
    answers: list[str] = []
    made = mqtt.Client(CallbackAPIVersion.VERSION2)
    made.username_pw_set(mosquitto.username, mosquitto.password)
    made.tls_set(str(mosquitto.ca_file))
    made.on_connect = lambda _client, _data, _flags, code, _properties: answers.append(str(code))
    made.connect(mosquitto.host, mosquitto.tls_port)
    made.loop_start()
    eventually(lambda: answers == ["Success"])
    made.loop_stop()
    distrustful = mqtt.Client(CallbackAPIVersion.VERSION2)
    distrustful.tls_set()
    with pytest.raises(ssl.SSLCertVerificationError):
        distrustful.connect(mosquitto.host, mosquitto.tls_port)
