"""SenML JSON (RFC 8428): base fields, relative times and units resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.dialects.event_time import plausible, whole_microseconds
from gateway.errors import MalformedPayload, UnusableTime
from rules.vocabulary.instant import SECOND, Instant

VERSION = 10
"""Highest version this module knows (RFC 8428, 4.4)."""

RELATIVE_BELOW_S = 2**28
"""Times below are relative to the arrival (RFC 8428, 4.5.3)."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:./_]*\Z")
_LAST_PART = re.compile(r"[/:](?=[^/:]*\Z)")


class _Record(msgspec.Struct):
    bn: str | None = None
    bt: float | None = None
    bu: str | None = None
    bv: float | None = None
    bs: float | None = None
    bver: int = VERSION
    n: str = ""
    u: str = ""
    t: float = 0.0
    v: int | float | None = None
    vb: bool | None = None
    vs: str | None = None
    vd: str | None = None
    s: float | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """One record with everything it inherits. `at` is an error where its time is unusable."""

    signal: str
    unit: str
    value: float | bool | str
    at: Instant | UnusableTime


_decode = msgspec.json.Decoder(list[dict[str, Any]]).decode


def resolve(payload: bytes, received_at: Instant) -> list[Resolved]:
    """The records of one device's pack; `received_at` is what relative times refer to.

    A record's signal is the last part of its name, behind the last `/` or `:`; what stands in
    front of it must be alike in the whole pack.

    Raises MalformedPayload: no SenML, of a later version, with a field that must be understood,
    with a value that no signal has (data, sums), or of several devices.
    """
    try:
        fields = _decode(payload)
        records = msgspec.convert(fields, list[_Record])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedPayload(f"SenML: {error}; send records as in RFC 8428") from error
    _check_must_understand(fields)
    resolved = list(_with_bases(records, received_at))
    if len({device for device, _ in resolved}) > 1:
        raise MalformedPayload("SenML: names of several devices; send each to its own topic")
    if not resolved:
        raise MalformedPayload("SenML: no record has a value; send v, vb or vs")
    return [record for _, record in resolved]


def _check_must_understand(fields: list[dict[str, Any]]) -> None:
    for record in fields:
        for name in record:
            if name.endswith("_"):
                raise MalformedPayload(f"SenML: field {name!r} must be understood, and is not")


def _with_bases(records: list[_Record], received_at: Instant) -> Iterator[tuple[str, Resolved]]:
    """Each record with a value, together with the device's part of its name."""
    name, time_s, unit, value = "", 0.0, "", 0.0
    for record in records:
        name = name if record.bn is None else record.bn
        time_s = time_s if record.bt is None else record.bt
        unit = unit if record.bu is None else record.bu
        value = value if record.bv is None else record.bv
        if record.bver > VERSION:
            raise MalformedPayload(f"SenML: bver {record.bver}; send version {VERSION}")
        if record.vd is not None or record.s is not None or record.bs is not None:
            raise MalformedPayload("SenML: data and sums are no readings; send v, vb or vs")
        own = _own_value(record, value)
        if own is not None:
            device, signal = _split(name + record.n)
            at = _time(time_s + record.t, received_at)
            yield device, Resolved(signal, record.u or unit, own, at)


def _own_value(record: _Record, base: float) -> float | bool | str | None:
    if record.v is not None:
        return record.v + base if base else record.v
    return record.vb if record.vb is not None else record.vs


def _split(name: str) -> tuple[str, str]:
    if not _NAME.match(name):
        raise MalformedPayload(
            f"SenML: name {name[:80]!r}; begin with a letter or digit, then those and -:./_"
        )
    *device, signal = _LAST_PART.split(name)
    return "".join(device), signal


def _time(time_s: float, received_at: Instant) -> Instant | UnusableTime:
    try:
        at = whole_microseconds(time_s, SECOND)
        return plausible(at + received_at if time_s < RELATIVE_BELOW_S else at, received_at)
    except UnusableTime as error:
        return error
