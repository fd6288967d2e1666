"""The channels that this hub's settings set up."""

from pydantic import SecretStr

from hub.clock import Clock
from hub.dispatch.channel import Channel
from hub.dispatch.channels.apprise_channel import AppriseChannel
from hub.dispatch.channels.resident_page import ResidentPage
from hub.dispatch.channels.voice import SpokenCall
from hub.dispatch.channels.web_push import WebPush
from hub.dispatch.channels.webhook import Webhook
from hub.dispatch.households.subscriptions import StoredSubscriptions
from hub.dispatch.report_tokens import report_token
from hub.dispatch.staff.call import StaffChannel
from hub.dispatch.staff.push import StaffPush
from hub.sealing.keys import Keys
from hub.settings import HubSettings
from rules.records.notices import Channel as ChannelName
from store.database.connection import Pool

ANSWERS = "/api/v1/calls"
"""Where a provider of calls says that somebody picked up."""

RECEIPTS = "/api/v1/receipts"
"""Where a provider of SMS says whether a message was delivered."""

AT_LEAST_ONCE: tuple[ChannelName, ...] = ("sms", "chat", "mail")
"""Their providers cannot tell a repeated message, so that a crash may tell a household twice."""


def channels(settings: HubSettings, pool: Pool, keys: Keys, *, clock: Clock) -> list[Channel]:
    """The resident page and web push always; the others where they have an address."""
    found: list[Channel] = [
        ResidentPage(),
        WebPush(
            StoredSubscriptions(pool),
            vapid_pem=keys.vapid_pem,
            subject=settings.vapid_subject,
            hosts=settings.web_push_hosts,
        ),
        AppriseChannel("chat", None),
    ]
    if settings.webhook_url is not None:
        found.append(Webhook(settings.webhook_url, _secret(settings.webhook_secret), clock=clock))
    if settings.sms_url is not None:
        receipts = f"{settings.base_url}{RECEIPTS}"
        found.append(
            AppriseChannel(
                "sms",
                _secret(settings.sms_url),
                receipt_url=lambda key: (
                    f"{receipts}/{report_token(keys.secret, 'sms-receipt', key)}"
                ),
            )
        )
    if settings.mail_url is not None:
        found.append(AppriseChannel("mail", _secret(settings.mail_url)))
    if settings.voice_url is not None:
        found.append(
            SpokenCall(
                settings.voice_url,
                _secret(settings.voice_secret),
                secret=keys.secret,
                answer_url=f"{settings.base_url}{ANSWERS}",
                clock=clock,
            )
        )
    return found


def staff_channels(
    settings: HubSettings, pool: Pool, keys: Keys, *, clock: Clock
) -> list[StaffChannel]:
    """Web push always; SMS, calls, chat and mail as they are set up for households."""
    of_words = [
        channel
        for channel in channels(settings, pool, keys, clock=clock)
        if isinstance(channel, AppriseChannel | SpokenCall)
    ]
    return [StaffPush(pool, settings, keys), *of_words]


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
