"""One hub process: web server, live feed, dispatchers and calendar around one pool."""

import asyncio
import socket
import threading
from collections.abc import Callable
from random import Random

import structlog
import uvicorn

from hub.api import Context, create_app
from hub.api.http.security_headers import Edge
from hub.calendar.calendar import Calendar
from hub.clock import Clock
from hub.dispatch import (
    PACES,
    Channel,
    Dispatcher,
    OutboxThread,
    ProviderRate,
    Router,
    StaffDispatcher,
    StaffRouter,
    channels,
    staff_channels,
)
from hub.feed.feed import Feed
from hub.feed.progress import CommandProgress
from hub.metrics import REGISTRY, Gauges
from hub.people.sealed_contacts import keep_sealed
from hub.sealing.keys import load_keys
from hub.settings import HubSettings
from rules.catalogue import rulebook
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency
from store.database.connection import open_pool
from store.database.readiness import announce_ready

log = structlog.get_logger(__name__)

CONNECTIONS = 20
_GRACE_S = 5


class Server(uvicorn.Server):
    """Serves until SIGTERM or SIGINT. Raises UnusableKey: a key file cannot be used."""

    def __init__(self, settings: HubSettings, *, clock: Clock) -> None:
        self._stopping = threading.Event()
        self._clock = clock
        self._pool = open_pool(settings.database_url, name="hub", size=CONNECTIONS)
        progress = CommandProgress()
        self._feed = Feed(settings.database_url, progress)
        keys = load_keys(settings)
        self._context = Context(settings, self._pool, self._feed, progress, keys, clock)
        self._gauges = Gauges(self._pool, self._feed, clock)
        self._dispatchers = _dispatchers(self._context)
        self._calendar = Calendar(settings.database_url, clock=clock)
        app = create_app(self._context, on_start=self._start_parts, on_stop=self._stop_parts)
        https = settings.base_url.startswith("https:")
        super().__init__(
            uvicorn.Config(
                Edge(app, https=https),
                host=settings.http_host,
                port=settings.http_port,
                access_log=False,  # addresses hold tokens
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and tell whoever started us."""
        await super().startup(sockets)
        if self.started:
            announce_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, after the live streams, which would never end by themselves."""
        self._feed.end_streams()
        await super().shutdown(sockets)

    def _start_parts(self) -> None:
        REGISTRY.register(self._gauges)
        self._feed.start(asyncio.get_running_loop())
        for dispatcher in self._dispatchers:
            self._feed.when_events_come(dispatcher.wake)
        threading.Thread(target=self._dispatch, daemon=True).start()
        self._calendar.start()
        log.info("hub_started", address=self._context.settings.base_url)

    def _dispatch(self) -> None:
        """Start dispatching when every contact is sealed, as only then all can be reached."""
        sealer = self._context.keys.sealer
        keep_sealed(self._pool, sealer, now=self._clock(), stop=self._stopping)
        for dispatcher in self._dispatchers:
            threading.Thread(target=dispatcher.run, args=(self._stopping,), daemon=True).start()

    def _stop_parts(self) -> None:
        self._stopping.set()
        self._context.backtests.stop()
        for dispatcher in self._dispatchers:
            dispatcher.wake()
        self._calendar.stop()
        self._feed.stop()
        REGISTRY.unregister(self._gauges)
        self._pool.close()
        log.info("hub_stopped")


def _dispatchers(context: Context) -> list[OutboxThread]:
    """For households and for staff a router each, and dispatchers of their own.

    So neither waits for the other, however much there is to send.
    """
    return [*_to_households(context), *_to_staff(context)]


def _to_households(context: Context) -> list[OutboxThread]:
    """The router, and for each channel one dispatcher where life is at stake and one for the rest.

    Both of a channel share its provider's rate, which all estates share: it is as it ships.
    """
    offered = channels(context.settings, context.pool, context.keys, clock=context.clock)
    found: list[OutboxThread] = []
    for channel in offered:
        rate = _rate(context, channel.name)
        found += [_dispatcher(context, channel, urgencies, rate) for urgencies in PACES]
    names = {channel.name for channel in offered}
    router = Router(
        context.pool, context.rulebooks, names, clock=context.clock, on_routed=_wake(found)
    )
    return [router, *found]


def _to_staff(context: Context) -> list[OutboxThread]:
    """The router of callouts, and for each channel a dispatcher with a rate of its own."""
    offered = staff_channels(context.settings, context.pool, context.keys, clock=context.clock)
    found: list[OutboxThread] = [
        StaffDispatcher(
            context.pool,
            channel,
            clock=context.clock,
            random=Random(),  # noqa: S311 - no secret
            sealer=context.keys.sealer,
            secret=context.keys.secret,
            base_url=context.settings.base_url,
            rate=_rate(context, channel.name),
        )
        for channel in offered
    ]
    names = {channel.name for channel in offered}
    router = StaffRouter(
        context.pool, context.rulebooks, names, clock=context.clock, on_routed=_wake(found)
    )
    return [router, *found]


def _wake(senders: list[OutboxThread]) -> Callable[[], None]:
    def wake() -> None:
        for sender in senders:
            sender.wake()

    return wake


def _rate(context: Context, channel: ChannelName) -> ProviderRate | None:
    rate = rulebook().notice_policy.rates.get(channel)
    return ProviderRate(rate, now=context.clock()) if rate else None


def _dispatcher(
    context: Context, channel: Channel, urgencies: tuple[Urgency, ...], rate: ProviderRate | None
) -> Dispatcher:
    jitter = Random()  # noqa: S311 - no secret
    return Dispatcher(
        context.pool, channel, clock=context.clock, random=jitter, sealer=context.keys.sealer,
        urgencies=urgencies, rate=rate,
    )  # fmt: skip
