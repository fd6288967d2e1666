"""The native dialect (DESIGN contract 2): `gatehouse/v1/{estate}/{device}`.

The payload is flat JSON, `{"ts": …, "signals": {"pressure_mpa": 0.31}}`, or SenML JSON. The
signals' names and units are those of the catalogue. Without a time, the arrival's counts.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.dialects import Decoded, senml
from gateway.dialects.event_time import event_time
from gateway.dialects.units import in_unit
from gateway.errors import (
    MalformedPayload,
    MalformedTopic,
    UnknownSignal,
    UnusableSample,
    UnusableTime,
)
from rules.estate.device_types import Signal, UnusableValue
from rules.vocabulary.instant import Instant
from rules.vocabulary.reading import Value

PREFIX = "gatehouse/v1/"
READINGS = PREFIX + "+/+"
STATUS = PREFIX + "+/+/status"
"""Topic filters of what devices measure and of whether they are there."""


class _Flat(msgspec.Struct):
    signals: dict[str, Any]
    ts: Any = None


_decode_flat = msgspec.json.Decoder(_Flat).decode


def topic_of(estate: str, device: str) -> str:
    return f"{PREFIX}{estate}/{device}"


def parse_topic(topic: str) -> tuple[str, str]:
    """(estate, device) of a topic for readings or status. Raises MalformedTopic."""
    estate, _, rest = topic.removeprefix(PREFIX).partition("/")
    device = rest.removesuffix("/status")
    if topic.startswith(PREFIX) and estate and device and "/" not in device:
        return estate, device
    raise MalformedTopic(f"topic {topic[:120]!r}: publish to {PREFIX}ESTATE/DEVICE")


def decode_status(payload: bytes) -> bool:
    """Whether the device is online. Raises MalformedPayload."""
    if payload in (b"online", b"offline"):
        return payload == b"online"
    raise MalformedPayload(f"status {payload[:40]!r}: send online or offline")


def decode(payload: bytes, signals: Mapping[str, Signal], received_at: Instant) -> Decoded:
    """The samples in a device's payload, in the payload's order.

    What is wrong with one signal does not touch the others. Where the time is unusable, the
    samples are taken as of `received_at`: a detector whose clock was reset still says fire.

    Raises MalformedPayload: neither flat JSON nor SenML.
    """
    if payload.lstrip()[:1] == b"[":
        return _decode_senml(payload, signals, received_at)
    try:
        flat = _decode_flat(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedPayload(
            f'payload: {error}; send {{"ts": …, "signals": {{…}}}} or SenML'
        ) from error
    if not flat.signals:
        raise MalformedPayload("signals: empty; name at least one signal")
    decoded = Decoded()
    at, quality = received_at, 0
    if flat.ts is not None:
        try:
            at = event_time(flat.ts, received_at)
        except UnusableTime as error:
            decoded.faults.append(error)
            quality = 1
    for name, raw in flat.signals.items():
        try:
            decoded.samples.append((name, at, _read(signals, name, raw), quality))
        except (UnknownSignal, UnusableSample) as error:
            decoded.faults.append(error)
    return decoded


def _decode_senml(payload: bytes, signals: Mapping[str, Signal], received_at: Instant) -> Decoded:
    decoded = Decoded()
    for record in senml.resolve(payload, received_at):
        at, quality = record.at, 0
        if isinstance(at, UnusableTime):
            decoded.faults.append(at)
            at, quality = received_at, 1
        try:
            raw = in_unit(record.value, record.unit, signals.get(record.signal))
            value = _read(signals, record.signal, raw)
            decoded.samples.append((record.signal, at, value, quality))
        except (UnknownSignal, UnusableSample) as error:
            decoded.faults.append(error)
    return decoded


def _read(signals: Mapping[str, Signal], name: str, raw: Any) -> Value:
    signal = signals.get(name)
    if signal is None:
        raise UnknownSignal(f"signal {name[:80]!r}: send one of {', '.join(sorted(signals))}")
    try:
        return signal.read(raw)
    except UnusableValue as error:
        raise UnusableSample(f"signal {name!r}: {error}") from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise UnusableSample(f"signal {name!r}: a value beyond all measure ({error})") from error
