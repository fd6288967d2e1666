"""A phone call that reads the message aloud, by a provider's webhook (text to speech).

Posts `{"call", "phone", "text", "language", "urgency", "repeat", "slow", "answer_url"}` with the
same `Idempotency-Key` on every attempt, signed like the webhook. When somebody picks up, the
provider posts to `answer_url`, which carries a token of its own; whoever has it can only say this.
"""

from typing import TYPE_CHECKING, Self

import msgspec
from pydantic import Field, SecretStr

from hub.clock import Clock
from hub.dispatch.channel import (
    Channel,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Setup,
    Undeliverable,
    register,
)
from hub.dispatch.report_tokens import report_token
from hub.dispatch.signed_post import SignedPost
from hub.people.addresses import PHONE
from rules.records.notices import Urgency
from rules.vocabulary.text import Text
from store.database.settings import Options, revealed

if TYPE_CHECKING:
    import requests

ANSWERS = "/api/v1/calls"
"""Where a provider of calls says that somebody picked up."""

_PRESS = Text(en="{words} Press 1 to acknowledge.", zh="{words}确认请按1。")
_REPEAT: dict[Urgency, int] = {"N1": 3, "N2": 2, "N3": 1, "N4": 1}
_LONGEST_ID = 100


class VoiceOptions(Options):
    """Who makes the calls."""

    voice_url: str | None = Field(
        default=None,
        description="address of the provider that calls phones and reads notices aloud; "
        "unset: no calls",
    )
    voice_secret: SecretStr | None = Field(
        default=None, description="key of the HMAC-SHA256 signature on each order of a call"
    )


@register
class Voice(Channel):
    """Has `url` call people; `answer_url` is where answers are posted, without the token."""

    name = "voice"
    label = Text(en="by phone", zh="电话")
    place = 4
    sides = frozenset({"households", "staff"})
    goes_to = PHONE
    evidence = frozenset({"sent", "answered"})
    cost = "per_call"
    options = VoiceOptions
    needs = "voice_url"
    at_once_for = frozenset({"elderly_alone"})
    patience_s = 30.0

    def __init__(
        self, url: str, signing_key: str | None, *, secret: bytes, answer_url: str, clock: Clock
    ) -> None:
        self._address = SignedPost(url, signing_key, clock=clock)
        self._secret = secret
        self._answer_url = answer_url

    @classmethod
    def made(cls, setup: Setup) -> Self:
        given = setup.settings.of(VoiceOptions)
        return cls(
            given.voice_url or "", revealed(given.voice_secret), secret=setup.keys.secret,
            answer_url=f"{setup.settings.base_url}{ANSWERS}", clock=setup.clock,
        )  # fmt: skip

    def send(self, message: Message, /) -> Outcome:
        """Ask for the call."""
        phone = message.addresses.get(PHONE.name)
        if phone is None:
            return NothingToSend("no phone number")
        text = message.words
        if message.answer:
            text = _PRESS.in_(message.language).format(words=text)
        token = report_token(self._secret, "call-answer", message.key)
        body = msgspec.json.encode(
            {
                "call": message.key,
                "phone": phone,
                "text": text,
                "language": message.language,
                "urgency": message.urgency,
                "repeat": _REPEAT[message.urgency] + message.slowly,
                "slow": message.slowly,
                "answer_url": f"{self._answer_url}/{token}",
            }
        )
        answer = self._address.post(body, message.key)
        if isinstance(answer, Retry | Undeliverable):
            return answer
        return Sent(f"HTTP {answer.status_code}", _id_in(answer))


def _id_in(answer: "requests.Response") -> str | None:
    """The provider's own number of the call, where its answer has one."""
    try:
        body = answer.json()
    except ValueError:
        return None
    found = body.get("id") if isinstance(body, dict) else None
    return str(found)[:_LONGEST_ID] if isinstance(found, str | int) else None
