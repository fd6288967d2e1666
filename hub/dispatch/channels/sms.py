"""SMS by Apprise: one address template, filled with a person's number.

`{phone}` in the template stands for the number, `{receipt}` for the address where the provider
reports whether the message was delivered.
"""

import re
from collections.abc import Callable, Iterator
from typing import Self

from pydantic import Field, SecretStr

from hub.dispatch import apprise_address
from hub.dispatch.apprise_address import RECEIPT
from hub.dispatch.channel import (
    Channel,
    Finding,
    Message,
    NothingToSend,
    Outcome,
    Setup,
    register,
)
from hub.dispatch.report_tokens import report_token
from hub.people.addresses import PHONE
from hub.settings import HubSettings
from rules.vocabulary.text import Text
from store.database.settings import Options, revealed

RECEIPTS = "/api/v1/receipts"
"""Where a provider of SMS says whether a message was delivered."""


class SmsOptions(Options):
    """Who sends SMS."""

    sms_url: SecretStr | None = Field(
        default=None,
        description="Apprise address of the SMS provider, with {phone} where the number belongs, "
        "such as sns://KEY:SECRET/cn-north-1/{phone}; unset: no SMS",
    )


@register
class Sms(Channel):
    """`receipt_url` gives the address for the report on the message with this key."""

    name = "sms"
    label = Text(en="by SMS", zh="短信")
    sides = frozenset({"households", "staff"})
    goes_to = PHONE
    evidence = frozenset({"sent", "delivered"})
    cost = "per_message"
    options = SmsOptions
    asks_consent = True
    deduplicates = False

    def __init__(self, template: str, *, receipt_url: Callable[[str], str] = lambda _: "") -> None:
        self._template = template
        self._receipt_url = receipt_url

    @classmethod
    def is_set_up(cls, settings: HubSettings) -> bool:
        return settings.of(SmsOptions).sms_url is not None

    @classmethod
    def made(cls, setup: Setup) -> Self:
        template = revealed(setup.settings.of(SmsOptions).sms_url) or ""
        receipts, secret = f"{setup.settings.base_url}{RECEIPTS}", setup.keys.secret
        return cls(
            template,
            receipt_url=lambda key: f"{receipts}/{report_token(secret, 'sms-receipt', key)}",
        )

    @classmethod
    def examined(cls, settings: HubSettings) -> Iterator[Finding]:
        template = revealed(settings.of(SmsOptions).sms_url)
        return apprise_address.examined("SMS", "GATEHOUSE_SMS_URL", template, PHONE)

    def send(self, message: Message, /) -> Outcome:
        """Hand it to the provider; of the pages to answer it has room for one."""
        phone = message.addresses.get(PHONE.name)
        if phone is None:
            return NothingToSend("no address for this channel")
        words = message.words
        if message.answer:
            words = f"{words}\n{message.answer.short_url}"
        url = apprise_address.filled(
            self._template, PHONE, re.sub(r"[^+0-9]", "", phone),
            receipt_url=self._receipt_url(message.key),
        )  # fmt: skip
        return apprise_address.send(url, words, receipt_follows=RECEIPT in self._template)
