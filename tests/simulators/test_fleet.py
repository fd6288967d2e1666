"""The steady load, on a real broker."""

from typing import Any

import pytest

from rules.vocabulary.instant import SECOND, Instant, from_rfc3339
from simulators.errors import SimulatorError
from simulators.estate import load_estate
from simulators.fleet import fleet
from simulators.session import Broker
from tests.rig import brokers
from tests.rig.waiting import eventually
from tests.simulators.listener import listening

ESTATE = load_estate()


def _time(payload: Any) -> Instant:
    senml = isinstance(payload, list)
    return round(payload[0]["bt"] * SECOND) if senml else from_rfc3339(payload["ts"])


def test_it_publishes_as_many_as_asked_each_at_a_time_of_its_own(broker: brokers.Broker) -> None:
    wire = Broker(broker.host, broker.port)
    with listening(broker.port) as listener:
        load = fleet(ESTATE, wire, devices=40, rate_per_s=400, for_s=1, seed=1)
        eventually(lambda: len(listener.heard) == 400)
        times = [_time(p) for device in listener.speakers() for p in listener.payloads(device)]
    assert (load.published, load.acknowledged) == (400, 400)
    assert len(listener.speakers()) == 40
    assert len(set(times)) == 400
    assert load.first_at <= min(times)
    assert max(times) == load.last_at


def test_it_takes_no_more_devices_than_the_estate_has() -> None:
    with pytest.raises(SimulatorError, match="devices 9999: estate riverside has 455"):
        fleet(ESTATE, Broker("127.0.0.1", 1), devices=9999, rate_per_s=1, for_s=1, seed=1)
