"""Calls: ordered once by key, told what to say, answered by a token that nobody can make up."""

import json
from dataclasses import replace

import pytest

from hub.dispatch.channel import Message, NothingToSend, Retry, Sent, Undeliverable
from hub.dispatch.channels.voice import Voice
from hub.dispatch.report_tokens import key_of_token, report_token
from hub.dispatch.signed_post import signature
from rules.vocabulary.instant import SECOND
from tests.rig.endpoints import Endpoint

NOW = 1_790_000_000 * SECOND
SECRET = b"s" * 32


@pytest.fixture
def spoken(message: Message) -> Message:
    return replace(message, key="harbour-n7/voice/2", addresses={"phone": "+8613800005678"})


def call(url: str) -> Voice:
    answers = "http://hub/api/v1/calls"
    return Voice(url, "key", secret=SECRET, answer_url=answers, clock=lambda: NOW)


def test_provider_is_told_whom_to_call_and_what_to_say(receiver: Endpoint, spoken: Message) -> None:
    assert call(receiver.url).send(spoken) == Sent("HTTP 204")
    [received] = receiver.calls
    body = json.loads(received.body)
    token = body.pop("answer_url").removeprefix("http://hub/api/v1/calls/")
    assert body == {
        "call": "harbour-n7/voice/2", "phone": "+8613800005678", "text": "02-01漏水。",
        "language": "zh", "urgency": "N2", "repeat": 2, "slow": False,
    }  # fmt: skip
    assert received.headers["Idempotency-Key"] == "harbour-n7/voice/2"
    assert received.headers["X-Gatehouse-Signature"] == signature("key", received.body, now=NOW)
    assert key_of_token(SECRET, "call-answer", token) == "harbour-n7/voice/2"


def test_an_old_person_alone_hears_it_slowly_and_once_more(
    receiver: Endpoint, spoken: Message
) -> None:
    call(receiver.url).send(replace(spoken, slowly=True))
    body = json.loads(receiver.calls[0].body)
    assert (body["repeat"], body["slow"]) == (3, True)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(503, Retry("HTTP 503")), (429, Retry("HTTP 429")), (400, Undeliverable("HTTP 400"))],
)
def test_provider_that_does_not_take_it(
    receiver: Endpoint, spoken: Message, status: int, outcome: object
) -> None:
    receiver.statuses = [status]
    assert call(receiver.url).send(spoken) == outcome


def test_household_without_a_phone_is_not_called(receiver: Endpoint, message: Message) -> None:
    assert call(receiver.url).send(message) == NothingToSend("no phone number")
    assert receiver.calls == []


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1] + "x", lambda t: "other-n1~voice~2." + t.split(".")[1], lambda _: "x"],
)
def test_token_that_was_made_up_is_none_of_ours(change: object) -> None:
    token = report_token(SECRET, "call-answer", "harbour-n7/voice/2")
    assert callable(change)
    assert key_of_token(SECRET, "call-answer", change(token)) is None
    assert key_of_token(b"t" * 32, "call-answer", token) is None
    assert key_of_token(SECRET, "sms-receipt", token) is None
