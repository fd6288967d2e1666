"""Mail by Apprise: one address template, in which `{mail}` stands for a person's own."""

from pydantic import Field, SecretStr

from hub.dispatch.apprise_address import ByTemplate
from hub.dispatch.channel import register
from hub.people.addresses import AddressField
from rules.vocabulary.text import Text
from store.database.settings import Options


def masked_mail(mail: str) -> str:
    """`a***@example.org`."""
    name, _, host = mail.rpartition("@")
    return f"{name[:1]}***@{host}"


MAIL = AddressField(
    "mail",
    Text(en="Mail", zh="邮箱"),
    Text(en="One mail address.", zh="一个邮箱地址。"),
    "resident@example.org",
    mask=masked_mail,
    pattern=r"^[^@\s\x00-\x1f<>\"',;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?\.[A-Za-z]{2,}$",
    typed_as="email",
)


class MailOptions(Options):
    """Who sends mail."""

    mail_url: SecretStr | None = Field(
        default=None,
        description="Apprise address of the mail server, with {mail} where the address belongs, "
        "such as mailtos://USER:PASSWORD@HOST?to={mail}; unset: no mail",
    )


@register
class Mail(ByTemplate):
    """Sends by the mail server of the template."""

    name = "mail"
    title = "mail"
    label = Text(en="by mail", zh="邮件")
    place = 5
    sides = frozenset({"households", "staff"})
    goes_to = MAIL
    evidence = frozenset({"sent"})
    options = MailOptions
    needs = "mail_url"
