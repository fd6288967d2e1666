"""The webhook: signed, keyed, without personal data."""

import hashlib
import hmac
import json

import pytest

from hub.dispatch.channel import Message, Outcome, Retry, Sent, Undeliverable
from hub.dispatch.channels.webhook import Webhook
from tests.rig.endpoints import Endpoint

NOW = 1_790_000_000_123_456


def webhook(url: str, secret: str | None = None) -> Webhook:
    return Webhook(url, secret, clock=lambda: NOW)


def test_a_notice_is_posted_with_its_key(receiver: Endpoint, message: Message) -> None:
    assert webhook(f"{receiver.url}/hook").send(message) == Sent("HTTP 204")
    [call] = receiver.calls
    assert call.path == "/hook"
    assert call.headers["Idempotency-Key"] == "harbour-n7/webhook"
    assert "X-Gatehouse-Signature" not in call.headers
    body = json.loads(call.body)
    assert body["language"] == "zh"
    assert body["notice"]["household"] == "B1-01-01"
    assert body["notice"]["text"] == {"en": "Leak at 02-01.", "zh": "02-01漏水。"}
    assert body["notice"].keys().isdisjoint({"name", "phone"})


def test_the_signature_covers_time_and_body(receiver: Endpoint, message: Message) -> None:
    webhook(receiver.url, "a secret").send(message)
    [call] = receiver.calls
    expected = hmac.new(b"a secret", b"1790000000." + call.body, hashlib.sha256).hexdigest()
    assert call.headers["X-Gatehouse-Signature"] == f"t=1790000000,v1={expected}"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Sent("HTTP 200")),
        (500, Retry("HTTP 500")),
        (429, Retry("HTTP 429")),
        (400, Undeliverable("HTTP 400")),
        (302, Undeliverable("HTTP 302")),
    ],
)
def test_the_answer_decides(
    receiver: Endpoint, message: Message, status: int, outcome: Outcome
) -> None:
    receiver.statuses = [status]
    assert webhook(receiver.url).send(message) == outcome
    assert len(receiver.calls) == 1, "a redirection is not followed"


def test_no_answer_is_tried_again(receiver: Endpoint, message: Message) -> None:
    receiver.close()
    assert webhook(receiver.url).send(message) == Retry("ConnectionError")
