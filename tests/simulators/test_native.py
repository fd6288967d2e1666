"""What goes on the wire: topic, and the two forms of the payload."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.dialects.native import decode
from rules.catalogue import device_types
from rules.vocabulary.instant import from_rfc3339
from simulators.devices import models
from simulators.estate import load_estate
from simulators.native import encode, reading_packet, status_packet

AT = from_rfc3339("2026-11-24T08:00:00.123456Z")
TYPES = device_types()
ESTATE = load_estate()


@given(at=st.integers(AT - 10**14, AT), seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_the_gateway_reads_what_every_device_sends_as_it_was_meant(at: int, seed: int) -> None:
    for device, model in models(ESTATE, seed).items():
        signals = TYPES.by_id[ESTATE.devices[device].type].signals
        report = model.read(at).signals
        decoded = decode(encode(TYPES, ESTATE.devices[device], report, at), signals, at)
        assert decoded.faults == []
        meant = [(name, at, signals[name].read(value), 0) for name, value in report.items()]
        assert decoded.samples == meant


def test_a_panel_speaks_flat_json_with_its_time_to_the_microsecond() -> None:
    payload = json.loads(
        encode(TYPES, ESTATE.devices["b3-l1"], {"door_zone": 1, "floor": 5, "mode": 1}, AT)
    )
    assert payload == {
        "ts": "2026-11-24T08:00:00.123456Z",
        "signals": {"door_zone": True, "floor": 5, "mode": 1},
    }
    assert payload["signals"]["door_zone"] is True


def test_a_small_sensor_speaks_senml_with_its_name_and_time_as_bases_and_typed_values() -> None:
    sensor = ESTATE.devices["b3-l1-pit-leak"]
    first, second = json.loads(encode(TYPES, sensor, {"wet": True, "battery_pct": 71.5}, AT))
    assert first == {"bn": "b3-l1-pit-leak:", "bt": AT / 1_000_000, "n": "wet", "vb": True}
    assert second == {"n": "battery_pct", "v": 71.5}
    assert round(first["bt"] * 1_000_000) == AT


def test_readings_go_to_the_devices_own_topic() -> None:
    packet = reading_packet(ESTATE, TYPES, "b3-mains", {"voltage_v": 220}, AT)
    assert (packet.topic, packet.retain) == ("gatehouse/v1/riverside/b3-mains", False)


def test_a_status_is_retained_beside_the_readings() -> None:
    packet = status_packet(ESTATE, "b3-gateway", "offline")
    assert packet.topic == "gatehouse/v1/riverside/b3-gateway/status"
    assert (packet.payload, packet.retain) == (b"offline", True)
