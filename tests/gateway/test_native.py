"""The native dialect's flat form, its topics and its status."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialects import native
from gateway.errors import MalformedPayload, MalformedTopic, Refused
from rules.vocabulary.instant import DAY, HOUR, MILLISECOND, SECOND, Instant, to_rfc3339
from tests.gateway.payloads import NOW, NOW_S, PRESSURE, SMOKE


def flat(ts: Any = None, **signals: Any) -> bytes:
    body = {"signals": signals} if ts is None else {"ts": ts, "signals": signals}
    return json.dumps(body).encode()


def times(ts: Any) -> list[Instant]:
    decoded = native.decode(flat(ts, pressure_mpa=0.3), PRESSURE, NOW)
    assert decoded.faults == []
    return [at for _, at, _, _ in decoded.samples]


def reasons(payload: bytes) -> list[str]:
    return [fault.reason for fault in native.decode(payload, PRESSURE, NOW).faults]


@pytest.mark.parametrize(
    "ts",
    [
        NOW_S - 5,
        float(NOW_S - 5),
        (NOW_S - 5) * 1000,
        to_rfc3339(NOW - 5 * SECOND),
        to_rfc3339(NOW - 5 * SECOND).lower(),
        to_rfc3339(NOW - 5 * SECOND + 8 * HOUR).replace("Z", "+08:00"),
    ],
)
def test_event_time_is_read_from_every_form(ts: Any) -> None:
    assert times(ts) == [NOW - 5 * SECOND]


def test_fractions_of_a_second_are_kept_to_the_microsecond() -> None:
    assert times(NOW_S - 1 + 0.25) == [NOW - 750 * MILLISECOND]
    assert times("2026-11-18T10:00:00.123456Z")[0] % SECOND == 123_456


def test_message_without_time_counts_as_of_its_arrival() -> None:
    decoded = native.decode(flat(pressure_mpa=0.3), PRESSURE, NOW)
    assert decoded.samples == [("pressure_mpa", NOW, 0.3, 0)]


@given(st.integers(NOW - 400 * DAY, NOW + 400 * DAY))
def test_rfc3339_and_milliseconds_round_trip(at: Instant) -> None:
    assert times(to_rfc3339(at)) == [at]
    whole_ms = at // MILLISECOND
    assert times(whole_ms) == [whole_ms * MILLISECOND]


@pytest.mark.parametrize(
    "ts",
    [
        0, -1, 1, NOW_S * 1000 * 1000, 10**18, -(10**18), "9999-12-31T23:59:59Z", True,
        "2026-11-18T10:00:00", "yesterday", "", [], {"s": 1}, "1970-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_unusable_time_is_told_and_the_reading_counts_as_of_its_arrival(ts: Any) -> None:
    decoded = native.decode(flat(ts, panel_state="fire"), SMOKE, NOW)
    assert decoded.samples == [("panel_state", NOW, "fire", 1)]
    assert [fault.reason for fault in decoded.faults] == ["unusable time"]


def test_bad_signals_do_not_touch_the_good_ones() -> None:
    payload = flat(NOW_S, pressure_mpa=0.3, colour="red", battery_pct=900, tamper=True)
    decoded = native.decode(payload, PRESSURE, NOW)
    assert decoded.samples == [("pressure_mpa", NOW, 0.3, 0), ("tamper", NOW, 1.0, 0)]
    assert [fault.reason for fault in decoded.faults] == ["unknown signal", "unusable value"]
    assert "send one of battery_pct, clock_error_s" in str(decoded.faults[0])
    assert "outside 0 to 100 %" in str(decoded.faults[1])


@pytest.mark.parametrize("value", [None, "0.3", [0.3], {}, True, -0.001, 4.1, 10**300, [[[]]]])
def test_value_that_the_signal_cannot_take_is_unusable(value: Any) -> None:
    assert reasons(flat(NOW_S, pressure_mpa=value)) == ["unusable value"]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"\xff\xfe",
        b"0.31",
        b"null",
        b"{}",
        b'{"signals": {}}',
        b'{"signals": []}',
        b'{"signals": {"pressure_mpa": NaN}}',
        b'{"signals": {"pressure_mpa": 1e999}}',
        b'{"signals": {"pressure_mpa": ' + b"9" * 5000 + b"}}",
        b'{"signals": ' * 50_000,
        b'{"a":' * 50_000,
        b'{"signals": {"\\ud800": 1}}',
        b'{"ts": 1, "signals": {"pressure_mpa": 0.3}} trailing',
    ],
)
def test_payload_of_no_known_form_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedPayload, match=r"SenML|name at least one signal"):
        native.decode(payload, PRESSURE, NOW)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_make_the_dialect_fail(payload: bytes) -> None:
    with contextlib.suppress(Refused):
        native.decode(payload, PRESSURE, NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON, st.dictionaries(st.sampled_from(sorted(PRESSURE)) | st.text(), _JSON, min_size=1))
def test_every_signal_of_a_readable_message_is_either_taken_or_told(
    ts: Any, signals: dict[str, Any]
) -> None:
    try:
        decoded = native.decode(json.dumps({"ts": ts, "signals": signals}).encode(), PRESSURE, NOW)
    except MalformedPayload:
        return
    faults = [fault for fault in decoded.faults if fault.reason != "unusable time"]
    assert len(decoded.samples) + len(faults) == len(signals)
    assert all(str(fault) for fault in decoded.faults)


@pytest.mark.parametrize("topic", ["gatehouse/v1/e1/p1", "gatehouse/v1/e1/p1/status"])
def test_topic_names_estate_and_device(topic: str) -> None:
    assert native.parse_topic(topic) == ("e1", "p1")


@pytest.mark.parametrize(
    "topic",
    ["", "gatehouse/v1/", "gatehouse/v1/e1", "gatehouse/v1//p1", "gatehouse/v1/e1/",
     "gatehouse/v1/e1/p1/state", "gatehouse/v2/e1/p1", "e1/p1", "gatehouse/v1/e1//status"],
)  # fmt: skip
def test_topic_of_another_form_is_refused(topic: str) -> None:
    with pytest.raises(MalformedTopic, match="publish to gatehouse/v1/ESTATE/DEVICE"):
        native.parse_topic(topic)


def test_status_is_online_or_offline_and_nothing_else() -> None:
    assert native.decode_status(b"online")
    assert not native.decode_status(b"offline")
    with pytest.raises(MalformedPayload, match="send online or offline"):
        native.decode_status(b"Online")
