"""A stream of ordinary readings with leaks in it: the last minutes, each with a time of its own."""

from collections.abc import Iterator

from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import MILLISECOND, Instant
from simulators.devices import Signals
from simulators.native import Packet, reading_packet

READINGS = 20_000
ALARMS = 50
EVERY = 10 * MILLISECOND
"""Event time between two readings: the whole stream spans 200 s."""

_AGAIN_AFTER = 600
"""Readings until a wet sensor reports again: six seconds, longer than the rule's delay of five."""

_NORMAL: dict[str, Signals] = {
    "pressure": {"pressure_mpa": 0.28},
    "flow": {"flow_m3h": 1.8},
    "mains": {"voltage_v": 230},
    "wind": {"gust_ms": 3},
    "temperature": {"temperature_c": 25},
}


def wet_sensors(estate: Estate) -> list[str]:
    """The sensors that find water, each in a flat of its own."""
    found = [d.id for d in estate.devices.values() if (d.type, d.location) == ("leak", "kitchen")]
    return sorted(found)[:ALARMS]


def stream(estate: Estate, *, now: Instant) -> Iterator[Packet]:
    """`READINGS` messages, the last of them measured at `now`."""
    types = device_types()
    ordinary = [(d.id, _NORMAL[d.type]) for d in estate.devices.values() if d.type in _NORMAL]
    wet: dict[int, str] = {}
    for number, sensor in enumerate(wet_sensors(estate)):
        first = 1 + number * (READINGS - _AGAIN_AFTER - 2) // ALARMS
        wet |= {first: sensor, first + _AGAIN_AFTER: sensor}
    assert len(wet) == 2 * ALARMS
    begin = now - READINGS * EVERY
    for index in range(READINGS):
        device, signals = ordinary[index % len(ordinary)]
        if index in wet:
            device, signals = wet[index], {"wet": True}
        yield reading_packet(estate, types, device, signals, begin + index * EVERY)
