"""Sending words by Apprise: an address template, in which a person's own address is filled in.

Providers behind Apprise cannot tell a repeated message: what sends by it is at least once.
"""

import logging
from collections.abc import Callable, Iterator
from typing import ClassVar, Self
from urllib.parse import quote

from hub.dispatch.channel import (
    Channel,
    Finding,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Setup,
)
from hub.people.addresses import AddressField
from hub.settings import HubSettings
from store.database.settings import PREFIX, revealed

RECEIPT = "{receipt}"
"""Stands for the address where the provider reports what became of the message."""

for _logger in ("apprise", "urllib3"):  # they log addresses, which are secret and personal
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


def filled(template: str, field: AddressField, own: str, *, receipt_url: str = "") -> str:
    """The template with a person's own address in the field's place, and the receipt's."""
    with_receipt = template.replace(RECEIPT, quote(receipt_url, safe=""))
    return with_receipt.replace(f"{{{field.name}}}", quote(own, safe=""))


def send(url: str, words: str, *, receipt_follows: bool = False) -> Outcome:
    """Hand the words to the provider."""
    import apprise

    sender = apprise.Apprise()
    if not sender.add(url):
        return Retry("the channel's address cannot be used; see `gatehouse doctor`")
    if not sender.notify(body=words, body_format=apprise.NotifyFormat.TEXT):
        return Retry("not taken")
    return Sent("taken", receipt_follows=receipt_follows)


def is_usable(template: str, field: AddressField) -> bool:
    """Whether Apprise understands the template, once it is filled."""
    import apprise

    address = filled(template, field, field.example, receipt_url="https://example.org")
    return bool(apprise.Apprise().add(address))


class ByTemplate(Channel):
    """Sends by the address that `template` makes of a person's own."""

    title: ClassVar[str]
    goes_to: ClassVar[AddressField]
    deduplicates = False

    def __init__(self, template: str, *, receipt_url: Callable[[str], str] = lambda _: "") -> None:
        self._template = template
        self._receipt_url = receipt_url

    @classmethod
    def template(cls, settings: HubSettings) -> str:
        """The one that the settings give; empty where they give none."""
        assert cls.options is not None
        return revealed(getattr(settings.of(cls.options), cls.needs)) or ""

    @classmethod
    def made(cls, setup: Setup) -> Self:
        return cls(cls.template(setup.settings))

    @classmethod
    def examined(cls, settings: HubSettings) -> Iterator[Finding]:
        template, place = cls.template(settings), f"{{{cls.goes_to.name}}}"
        setting = f"{cls.title}: {PREFIX}{cls.needs.upper()}"
        if not template:
            return
        if place not in template:
            yield Finding(
                f"{setting} has no {place}",
                f"put {place} where a household's own belongs, as `gatehouse settings` shows",
            )
        elif not is_usable(template, cls.goes_to):
            yield Finding(
                f"{setting} is no address that Apprise knows",
                "write it as https://appriseit.com says for your provider; "
                "percent-encode @, :, / and % in passwords",
            )
        else:
            yield Finding(f"{setting} can be used")

    def send(self, message: Message, /) -> Outcome:
        """Hand it to the provider."""
        own = self.own_of(message)
        if own is None:
            return NothingToSend("no address for this channel")
        url = filled(self._template, self.goes_to, own, receipt_url=self._receipt_url(message.key))
        return send(url, self.words_of(message), receipt_follows=RECEIPT in self._template)

    def own_of(self, message: Message) -> str | None:
        """The person's own address."""
        return message.addresses.get(self.goes_to.name)

    def words_of(self, message: Message) -> str:
        """What is sent of the message."""
        return message.words_with_page
