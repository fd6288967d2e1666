"""What goes on the wire: topic, and the two forms of the payload."""

import json

from rules.catalogue import device_types
from rules.instant import from_rfc3339
from simulators.estate import load_estate
from simulators.native import encode, reading_packet, status_packet

AT = from_rfc3339("2026-11-24T08:00:00.123456Z")
TYPES = device_types()


def test_a_panel_speaks_flat_json_with_its_time_to_the_microsecond() -> None:
    payload = json.loads(encode(TYPES, "lift", {"door_zone": 1, "floor": 5, "mode": 1}, AT))
    assert payload == {
        "ts": "2026-11-24T08:00:00.123456Z",
        "signals": {"door_zone": True, "floor": 5, "mode": 1},
    }
    assert payload["signals"]["door_zone"] is True


def test_a_small_sensor_speaks_senml_with_a_base_time_and_typed_values() -> None:
    first, second = json.loads(encode(TYPES, "leak", {"wet": True, "battery_pct": 71.5}, AT))
    assert first == {"bt": AT / 1_000_000, "n": "wet", "vb": True}
    assert second == {"n": "battery_pct", "v": 71.5}
    assert round(first["bt"] * 1_000_000) == AT


def test_readings_go_to_the_devices_own_topic() -> None:
    packet = reading_packet(load_estate(), TYPES, "b3-mains", {"voltage_v": 220}, AT)
    assert (packet.topic, packet.retain) == ("gatehouse/v1/riverside/b3-mains", False)


def test_a_status_is_retained_beside_the_readings() -> None:
    packet = status_packet(load_estate(), "b3-gateway", "offline")
    assert packet.topic == "gatehouse/v1/riverside/b3-gateway/status"
    assert (packet.payload, packet.retain) == (b"offline", True)
