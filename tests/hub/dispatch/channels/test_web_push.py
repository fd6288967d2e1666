"""Web push: encrypted for one browser, signed, shown once, forgotten when gone."""

import base64
import json
import secrets
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from hub.dispatch.channel import (
    Household,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Undeliverable,
    User,
)
from hub.dispatch.channels.web_push import WebPush, topic
from hub.sealing.keys import Keys, load_keys
from hub.settings import HubSettings
from store.notices.push_subscriptions import Subscription
from tests.rig.endpoints import Endpoint


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """What a browser's Push API does with its keys."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.subscription = Subscription(endpoint, base64url(point), base64url(self._auth))

    def decrypt(self, body: bytes) -> bytes:
        plain: bytes = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth)
        return plain


class Known:
    """Subscriptions in memory."""

    def __init__(self, *subscriptions: Subscription) -> None:
        self.kept = list(subscriptions)

    def of(self, whom: Household | User) -> list[Subscription]:
        assert whom == Household("harbour", "B1-01-01")
        return list(self.kept)

    def remove(self, endpoint: str) -> None:
        self.kept = [s for s in self.kept if s.endpoint != endpoint]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return load_keys(HubSettings(data_dir=tmp_path))


def web_push(known: Known, keys: Keys, *, hosts: str = "127.0.0.1") -> WebPush:
    subject = "mailto:operations@example.org"
    return WebPush(known, vapid_pem=keys.vapid_pem, subject=subject, hosts=hosts)


def test_only_the_browser_can_read_the_notice(
    receiver: Endpoint, message: Message, keys: Keys
) -> None:
    receiver.statuses = [201]
    browser = Browser(f"{receiver.url}/push/abc")
    outcome = web_push(Known(browser.subscription), keys).send(message)
    assert outcome == Sent("taken by 1 of 1 push services")
    [call] = receiver.calls
    assert b"Leak" not in call.body
    shown = json.loads(browser.decrypt(call.body))
    assert shown == {
        "id": "harbour-n7",
        "template": "LEAK",
        "urgency": "N2",
        "text": {"en": "Leak at 02-01.", "zh": "02-01漏水。"},
        "requested_at": "2026-09-21T14:13:20.000000Z",
        "language": "zh",
    }


def test_the_push_service_can_tell_who_sends_and_keeps_one_copy(
    receiver: Endpoint, message: Message, keys: Keys
) -> None:
    receiver.statuses = [201]
    browser = Browser(receiver.url)
    web_push(Known(browser.subscription), keys).send(message)
    web_push(Known(browser.subscription), keys).send(message)
    first, second = receiver.calls
    assert first.headers["Topic"] == second.headers["Topic"] == topic("harbour-n7")
    assert len(first.headers["Topic"]) == 32
    assert first.headers["Urgency"] == "high"
    assert int(first.headers["TTL"]) > 0
    assert keys.vapid_public in first.headers["Authorization"]
    assert Vapid02.verify(first.headers["Authorization"])


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    receiver: Endpoint, message: Message, keys: Keys, status: int
) -> None:
    receiver.statuses = [status]
    known = Known(Browser(receiver.url).subscription)
    assert web_push(known, keys).send(message) == NothingToSend("no subscription left")
    assert known.kept == []


def test_one_browser_that_takes_it_is_enough(
    receiver: Endpoint, message: Message, keys: Keys
) -> None:
    receiver.statuses = [410, 201]
    known = Known(
        Browser(f"{receiver.url}/old").subscription, Browser(f"{receiver.url}/new").subscription
    )
    assert web_push(known, keys).send(message) == Sent("taken by 1 of 2 push services")
    assert [s.endpoint for s in known.kept] == [f"{receiver.url}/new"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, Retry("500")), (429, Retry("429")), (400, Undeliverable("400"))],
)
def test_a_refusal_is_tried_again_where_that_may_help(
    receiver: Endpoint, message: Message, keys: Keys, status: int, outcome: Outcome
) -> None:
    receiver.statuses = [status]
    known = Known(Browser(receiver.url).subscription)
    assert web_push(known, keys).send(message) == outcome
    assert len(known.kept) == 1


def test_no_answer_and_a_redirection_are_tried_again(
    receiver: Endpoint, message: Message, keys: Keys
) -> None:
    known = Known(Browser(receiver.url).subscription)
    receiver.statuses = [307]
    assert web_push(known, keys).send(message) == Retry("TooManyRedirects")
    receiver.close()
    assert web_push(known, keys).send(message) == Retry("ConnectionError")


def test_an_address_that_is_no_push_service_is_never_called(
    receiver: Endpoint, message: Message, keys: Keys
) -> None:
    known = Known(Browser(receiver.url).subscription)
    channel = web_push(known, keys, hosts="push.example.org")
    assert channel.send(message) == NothingToSend("no subscription left")
    assert receiver.calls == []
    assert known.kept == []


def test_keys_that_are_none_are_forgotten(receiver: Endpoint, message: Message, keys: Keys) -> None:
    known = Known(Subscription(receiver.url, "A" * 87, "k8JV6sjdbhAi1n3_LDBLvA"))
    assert web_push(known, keys).send(message) == NothingToSend("no subscription left")
    assert receiver.calls == []


def test_without_a_subscription_there_is_nothing_to_send(message: Message, keys: Keys) -> None:
    assert web_push(Known(), keys).send(message) == NothingToSend("no subscription")
