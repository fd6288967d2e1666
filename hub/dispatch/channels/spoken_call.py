"""A phone call that reads the notice aloud, by a provider's webhook (text to speech).

Posts `{"call", "phone", "text", "language", "urgency", "repeat", "slow", "answer_url"}` with the
same `Idempotency-Key` on every attempt, signed like the webhook. When somebody picks up, the
provider posts to `answer_url`, which carries a token of its own; whoever has it can only say this.
"""

from typing import TYPE_CHECKING

import msgspec

from hub.clock import Clock
from hub.dispatch.channel import Hopeless, NothingToSend, Outcome, Sent, TryAgain, Words
from hub.dispatch.channels.webhook import post, session
from hub.dispatch.report_tokens import report_token
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency

if TYPE_CHECKING:
    import requests

_REPEAT: dict[Urgency, int] = {"N1": 3, "N2": 2, "N3": 1, "N4": 1}
_LONGEST_ID = 100


class SpokenCall:
    """Has `url` call households; `answer_url` is where answers are posted, without the token."""

    name: ChannelName = "voice"
    deduplicates = True
    at_once = 16
    patience_s = 30.0

    def __init__(
        self, url: str, signing_key: str | None, *, secret: bytes, answer_url: str, clock: Clock
    ) -> None:
        self._url = url
        self._signing_key = signing_key
        self._secret = secret
        self._answer_url = answer_url
        self._clock = clock
        self._session = session()

    def send(self, message: Words, /) -> Outcome:
        """Ask for the call."""
        if message.contact is None or message.contact.phone is None:
            return NothingToSend("no phone number")
        token = report_token(self._secret, "call-answer", message.key)
        body = msgspec.json.encode(
            {
                "call": message.key,
                "phone": message.contact.phone,
                "text": message.words,
                "language": message.language,
                "urgency": message.urgency,
                "repeat": _REPEAT[message.urgency] + message.slowly,
                "slow": message.slowly,
                "answer_url": f"{self._answer_url}/{token}",
            }
        )
        answer = post(
            self._session, self._url, body, message.key, self._signing_key, now=self._clock()
        )
        if isinstance(answer, TryAgain | Hopeless):
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
