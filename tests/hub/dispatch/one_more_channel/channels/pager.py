"""A pager by number: the one file that makes it a channel."""

from collections.abc import Iterator
from typing import Self

import msgspec
from pydantic import Field

from hub.dispatch.channel import (
    Channel,
    Finding,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Setup,
    Undeliverable,
    register,
)
from hub.dispatch.signed_post import SignedPost
from hub.people.addresses import AddressField
from hub.settings import HubSettings
from rules.vocabulary.text import Text
from store.database.settings import Options

PAGER = AddressField(
    "pager",
    Text(en="Pager", zh="寻呼机号码"),
    Text(en="Seven digits.", zh="七位数字。"),
    "5550101",
    mask=lambda n: f"*****{n[-2:]}",
    pattern=r"^\d{7}$",
)


class PagerOptions(Options):
    """Who runs the pagers."""

    pager_url: str | None = Field(
        default=None, description="address that pages are posted to; unset: no pager"
    )


@register
class Pager(Channel):
    """Posts the number and the words."""

    name = "pager"
    label = Text(en="by pager", zh="寻呼机")
    sides = frozenset({"households", "staff"})
    goes_to = PAGER
    evidence = frozenset({"sent"})
    cost = "per_message"
    options = PagerOptions
    needs = "pager_url"

    def __init__(self, address: SignedPost) -> None:
        self._address = address

    @classmethod
    def made(cls, setup: Setup) -> Self:
        url = setup.settings.of(PagerOptions).pager_url or ""
        return cls(SignedPost(url, None, clock=setup.clock))

    @classmethod
    def examined(cls, settings: HubSettings) -> Iterator[Finding]:
        yield Finding("pager: ready to page")

    def send(self, message: Message, /) -> Outcome:
        """Page the person."""
        number = message.addresses.get(PAGER.name)
        if number is None:
            return NothingToSend("no pager")
        body = msgspec.json.encode({"pager": number, "text": message.words_with_page})
        answer = self._address.post(body, message.key)
        if isinstance(answer, Retry | Undeliverable):
            return answer
        return Sent(f"HTTP {answer.status_code}")
