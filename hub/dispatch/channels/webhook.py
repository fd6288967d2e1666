"""A webhook: each notice as JSON to one address, for gateways of SMS, chat or speech.

The body names the household by id only; `hub.dispatch.signed_post` says how it is signed.
"""

from typing import Self

import msgspec
from pydantic import Field, SecretStr

from hub.clock import Clock
from hub.dispatch.channel import (
    Channel,
    Message,
    Outcome,
    Retry,
    Sent,
    Setup,
    Undeliverable,
    register,
)
from hub.dispatch.signed_post import SignedPost
from rules.vocabulary.text import Text
from store.database.settings import Options, revealed


class WebhookOptions(Options):
    """Where notices are posted."""

    webhook_url: str | None = Field(
        default=None, description="address that receives every notice as JSON; unset: no webhook"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="key of the HMAC-SHA256 signature on each webhook call"
    )


@register
class Webhook(Channel):
    """Posts to `url`. Without `secret` nothing is signed."""

    name = "webhook"
    label = Text(en="by webhook", zh="外部接口")
    sides = frozenset({"households"})
    goes_to = "household"
    evidence = frozenset({"sent"})
    options = WebhookOptions
    needs = "webhook_url"
    at_once = 32
    patience_s = 30.0

    def __init__(self, url: str, secret: str | None, *, clock: Clock) -> None:
        self._address = SignedPost(url, secret, clock=clock)

    @classmethod
    def made(cls, setup: Setup) -> Self:
        given = setup.settings.of(WebhookOptions)
        return cls(given.webhook_url or "", revealed(given.webhook_secret), clock=setup.clock)

    def send(self, message: Message, /) -> Outcome:
        """Post the notice."""
        body = msgspec.json.encode({"notice": message.record, "language": message.language})
        answer = self._address.post(body, message.key)
        if isinstance(answer, Retry | Undeliverable):
            return answer
        return Sent(f"HTTP {answer.status_code}")
