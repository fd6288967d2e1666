"""SenML packs as RFC 8428 has them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialects import Decoded, native
from gateway.dialects.senml import RELATIVE_BELOW_S
from gateway.errors import MalformedPayload
from rules.vocabulary.instant import MILLISECOND, SECOND, Instant
from tests.gateway.payloads import NOW, NOW_S, PRESSURE, SMOKE

DEVICE = "urn:dev:mac:0024befffe804ff1:"


def decode(*records: dict[str, Any], signals: Any = PRESSURE) -> Decoded:
    return native.decode(json.dumps(records).encode(), signals, NOW)


def taken(*records: dict[str, Any], signals: Any = PRESSURE) -> list[tuple[Any, ...]]:
    decoded = decode(*records, signals=signals)
    assert decoded.faults == []
    return [sample[:3] for sample in decoded.samples]


def test_base_fields_hold_for_all_following_records() -> None:
    assert taken(
        {"bn": DEVICE, "bt": NOW_S - 10, "bu": "MPa", "bv": 0.1, "n": "pressure_mpa", "v": 0.25},
        {"n": "pressure_mpa", "v": 0.15, "t": 5},
        {"bv": 0, "bu": "", "n": "battery_pct", "v": 90, "t": 10},
    ) == [
        ("pressure_mpa", NOW - 10 * SECOND, 0.35, ),
        ("pressure_mpa", NOW - 5 * SECOND, 0.25),
        ("battery_pct", NOW, 90.0),
    ]  # fmt: skip


def test_record_of_base_fields_alone_is_no_reading() -> None:
    assert taken({"bn": DEVICE}, {"n": "tamper", "vb": True}) == [("tamper", NOW, 1.0)]


def test_times_below_2_to_the_28_are_relative_to_the_arrival() -> None:
    assert taken({"n": "pressure_mpa", "v": 0.3, "t": -60}, {"n": "pressure_mpa", "v": 0.3}) == [
        ("pressure_mpa", NOW - 60 * SECOND, 0.3),
        ("pressure_mpa", NOW, 0.3),
    ]
    assert decode({"n": "pressure_mpa", "v": 0.3, "t": RELATIVE_BELOW_S}).faults != []


def test_states_are_strings_and_flags_are_booleans() -> None:
    samples = taken({"n": "panel_state", "vs": "fire"}, {"n": "tamper", "vb": False}, signals=SMOKE)
    assert samples == [("panel_state", NOW, "fire"), ("tamper", NOW, 0.0)]


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [("Pa", 310_000, 0.31), ("hPa", 3100, 0.31), ("MPa", 0.31, 0.31), ("", 0.31, 0.31)],
)
def test_units_are_brought_to_the_catalogue_s(unit: str, value: float, expected: float) -> None:
    assert taken({"n": "pressure_mpa", "u": unit, "v": value})[0][2] == pytest.approx(expected)


def test_unit_of_another_quantity_is_an_unusable_value() -> None:
    [fault] = decode({"n": "pressure_mpa", "u": "Cel", "v": 21}).faults
    assert fault.reason == "unusable value"
    assert "send one of MPa, Pa, hPa" in str(fault)


@pytest.mark.parametrize("separator", ["/", ":"])
def test_signal_is_the_last_part_of_the_name(separator: str) -> None:
    name = f"building-3{separator}pressure_mpa"
    assert taken({"n": name, "v": 0.3}) == [("pressure_mpa", NOW, 0.3)]


def test_unusable_time_of_one_record_leaves_the_others_alone() -> None:
    decoded = decode({"n": "pressure_mpa", "v": 0.3, "t": 1e300}, {"n": "tamper", "vb": True})
    assert decoded.samples == [("pressure_mpa", NOW, 0.3, 1), ("tamper", NOW, 1.0, 0)]
    assert [fault.reason for fault in decoded.faults] == ["unusable time"]


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([], "no record has a value"),
        ([{"bn": "x:"}], "no record has a value"),
        ([{"n": "a/pressure_mpa", "v": 1}, {"n": "b/pressure_mpa", "v": 1}], "several devices"),
        ([{"bver": 11, "n": "pressure_mpa", "v": 1}], "bver 11"),
        ([{"n": "pressure_mpa", "v": 1, "lock_": 1}], "'lock_' must be understood"),
        ([{"n": "pressure_mpa", "vd": "aGk"}], "data and sums"),
        ([{"n": "pressure_mpa", "s": 3}], "data and sums"),
        ([{"n": "pressure mpa", "v": 1}], "name 'pressure mpa'"),
        ([{"v": 1}], "name ''"),
        ([{"n": "pressure_mpa", "v": "high"}], "RFC 8428"),
        ([1], "RFC 8428"),
    ],
)
def test_pack_that_cannot_be_resolved_is_malformed(records: list[Any], complaint: str) -> None:
    with pytest.raises(MalformedPayload, match=complaint):
        native.decode(json.dumps(records).encode(), PRESSURE, NOW)


@pytest.mark.parametrize("payload", [b"[", b"[" * 100_000, b'[{"n":"a","v":NaN}]', b"[\xff]"])
def test_broken_pack_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedPayload, match="RFC 8428"):
        native.decode(payload, PRESSURE, NOW)


@given(
    st.lists(
        st.tuples(
            st.integers(-300_000, 100_000).map(lambda ms: NOW + ms * MILLISECOND),
            st.floats(0, 4, allow_subnormal=False),
        ),
        min_size=1,
    )
)
def test_flat_and_senml_give_the_same_readings(samples: list[tuple[Instant, float]]) -> None:
    base = NOW_S - 300
    pack = [{"bn": DEVICE, "bt": base}] + [
        {"n": "pressure_mpa", "t": (at - base * SECOND) / SECOND, "v": value}
        for at, value in samples
    ]
    flat = [
        native.decode(
            json.dumps({"ts": at / SECOND, "signals": {"pressure_mpa": value}}).encode(),
            PRESSURE,
            NOW,
        ).samples[0]
        for at, value in samples
    ]
    assert decode(*pack).samples == flat == [("pressure_mpa", at, v, 0) for at, v in samples]
