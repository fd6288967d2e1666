"""The running estate on a real broker, as a process of its own."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rules.vocabulary.instant import SECOND, Instant
from simulators.estate import load_estate
from simulators.native import hold_topic
from simulators.play import play
from simulators.run import run, wall_clock
from simulators.scenario import Scenario
from simulators.session import Broker, Session
from simulators.story import Story, load_story
from tests.rig import brokers
from tests.rig.waiting import eventually
from tests.simulators.listener import Listener, listening

ESTATE = load_estate()


@contextmanager
def running(port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m simulators run` against the broker at `port`."""
    command = [sys.executable, "-m", "simulators", "run", "--mqtt-port", str(port), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


class HurriedClock:
    """Runs twenty times as fast as the wall's, from now on."""

    def __init__(self) -> None:
        self._start = wall_clock()

    def __call__(self) -> Instant:
        return self._start + self.passed()

    def passed(self) -> Instant:
        return 20 * (wall_clock() - self._start)


@contextmanager
def hurried(port: int, story: Story | None = None) -> Iterator[HurriedClock]:
    """The estate in a thread of its own, hurried, against the broker at `port`."""
    clock, stopping = HurriedClock(), threading.Event()
    options = {"seed": 1, "story": story, "stopping": stopping, "clock": clock}
    thread = threading.Thread(target=run, args=(ESTATE, Broker("127.0.0.1", port)), kwargs=options)
    thread.start()
    try:
        yield clock
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


def at(broker: brokers.Broker) -> Broker:
    return Broker(broker.host, broker.port)


@pytest.fixture
def listener(broker: brokers.Broker) -> Iterator[Listener]:
    with listening(broker.port) as listener:
        yield listener


def test_every_device_is_online_and_reports(broker: brokers.Broker, listener: Listener) -> None:
    with running(broker.port, "--no-story"):
        eventually(lambda: listener.speakers() == set(ESTATE.devices), within_s=20)
        assert all(listener.statuses(device) == ["online"] for device in ESTATE.devices)


def test_terminated_it_says_goodbye_and_ends_well(
    broker: brokers.Broker, listener: Listener
) -> None:
    with running(broker.port, "--no-story") as process:
        eventually(lambda: listener.statuses("b5-gateway") == ["online"], within_s=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    eventually(lambda: listener.statuses("b5-gateway") == ["online", "offline"])


def test_killed_it_leaves_its_will(broker: brokers.Broker, listener: Listener) -> None:
    with running(broker.port, "--no-story") as process:
        eventually(lambda: listener.statuses("b3-gateway") == ["online"], within_s=20)
        process.kill()
        eventually(lambda: listener.statuses("b3-gateway") == ["online", "offline"])


def test_terminated_while_there_is_no_broker_it_ends_all_the_same() -> None:
    with running(brokers.free_port(), "--no-story") as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_comes_back_when_the_broker_does(broker: brokers.Broker) -> None:
    with running(broker.port, "--no-story"):
        with listening(broker.port) as listener:
            eventually(lambda: listener.statuses("b3-gateway") == ["online"], within_s=20)
        broker.kill()
        broker.start()
        with listening(broker.port) as listener:
            eventually(lambda: listener.payloads("b3-l1"), within_s=30)


def test_the_story_traps_somebody_in_a_lift(broker: brokers.Broker, listener: Listener) -> None:
    with hurried(broker.port, load_story()):
        eventually(lambda: [p for p in _lift(listener) if p["signals"].get("alarm_button")])


def test_a_running_device_is_silent_while_a_scenario_plays_it(
    broker: brokers.Broker, listener: Listener
) -> None:
    with hurried(broker.port) as clock:
        eventually(lambda: listener.payloads("b3-mains"))
        scenario = Scenario.model_validate(
            {
                "name": {"en": "Mains lost", "zh": "停电"},
                "steps": [{"at": "0s", "device": "b3-mains", "signals": {"voltage_v": 0}}],
            }
        )
        play(scenario, ESTATE, at(broker), speed=None)
        eventually(lambda: _voltages(listener)[-1:] == [0.0])
        silent_until = clock.passed() + 50 * SECOND
        eventually(lambda: clock.passed() > silent_until)
        assert _voltages(listener)[-1:] == [0.0]
        eventually(lambda: _voltages(listener)[-1] > 200)


def test_an_unreadable_request_to_be_silent_changes_nothing(
    broker: brokers.Broker, listener: Listener
) -> None:
    with hurried(broker.port):
        eventually(lambda: listener.payloads("b3-mains"))
        session = Session(at(broker), "test")
        session.start()
        session.wait_until_connected(5)
        session.publish(hold_topic("riverside"), '{"devices": "all"}')
        session.drain(5)
        session.stop()
        count = len(_voltages(listener))
        eventually(lambda: len(_voltages(listener)) > count + 1)


def _lift(listener: Listener) -> list[Any]:
    return listener.payloads("b3-l1")


def _voltages(listener: Listener) -> list[float]:
    return [p["signals"]["voltage_v"] for p in listener.payloads("b3-mains")]
