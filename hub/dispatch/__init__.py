"""Outbox to channels: one dispatcher per channel, each channel one file.

May import `rules`, `store` and the hub's settings, keys and metrics.
"""

from hub.dispatch.channel import Channel, Hopeless, Message, NothingToSend, Outcome, Sent, TryAgain
from hub.dispatch.dispatcher import Dispatcher
from hub.dispatch.resident_page import ResidentPage
from hub.dispatch.subscriptions import StoredSubscriptions
from hub.dispatch.web_push import WebPush
from hub.dispatch.webhook import Webhook

__all__ = [
    "Channel",
    "Dispatcher",
    "Hopeless",
    "Message",
    "NothingToSend",
    "Outcome",
    "ResidentPage",
    "Sent",
    "StoredSubscriptions",
    "TryAgain",
    "WebPush",
    "Webhook",
]
