"""Mail by Apprise: one address template, in which `{mail}` stands for a person's own."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, SecretStr

from hub.dispatch import apprise_address
from hub.dispatch.channel import (
    Channel,
    Finding,
    Message,
    NothingToSend,
    Outcome,
    Setup,
    register,
)
from hub.people.addresses import AddressField
from hub.settings import HubSettings
from rules.vocabulary.text import Text
from store.database.settings import Options, revealed


def masked_mail(mail: str) -> str:
    """`a***@example.org`."""
    name, _, host = mail.rpartition("@")
    return f"{name[:1]}***@{host}"


MAIL = AddressField(
    "mail",
    "A mail address.",
    "resident@example.org",
    mask=masked_mail,
    pattern=r"^[^@\s\x00-\x1f<>\"',;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}$",
)


class MailOptions(Options):
    """Who sends mail."""

    mail_url: SecretStr | None = Field(
        default=None,
        description="Apprise address of the mail server, with {mail} where the address belongs, "
        "such as mailtos://USER:PASSWORD@HOST?to={mail}; unset: no mail",
    )


@register
class Mail(Channel):
    """Sends by the address that the template makes."""

    name = "mail"
    label = Text(en="by mail", zh="邮件")
    sides = frozenset({"households", "staff"})
    goes_to = MAIL
    evidence = frozenset({"sent"})
    options = MailOptions
    deduplicates = False

    def __init__(self, template: str) -> None:
        self._template = template

    @classmethod
    def is_set_up(cls, settings: HubSettings) -> bool:
        return settings.of(MailOptions).mail_url is not None

    @classmethod
    def made(cls, setup: Setup) -> Self:
        return cls(revealed(setup.settings.of(MailOptions).mail_url) or "")

    @classmethod
    def examined(cls, settings: HubSettings) -> Iterator[Finding]:
        template = revealed(settings.of(MailOptions).mail_url)
        return apprise_address.examined("mail", "GATEHOUSE_MAIL_URL", template, MAIL)

    def send(self, message: Message, /) -> Outcome:
        """Hand it to the mail server."""
        own = message.addresses.get(MAIL.name)
        if own is None:
            return NothingToSend("no address for this channel")
        url = apprise_address.filled(self._template, MAIL, own)
        return apprise_address.send(url, message.words_with_page)
