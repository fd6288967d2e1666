"""SMS by Apprise: one address template, filled with a person's number.

`{phone}` in the template stands for the number, `{receipt}` for the address where the provider
reports whether the message was delivered.
"""

import re
from typing import Self

from pydantic import Field, SecretStr

from hub.dispatch.apprise_address import ByTemplate
from hub.dispatch.channel import Message, Setup, register
from hub.dispatch.report_tokens import report_token
from hub.people.addresses import PHONE
from rules.vocabulary.text import Text
from store.database.settings import Options

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
class Sms(ByTemplate):
    """The provider may report later whether the message was delivered."""

    name = "sms"
    title = "SMS"
    label = Text(en="by SMS", zh="短信")
    place = 3
    sides = frozenset({"households", "staff"})
    goes_to = PHONE
    evidence = frozenset({"sent", "delivered"})
    cost = "per_message"
    options = SmsOptions
    needs = "sms_url"
    asks_consent = True

    @classmethod
    def made(cls, setup: Setup) -> Self:
        receipts, secret = f"{setup.settings.base_url}{RECEIPTS}", setup.keys.secret
        return cls(
            cls.template(setup.settings),
            receipt_url=lambda key: f"{receipts}/{report_token(secret, 'sms-receipt', key)}",
        )

    def own_of(self, message: Message) -> str | None:
        """Digits and the plus sign alone."""
        phone = super().own_of(message)
        return phone and re.sub(r"[^+0-9]", "", phone)

    def words_of(self, message: Message) -> str:
        """Of the pages to answer it has room for one."""
        return f"{message.words}\n{message.answer.short_url}" if message.answer else message.words
