"""What the session submits at once, and what may wait to share a commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway import session as session_module
from gateway.message import Message
from gateway.session import GATHER_MESSAGES, Session
from gateway.settings import GatewaySettings
from hub.clock import monotonic_clock
from tests.rig.brokers import Broker
from tests.rig.stack import Publisher
from tests.rig.waiting import eventually

SMOKE, PRESSURE = "gatehouse/v1/e1/smoke", "gatehouse/v1/e1/pressure"


@pytest.fixture(autouse=True)
def endless_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What time alone would submit is never submitted."""
    monkeypatch.setattr(session_module, "GATHER_S", 1e9)


@contextmanager
def session(broker: Broker) -> Iterator[list[list[str]]]:
    """The payloads of each submission of a running session, to which smoke is urgent."""
    submitted: list[list[str]] = []
    subscribed = threading.Event()

    def submit(messages: list[Message]) -> None:
        submitted.append([message.payload.decode() for message in messages])
        made.acknowledge(messages)

    made = Session(
        GatewaySettings(mqtt_host=broker.host, mqtt_port=broker.port),
        clock=monotonic_clock,
        submit=submit,
        is_urgent=SMOKE.__eq__,
        on_subscribed=subscribed.set,
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        assert subscribed.wait(10), "the session does not begin"
        yield submitted
    finally:
        made.stop()
        thread.join()


def test_message_after_a_silence_is_submitted_alone_and_those_behind_it_gather(
    broker: Broker,
) -> None:
    with session(broker) as submitted, Publisher(broker) as devices:
        devices.publish(PRESSURE, b"first")
        eventually(lambda: submitted == [["first"]])
        for number in range(GATHER_MESSAGES - 1):
            devices.publish(PRESSURE, b"%d" % number)
        devices.drain()
        assert submitted == [["first"]]
        devices.publish(PRESSURE, b"last")
        eventually(lambda: sum(map(len, submitted)) == GATHER_MESSAGES + 1)
        assert len(submitted) == 2


def test_urgent_message_is_submitted_at_once_with_all_in_front_of_it(broker: Broker) -> None:
    with session(broker) as submitted, Publisher(broker) as devices:
        devices.publish(PRESSURE, b"first")
        eventually(lambda: submitted == [["first"]])
        for topic, payload in ((PRESSURE, b"ordinary"), (SMOKE, b"fire")):
            devices.publish(topic, payload)
        eventually(lambda: submitted == [["first"], ["ordinary", "fire"]])
