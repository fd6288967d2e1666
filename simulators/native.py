"""The native topic of a device and the two forms of its payload: SenML (RFC 8428) and flat JSON.

Small battery or analogue sensors speak SenML, panels and controllers speak flat JSON.
"""

import json
from dataclasses import dataclass
from typing import Any

from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Device, Estate
from rules.vocabulary.instant import SECOND, Instant, to_rfc3339
from simulators.devices import Signals

SENML_TYPES = frozenset({"flow", "leak", "level", "pressure", "rain", "temperature"})
_SENML_FIELD = {"flag": "vb", "number": "v", "state": "vs"}


def topic(estate: str, device: str) -> str:
    return f"gatehouse/v1/{estate}/{device}"


def status_topic(estate: str, device: str) -> str:
    """Where `online` or `offline` stands, retained."""
    return f"{topic(estate, device)}/status"


@dataclass(frozen=True, slots=True)
class Packet:
    """What goes to the broker, at QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


def reading_packet(
    estate: Estate, types: DeviceTypes, device: str, signals: Signals, ts: Instant
) -> Packet:
    """The device's signals, measured at `ts`, in the form its type speaks."""
    payload = encode(types, estate.devices[device], signals, ts)
    return Packet(topic(estate.id, device), payload)


def status_packet(estate: Estate, device: str, status: str) -> Packet:
    """The device's `online` or `offline`."""
    return Packet(status_topic(estate.id, device), status.encode(), retain=True)


def hold_topic(estate: str) -> str:
    """Where a player asks the running devices to be silent: {"devices": […], "for_s": 60}."""
    return f"simulators/{estate}/hold"


def encode(types: DeviceTypes, device: Device, signals: Signals, ts: Instant) -> bytes:
    """The payload that `device` sends for `signals`, measured at `ts`."""
    kinds = {name: types.by_id[device.type].signals[name].kind for name in signals}
    values = {n: bool(v) if kinds[n] == "flag" else v for n, v in signals.items()}
    body: Any
    if device.type in SENML_TYPES:
        body = [{"n": n, _SENML_FIELD[kinds[n]]: v} for n, v in values.items()]
        body[0] = {"bn": f"{device.id}:", "bt": ts / SECOND, **body[0]}
    else:
        body = {"ts": to_rfc3339(ts), "signals": values}
    return json.dumps(body, separators=(",", ":")).encode()
