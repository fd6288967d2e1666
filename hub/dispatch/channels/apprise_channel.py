"""SMS, chat and mail by Apprise: one address template per channel, filled with a contact's own.

`{phone}` and `{mail}` in a template stand for the contact's, `{receipt}` for the address where the
provider reports what became of the message. Chat robots need no template. Providers behind Apprise
cannot tell a repeated message: these channels are at least once.
"""

import logging
import re
from collections.abc import Callable
from urllib.parse import quote

from hub.dispatch.channel import NothingToSend, Outcome, Sent, TryAgain, Words
from rules.records.notices import Channel as ChannelName

_CHAT_URLS = {
    "wecom": "wecombot://{token}",
    "dingtalk": "dingtalk://{token}",
    "feishu": "feishu://{token}",
}
CHAT_PATTERN = r"^(wecom|dingtalk|feishu):[A-Za-z0-9_-]{8,100}$"
"""A contact's chat robot: the service, and the token of its webhook."""

RECEIPT = "{receipt}"

for _logger in ("apprise", "urllib3"):  # they log addresses, which are secret and personal
    logging.getLogger(_logger).setLevel(logging.CRITICAL)


class AppriseChannel:
    """Sends by the address that `template`, or the contact's chat robot, makes.

    `receipt_url` gives the address for the report on the message with this key.
    """

    deduplicates = False
    at_once = 16
    patience_s = 60.0

    def __init__(
        self,
        name: ChannelName,
        template: str | None,
        *,
        receipt_url: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.name = name
        self._template = template or ""
        self._receipt_url = receipt_url

    def send(self, message: Words, /) -> Outcome:
        """Hand it to the provider."""
        url = self._url(message)
        if url is None:
            return NothingToSend("no address for this channel")
        import apprise

        sender = apprise.Apprise()
        if not sender.add(url):
            return TryAgain("the channel's address cannot be used; see `gatehouse doctor`")
        taken = sender.notify(body=message.words, body_format=apprise.NotifyFormat.TEXT)
        if not taken:
            return TryAgain("not taken")
        return Sent("taken", receipt_follows=RECEIPT in self._template)

    def _url(self, message: Words) -> str | None:
        contact = message.contact
        if contact is None:
            return None
        if self.name == "chat":
            return _chat_url(contact.chat)
        own = {"sms": contact.phone, "mail": contact.mail}.get(self.name)
        if own is None or not self._template:
            return None
        filled = self._template.replace(RECEIPT, quote(self._receipt_url(message.key), safe=""))
        return filled.replace("{phone}", _plain(own)).replace("{mail}", quote(own, safe=""))


def is_usable(template: str) -> bool:
    """Whether Apprise understands the template, once it is filled."""
    import apprise

    filled = template.replace("{phone}", "+8613800000000").replace("{mail}", "a%40example.org")
    filled = filled.replace(RECEIPT, "https%3A%2F%2Fexample.org")
    return bool(apprise.Apprise().add(filled))


def _plain(phone: str) -> str:
    """Digits, with the plus sign spelled so that an address can hold it."""
    return quote(re.sub(r"[^+0-9]", "", phone), safe="")


def _chat_url(chat: str | None) -> str | None:
    service, _, token = (chat or "").partition(":")
    template = _CHAT_URLS.get(service)
    return template.format(token=token) if template else None
