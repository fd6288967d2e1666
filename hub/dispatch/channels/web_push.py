"""Web push (RFC 8030, 8291, 8292): to every browser that the household or person subscribed with.

The text is encrypted for the browser alone. `Topic` lets a push service keep one copy of a
message, and its subject is the tag by which a browser shows it once. A repeat replaces what a
phone still shows of the same incident, and makes it sound again.
"""

import base64
import hashlib
from functools import cached_property
from typing import Any, Protocol, Self

import msgspec
from pydantic import Field

from hub.dispatch.channel import (
    Channel,
    Household,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Setup,
    Undeliverable,
    User,
    register,
)
from hub.people.push_services import is_push_service
from rules.records.notices import Urgency
from rules.vocabulary.text import Text
from store.database.connection import Pool
from store.database.settings import Options
from store.notices import push_subscriptions
from store.notices.push_subscriptions import Subscription

_GONE = frozenset({404, 410})
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
_TIMEOUT_S = 10.0
_TTL_S: dict[Urgency, int] = {"N1": 3600, "N2": 6 * 3600, "N3": 24 * 3600, "N4": 24 * 3600}
_URGENCY: dict[Urgency, str] = {"N1": "high", "N2": "high", "N3": "normal", "N4": "low"}


class WebPushOptions(Options):
    """Which push services are called, and by whom."""

    vapid_subject: str = Field(
        default="mailto:operations@example.org",
        description="contact that push services may write to, a mailto: or https: address",
    )
    web_push_hosts: str = Field(
        default="fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com",
        description="push services that a browser may name, with their subdomains; no other "
        "address is ever called for a resident",
    )


class Subscriptions(Protocol):
    """Where browsers are known."""

    def of(self, whom: Household | User) -> list[Subscription]:
        """Every browser of the household or user."""
        ...

    def remove(self, endpoint: str) -> None:
        """Forget a browser that is gone."""
        ...


class StoredSubscriptions:
    """Reads and forgets subscriptions in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of(self, whom: Household | User) -> list[Subscription]:
        """Every browser of the household or user."""
        with self._pool.connection() as db:
            if isinstance(whom, User):
                return push_subscriptions.of_user(db, whom.id)
            return push_subscriptions.of_household(db, estate_id=whom.estate, household_id=whom.id)

    def remove(self, endpoint: str) -> None:
        """Forget a browser that is gone."""
        with self._pool.connection() as db:
            push_subscriptions.remove(db, endpoint)


@register
class WebPush(Channel):
    """Signs for push services in `hosts` only, with the hub's own key."""

    name = "web_push"
    label = Text(en="pushed to the phone", zh="手机推送")
    place = 2
    sides = frozenset({"households", "staff"})
    goes_to = "browsers"
    evidence = frozenset({"sent"})
    options = WebPushOptions

    def __init__(
        self, subscriptions: Subscriptions, *, vapid_pem: bytes, subject: str, hosts: str
    ) -> None:
        self._subscriptions = subscriptions
        self._vapid_pem = vapid_pem
        self._subject = subject
        self._hosts = hosts

    @classmethod
    def made(cls, setup: Setup) -> Self:
        given = setup.settings.of(WebPushOptions)
        return cls(
            StoredSubscriptions(setup.pool), vapid_pem=setup.keys.vapid_pem,
            subject=given.vapid_subject, hosts=given.web_push_hosts,
        )  # fmt: skip

    def send(self, message: Message, /) -> Outcome:
        """Send to each browser; one that takes it is enough."""
        known = self._subscriptions.of(message.to)
        if not known:
            return NothingToSend("no subscription")
        body = msgspec.json.encode(message.shown).decode()
        about = topic(message.subject)
        answers = [self._push(browser, body, message.urgency, about) for browser in known]
        for browser, answer in zip(known, answers, strict=True):
            if answer in _GONE:
                self._subscriptions.remove(browser.endpoint)
        return _outcome(answers)

    @cached_property
    def _vapid(self) -> Any:
        from py_vapid import Vapid02

        return Vapid02.from_pem(self._vapid_pem)

    def _push(
        self, subscription: Subscription, body: str, urgency: Urgency, topic: str
    ) -> int | str:
        """The push service's status, or why there is none."""
        if not is_push_service(subscription.endpoint, self._hosts):
            return 410
        import requests
        from http_ece import ECEException
        from pywebpush import WebPushException, webpush

        session = requests.Session()
        session.max_redirects = 0
        try:
            answer = webpush(
                {
                    "endpoint": subscription.endpoint,
                    "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
                },
                data=body,
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._subject},
                ttl=_TTL_S[urgency],
                headers={"Urgency": _URGENCY[urgency], "Topic": topic},
                timeout=_TIMEOUT_S,
                requests_session=session,
            )
        except WebPushException as failed:
            return failed.status_code or "no status"
        except (ValueError, ECEException):  # the browser's keys are none
            return 410
        except requests.RequestException as failed:
            return type(failed).__name__
        finally:
            session.close()
        return int(answer.status_code)


def _outcome(answers: list[int | str]) -> Outcome:
    """One push service that took it is enough; all gone, and the household has none."""
    taken = [answer for answer in answers if isinstance(answer, int) and answer < 300]
    left = [answer for answer in answers if answer not in _GONE]
    if taken:
        return Sent(f"taken by {len(taken)} of {len(answers)} push services")
    if not left:
        return NothingToSend("no subscription left")
    evidence = ", ".join(sorted({str(answer) for answer in left}))
    if all(isinstance(a, int) and a < 500 and a not in _WORTH_ANOTHER_TRY for a in left):
        return Undeliverable(evidence)
    return Retry(evidence)


def topic(subject: str) -> str:
    """What a message is about, by id, as a push topic: 32 characters of base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(subject.encode()).digest()[:24]).decode()
