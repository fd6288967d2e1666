"""The client's own way through ordinary packets gives what paho's way gives."""

from typing import Any

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateway.client import V5, V311, Client
from gateway.message import Message
from gateway.settings import GatewaySettings
from tests.rig.brokers import Broker
from tests.rig.waiting import eventually


def handled(version: MQTTProtocolVersion, command: int, body: bytes, *, plainly: bool) -> Message:
    """The message of one PUBLISH packet, by paho's own handler if `plainly`."""
    arrived: list[Message] = []
    client = Client(GatewaySettings(), version, arrived.append, lambda: 0)
    client._in_packet["command"] = command
    client._in_packet["packet"] = bytearray(body)
    handler = mqtt.Client._handle_publish if plainly else Client._handle_publish
    assert handler(client) == mqtt.MQTT_ERR_SUCCESS
    [message] = arrived
    message.connection = None
    return message


@given(
    version=st.sampled_from([V311, V5]),
    qos=st.sampled_from([0, 1]),
    retain=st.booleans(),
    topic=st.text(min_size=1).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(min_size=1),
    mid=st.integers(1, 65535),
    payload=st.binary(),
    expiry=st.none() | st.integers(0, 1000),
)
def test_message_is_the_same_as_by_paho_s_own_handler(
    version: MQTTProtocolVersion, qos: int, retain: bool, topic: bytes, mid: int, payload: bytes,
    expiry: int | None,
) -> None:  # fmt: skip
    body = len(topic).to_bytes(2, "big") + topic
    if qos:
        body += mid.to_bytes(2, "big")
    if version is V5:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if expiry is not None:
            properties.MessageExpiryInterval = expiry
        body += properties.pack()  # type: ignore[no-untyped-call]
    command = 0x30 | qos << 1 | retain
    ours = handled(version, command, body + payload, plainly=False)
    assert ours == handled(version, command, body + payload, plainly=True)
    assert (ours.payload, ours.retained) == (payload, retain)
    assert ours.mid == (mid if qos else 0)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_nothing_is_acknowledged_by_the_client_itself(
    mosquitto: Broker, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(Client, "_send_puback", lambda _self, mid: sent.append(mid))
    settings = GatewaySettings(
        mqtt_port=mosquitto.port,
        mqtt_username=mosquitto.username,
        mqtt_password=mosquitto.password,
    )
    arrived: list[Message] = []
    client = Client(settings, V5 if version == "5" else V311, arrived.append, lambda: 0)
    client.open()

    def turn() -> bool:
        client.loop_read()
        client.finish_turn()
        return bool(arrived)

    eventually(lambda: turn() or client.subscribed)
    publisher = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)  # type: ignore[attr-defined]
    publisher.username_pw_set(str(mosquitto.device_username), mosquitto.device_password)
    publisher.connect(mosquitto.host, mosquitto.port)
    publisher.loop_start()
    publisher.publish("gatehouse/v1/e1/p1", b"x", qos=1)
    eventually(turn)
    publisher.disconnect()
    publisher.loop_stop()
    client.leave()
    assert [message.payload for message in arrived] == [b"x"]
    assert sent == []
