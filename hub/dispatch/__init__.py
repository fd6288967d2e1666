"""Outbox to channels: a router that picks each household's ways, and dispatchers per channel.

May import `rules`, `store` and the hub's settings, keys and metrics.
"""

from hub.dispatch.apprise_channel import CHAT_PATTERN, AppriseChannel
from hub.dispatch.bucket import Bucket
from hub.dispatch.channel import Channel, Hopeless, Message, NothingToSend, Outcome, Sent, TryAgain
from hub.dispatch.dispatcher import LANES, Dispatcher
from hub.dispatch.offered import AT_LEAST_ONCE, channels
from hub.dispatch.resident_page import ResidentPage
from hub.dispatch.router import Router, ways_for
from hub.dispatch.report_tokens import key_of_token, report_token
from hub.dispatch.spoken_call import SpokenCall
from hub.dispatch.subscriptions import StoredSubscriptions
from hub.dispatch.web_push import WebPush
from hub.dispatch.webhook import Webhook

__all__ = [
    "AT_LEAST_ONCE",
    "CHAT_PATTERN",
    "LANES",
    "AppriseChannel",
    "Bucket",
    "Channel",
    "Dispatcher",
    "Hopeless",
    "Message",
    "NothingToSend",
    "Outcome",
    "ResidentPage",
    "Router",
    "Sent",
    "SpokenCall",
    "StoredSubscriptions",
    "TryAgain",
    "WebPush",
    "Webhook",
    "channels",
    "key_of_token",
    "report_token",
    "ways_for",
]
