"""Playing a scenario against a real broker."""

import time

import pytest

from rules.vocabulary.instant import MINUTE, SECOND, from_rfc3339
from simulators.errors import BrokerUnreachable, ScenarioFault
from simulators.estate import load_estate
from simulators.play import play
from simulators.scenario import Scenario
from simulators.scenarios import load_scenario
from simulators.session import Broker
from tests.rig import brokers
from tests.rig.waiting import eventually
from tests.simulators.listener import listening

ESTATE = load_estate()


def at(broker: brokers.Broker) -> Broker:
    return Broker(broker.host, broker.port)


def test_a_scenario_of_minutes_is_played_at_once_with_its_own_event_times(
    broker: brokers.Broker,
) -> None:
    with listening(broker.port) as listener:
        before = time.time_ns() // 1000
        played = play(load_scenario("15-riser-burst"), ESTATE, at(broker), speed=None)
        after = time.time_ns() // 1000
        eventually(lambda: len(listener.heard) == played.messages + 1)
        records = listener.payloads("b3-r1-high-pressure")
    times = [round(record[0]["bt"] * SECOND) for record in records]
    assert times == sorted(times)
    assert played.last_at - played.first_at == 450 * SECOND
    assert before <= played.last_at <= after
    assert times[0] == played.first_at
    assert after - played.first_at < 10 * MINUTE


def test_played_faster_no_event_time_lies_in_the_future(broker: brokers.Broker) -> None:
    started = time.time_ns() // 1000
    played = play(load_scenario("14-flat-leak"), ESTATE, at(broker), speed=50)
    assert played.last_at <= time.time_ns() // 1000
    assert played.first_at == played.last_at
    assert played.first_at < started


def test_copies_reach_the_broker_as_the_same_payload(broker: brokers.Broker) -> None:
    with listening(broker.port) as listener:
        play(load_scenario("26-fire-duplicates"), ESTATE, at(broker), speed=None)
        eventually(lambda: len(listener.payloads("b3-10-corridor-smoke")) == 5)
        first, *others = listener.payloads("b3-10-corridor-smoke")
    assert others == [first] * 4
    assert from_rfc3339(first["ts"]) <= time.time_ns() // 1000


def test_what_would_begin_as_history_is_refused() -> None:
    step = {"at": "11m", "device": "b3-l1", "signals": {"floor": 1}}
    scenario = Scenario.model_validate({"name": {"en": "Long", "zh": "长"}, "steps": [step]})
    with pytest.raises(ScenarioFault, match="lasts 660 s, so its start would count as history"):
        play(scenario, ESTATE, Broker("127.0.0.1", 1), speed=None)


def test_what_needs_a_time_of_day_is_refused() -> None:
    step = {"at": "0s", "device": "b3-l1", "signals": {"floor": 1}}
    form = {"name": {"en": "Night", "zh": "夜"}, "starts": "03:00", "steps": [step]}
    with pytest.raises(ScenarioFault, match="only acceptance tests can play; leave out `starts`"):
        play(Scenario.model_validate(form), ESTATE, Broker("127.0.0.1", 1))


def test_a_broker_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.play._CONNECT_S", 0.1)
    port = brokers.free_port()
    with pytest.raises(BrokerUnreachable, match=f"broker 127.0.0.1:{port}: no answer"):
        play(load_scenario("14-flat-leak"), ESTATE, Broker("127.0.0.1", port), speed=None)
