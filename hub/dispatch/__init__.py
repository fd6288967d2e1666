"""Outbox to channels: routers that pick the ways to households and staff, dispatchers per channel.

May import `rules`, `store` and the hub's settings, keys and metrics.
"""

from hub.dispatch.channel import (
    Channel,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Undeliverable,
)
from hub.dispatch.channels.apprise_channel import CHAT_PATTERN, AppriseChannel, is_usable
from hub.dispatch.channels.resident_page import ResidentPage
from hub.dispatch.channels.voice import SpokenCall
from hub.dispatch.channels.web_push import WebPush
from hub.dispatch.channels.webhook import Webhook
from hub.dispatch.channels_set_up import AT_LEAST_ONCE, channels, staff_channels
from hub.dispatch.households.deliveries import PACES, Dispatcher
from hub.dispatch.households.routes import Router, ways_for
from hub.dispatch.households.subscriptions import StoredSubscriptions
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.provider_rate import ProviderRate
from hub.dispatch.report_tokens import key_of_token, report_token
from hub.dispatch.staff.call import Call, StaffChannel, callout_token
from hub.dispatch.staff.deliveries import StaffDispatcher
from hub.dispatch.staff.push import StaffPush
from hub.dispatch.staff.routes import StaffRouter

__all__ = [
    "AT_LEAST_ONCE",
    "CHAT_PATTERN",
    "PACES",
    "AppriseChannel",
    "Call",
    "Channel",
    "Dispatcher",
    "Message",
    "NothingToSend",
    "OutboxThread",
    "Outcome",
    "ProviderRate",
    "ResidentPage",
    "Retry",
    "Router",
    "Sent",
    "SpokenCall",
    "StaffChannel",
    "StaffDispatcher",
    "StaffPush",
    "StaffRouter",
    "StoredSubscriptions",
    "Undeliverable",
    "WebPush",
    "Webhook",
    "callout_token",
    "channels",
    "is_usable",
    "key_of_token",
    "report_token",
    "staff_channels",
    "ways_for",
]
