"""Posting JSON to a provider's address, with an idempotency key and a signature.

Header `Idempotency-Key` is the same on every attempt. Header `X-Gatehouse-Signature:
t=SECONDS,v1=HEX` signs `SECONDS.BODY` with HMAC-SHA256.
"""

import hashlib
import hmac
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

from hub.clock import Clock
from hub.dispatch.channel import Retry, Undeliverable
from rules.vocabulary.instant import SECOND, Instant

if TYPE_CHECKING:
    import requests

_TIMEOUT_S = (3.0, 10.0)
_CONNECTIONS = 32
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


class SignedPost:
    """Posts to `url`; without `secret` nothing is signed. Threads may share it; no cookies."""

    def __init__(self, url: str, secret: str | None, *, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        import requests
        from requests.adapters import HTTPAdapter

        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))

    def post(self, body: bytes, key: str) -> "requests.Response | Retry | Undeliverable":
        """The provider's answer, if it has taken it."""
        from requests import RequestException

        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "User-Agent": "gatehouse",
        }
        if self._secret is not None:
            headers["X-Gatehouse-Signature"] = signature(self._secret, body, now=self._clock())
        try:
            answer = self._session.post(
                self._url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
        except RequestException as failed:
            return Retry(type(failed).__name__)
        if answer.ok and not answer.is_redirect:
            return answer
        worth_it = answer.status_code >= 500 or answer.status_code in _WORTH_ANOTHER_TRY
        evidence = f"HTTP {answer.status_code}"
        return Retry(evidence) if worth_it else Undeliverable(evidence)


def signature(secret: str, body: bytes, *, now: Instant) -> str:
    """The value of the signature's header: the time in epoch seconds, and the HMAC over both."""
    moment = now // SECOND
    mac = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"
