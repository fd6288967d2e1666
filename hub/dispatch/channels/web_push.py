"""Web push (RFC 8030, 8291, 8292): to every browser that the household subscribed with.

The text is encrypted for the browser alone. `Topic` lets a push service keep one copy of a
notice, and the notice's id is the tag by which a browser shows it once.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import Protocol

import msgspec
from py_vapid import Vapid02

from hub.dispatch.channel import Hopeless, Message, NothingToSend, Outcome, Sent, TryAgain
from hub.people.push_services import is_push_service
from rules.records.events import as_json
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency
from store.notices.push_subscriptions import Subscription

_GONE = frozenset({404, 410})
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
_TIMEOUT_S = 10.0
_TTL_S: dict[Urgency, int] = {"N1": 3600, "N2": 6 * 3600, "N3": 24 * 3600, "N4": 24 * 3600}
_URGENCY: dict[Urgency, str] = {"N1": "high", "N2": "high", "N3": "normal", "N4": "low"}


class Subscriptions(Protocol):
    """Where a household's browsers are known."""

    def of_household(self, estate: str, household: str) -> list[Subscription]:
        """Every browser of the household."""
        ...

    def remove(self, endpoint: str) -> None:
        """Forget a browser that is gone."""
        ...


class PushServices:
    """Signs for push services in `hosts` only, with the hub's own key."""

    def __init__(self, *, vapid_pem: bytes, subject: str, hosts: str) -> None:
        self._vapid = Vapid02.from_pem(vapid_pem)
        self._subject = subject
        self._hosts = hosts

    def push_to_all(
        self, known: list[Subscription], body: str, urgency: Urgency, topic: str,
        *, forget: Callable[[str], None],
    ) -> Outcome:  # fmt: skip
        """Send to each of these browsers; one that takes it is enough. `forget` what is gone."""
        if not known:
            return NothingToSend("no subscription")
        answers = [self._push(subscription, body, urgency, topic) for subscription in known]
        for subscription, answer in zip(known, answers, strict=True):
            if answer in _GONE:
                forget(subscription.endpoint)
        return _outcome(answers)

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


class WebPush:
    """Sends notices to the browsers of households."""

    name: ChannelName = "web_push"
    deduplicates = True
    at_once = 16
    patience_s = 60.0

    def __init__(
        self, subscriptions: Subscriptions, *, vapid_pem: bytes, subject: str, hosts: str
    ) -> None:
        self._subscriptions = subscriptions
        self._services = PushServices(vapid_pem=vapid_pem, subject=subject, hosts=hosts)

    def send(self, message: Message, /) -> Outcome:
        """Send to each of the household's browsers."""
        estate, household = message.notice.estate, message.notice.household
        known = self._subscriptions.of_household(estate, household)
        return self._services.push_to_all(
            known, _body(message), message.urgency, topic(message.notice.id),
            forget=self._subscriptions.remove,
        )  # fmt: skip


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
        return Hopeless(evidence)
    return TryAgain(evidence)


def topic(subject: str) -> str:
    """What a message is about, by id, as a push topic: 32 characters of base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(subject.encode()).digest()[:24]).decode()


def _body(message: Message) -> str:
    """What the page's service worker shows: the notice, in both languages. No link is in it."""
    notice = as_json(message.notice)
    shown = {key: notice[key] for key in ("id", "template", "urgency", "text", "requested_at")}
    return msgspec.json.encode({**shown, "language": message.language}).decode()
