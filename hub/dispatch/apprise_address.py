"""Sending words by Apprise: an address template, in which a person's own address is filled in.

Providers behind Apprise cannot tell a repeated message: what sends by it is at least once.
"""

import logging
from collections.abc import Iterator
from urllib.parse import quote

from hub.dispatch.channel import Finding, Outcome, Retry, Sent
from hub.people.addresses import AddressField

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


def examined(
    name: str, setting: str, template: str | None, field: AddressField
) -> Iterator[Finding]:
    """Whether the template can be filled, and Apprise then understands it; it stays secret."""
    if template is None:
        return
    place = f"{{{field.name}}}"
    if place not in template:
        yield Finding(
            f"{name}: {setting} has no {place}",
            f"put {place} where a household's own belongs, as `gatehouse settings` shows",
        )
    elif not is_usable(template, field):
        yield Finding(
            f"{name}: {setting} is no address that Apprise knows",
            "write it as https://appriseit.com says for your provider; "
            "percent-encode @, :, / and % in passwords",
        )
    else:
        yield Finding(f"{name}: {setting} can be used")


def is_usable(template: str, field: AddressField) -> bool:
    """Whether Apprise understands the template, once it is filled."""
    import apprise

    address = filled(template, field, field.example, receipt_url="https://example.org")
    return bool(apprise.Apprise().add(address))
