"""A webhook: each notice as JSON to one address, for gateways of SMS, chat or speech.

The body names the household by id only. Header `Idempotency-Key` is the same on every attempt.
Header `X-Gatehouse-Signature: t=SECONDS,v1=HEX` signs `SECONDS.BODY` with HMAC-SHA256.
"""

import hashlib
import hmac
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import msgspec

from hub.clock import Clock
from hub.dispatch.channel import Hopeless, Message, Outcome, Sent, TryAgain
from rules.records.events import as_json
from rules.records.notices import Channel as ChannelName
from rules.vocabulary.instant import SECOND, Instant

if TYPE_CHECKING:
    import requests

_TIMEOUT_S = (3.0, 10.0)
_CONNECTIONS = 32
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


class Webhook:
    """Posts to `url`. Without `secret` nothing is signed."""

    name: ChannelName = "webhook"
    deduplicates = True
    at_once = 32
    patience_s = 30.0

    def __init__(self, url: str, secret: str | None, *, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._session = session()

    def send(self, message: Message, /) -> Outcome:
        """Post the notice."""
        body = msgspec.json.encode(
            {"notice": as_json(message.notice), "language": message.language}
        )
        answer = post(self._session, self._url, body, message.key, self._secret, now=self._clock())
        if isinstance(answer, TryAgain | Hopeless):
            return answer
        return Sent(f"HTTP {answer.status_code}")


def session() -> "requests.Session":
    """Connections that are kept open between calls; threads may share it. It keeps no cookies."""
    import requests
    from requests.adapters import HTTPAdapter

    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))
    return made


def post(
    session: "requests.Session",
    url: str,
    body: bytes,
    key: str,
    secret: str | None,
    *,
    now: Instant,
) -> "requests.Response | TryAgain | Hopeless":
    """Post JSON with its idempotency key, signed where there is a secret; the answer if taken."""
    from requests import RequestException

    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "User-Agent": "gatehouse",
    }
    if secret is not None:
        headers["X-Gatehouse-Signature"] = signature(secret, body, now=now)
    try:
        answer = session.post(
            url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
        )
    except RequestException as failed:
        return TryAgain(type(failed).__name__)
    if answer.ok and not answer.is_redirect:
        return answer
    worth_it = answer.status_code >= 500 or answer.status_code in _WORTH_ANOTHER_TRY
    evidence = f"HTTP {answer.status_code}"
    return TryAgain(evidence) if worth_it else Hopeless(evidence)


def signature(secret: str, body: bytes, *, now: Instant) -> str:
    """The value of the signature's header: the time in epoch seconds, and the HMAC over both."""
    moment = now // SECOND
    mac = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"
