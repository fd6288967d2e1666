"""From messages to what is kept of them: every message is taken, repeated or a dead letter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialects import native
from gateway.intake import KEPT_OF_TOO_LARGE_BYTES, Intake, take
from gateway.message import MAX_PAYLOAD_BYTES, Message
from gateway.registry import Registry, Source
from rules.state.inputs import Status
from rules.vocabulary.instant import MINUTE, SECOND
from store.readings.readings import Reading
from tests.gateway.payloads import NOW, NOW_S, PRESSURE, SMOKE

TOPIC = "gatehouse/v1/e1/p1"
REGISTRY = Registry(
    estates=frozenset({"e1"}),
    by_topic={
        TOPIC: Source("e1", "p1", PRESSURE),
        "gatehouse/v1/e1/s1": Source("e1", "s1", SMOKE),
        "gatehouse/v1/e1/odd": Source("e1", "odd", {}),
    },
    online={},
)


def message(payload: bytes, topic: str = TOPIC, **more: Any) -> Message:
    return Message(topic, payload, NOW, **more)


def flat(ts: Any = NOW_S, **signals: Any) -> bytes:
    return json.dumps({"ts": ts, "signals": signals}).encode()


def took(*messages: Message, online: dict[tuple[str, str], bool] | None = None) -> Intake:
    return take(messages, REGISTRY, online or {})


def reasons(intake: Intake) -> list[str]:
    return [letter.reason for _, letter in intake.letters]


def test_reading_carries_the_device_s_own_time() -> None:
    intake = took(message(flat(NOW_S - 5, pressure_mpa=0.3)))
    at = NOW - 5 * SECOND
    assert intake.readings == [Reading("e1", "p1", "pressure_mpa", at, 0.3, at, 0)]
    assert intake.letters == []


def test_clock_two_minutes_ahead_is_believed_and_no_more_than_that() -> None:
    near, far = flat(NOW_S + 120, pressure_mpa=0.3), flat(NOW_S + 121, pressure_mpa=0.3)
    believed, flagged, _ = took(message(near), message(far)).readings
    assert (believed.ts, believed.at, believed.quality) == (NOW + 2 * MINUTE,) * 2 + (0,)
    assert (flagged.ts, flagged.at, flagged.quality) == (NOW + 121 * SECOND, NOW, 1)


def test_clock_that_is_not_believed_is_told_of_as_a_reading_of_the_gateway() -> None:
    """Acceptance scenario 25: three hours ahead."""
    intake = took(message(flat(NOW_S + 3 * 3600, pressure_mpa=0.3, battery_pct=90)))
    *_, clock = intake.readings
    assert clock == Reading("e1", "p1", "clock_error_s", NOW, 3 * 3600.0, NOW, 0)
    assert len(intake.sources) == len(intake.readings) == 3


def test_time_that_says_nothing_counts_as_a_clock_error_too() -> None:
    names = [r.signal for r in took(message(flat("yesterday", pressure_mpa=0.3))).readings]
    assert names == ["pressure_mpa", "clock_error_s"]


@pytest.mark.parametrize(
    ("topic", "reason", "remedy"),
    [
        ("gatehouse/v1/e1/unheard-of", "unknown device", "register it"),
        ("gatehouse/v1/e1/unheard-of/status", "unknown device", "register it"),
        ("gatehouse/v1/e2/p1", "unknown estate", "import it"),
        ("gatehouse/v1/e1/p1/else", "malformed topic", "publish to"),
        ("other", "malformed topic", "publish to"),
        ("gatehouse/v1/e1/odd", "unknown signal", "send one of"),
    ],
)
def test_message_from_elsewhere_is_kept_whole_with_the_remedy(
    topic: str, reason: str, remedy: str
) -> None:
    payload = flat(pressure_mpa=0.3)
    [(_, letter)] = took(message(payload, topic)).letters
    assert (letter.reason, letter.topic, letter.payload) == (reason, topic, payload)
    assert remedy in letter.detail


def test_partly_understood_message_gives_its_good_readings_and_a_dead_letter() -> None:
    payload = flat(pressure_mpa=0.3, colour="red", battery_pct=900)
    intake = took(message(payload))
    assert [reading.signal for reading in intake.readings] == ["pressure_mpa"]
    [(_, letter)] = intake.letters
    assert (letter.reason, letter.payload) == ("unknown signal", payload)
    assert "colour" in letter.detail
    assert "battery_pct" in letter.detail


def test_too_large_payload_is_kept_in_part_and_the_letter_says_so() -> None:
    [(_, letter)] = took(message(b"x" * (MAX_PAYLOAD_BYTES + 1))).letters
    assert letter.reason == "too large"
    assert len(letter.payload) == KEPT_OF_TOO_LARGE_BYTES
    assert f"the first {KEPT_OF_TOO_LARGE_BYTES} are kept" in letter.detail


def test_largest_allowed_payload_is_read() -> None:
    payload = flat(pressure_mpa=0.3)
    assert took(message(payload.ljust(MAX_PAYLOAD_BYTES))).readings != []


def test_status_is_taken_from_live_messages_always() -> None:
    status = message(b"offline", TOPIC + "/status")
    intake = took(status, online={("e1", "p1"): False})
    assert intake.statuses == [("e1", Status("p1", online=False, at=NOW))]


def test_retained_status_that_repeats_the_known_one_is_nothing_new() -> None:
    greeting = message(b"online", TOPIC + "/status", retained=True)
    assert took(greeting, online={("e1", "p1"): True}).statuses == []
    assert took(greeting, online={("e1", "p1"): False}).statuses != []
    assert took(greeting).statuses != []


def test_failing_dialect_costs_one_message_only(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = native.decode

    def failing(payload: bytes, *rest: Any) -> Any:
        if payload == b"!":
            raise RuntimeError("defect")
        return decode(payload, *rest)

    monkeypatch.setattr(native, "decode", failing)
    intake = took(message(b"!"), message(flat(pressure_mpa=0.3)))
    assert reasons(intake) == ["dialect fault"]
    assert len(intake.readings) == 1


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([TOPIC, TOPIC + "/status", "gatehouse/v1/e1/s1"]),
    st.binary(),
    st.booleans(),
)
def test_every_message_leaves_a_trace_that_the_database_can_store(
    text: str, topic: str, payload: bytes, use_text: bool
) -> None:
    intake = took(message(payload, text if use_text else topic))
    assert intake.readings or intake.letters or intake.statuses
    for _, letter in intake.letters:
        assert "\0" not in letter.topic + letter.detail
        assert letter.detail.encode()
