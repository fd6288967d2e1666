"""One hub process: web server, live feed, dispatchers and calendar around one pool."""

import asyncio
import socket
import threading
from collections.abc import Callable, Set
from random import Random
from typing import Any

import structlog
import uvicorn
from anyio.to_thread import current_default_thread_limiter

from hub.api import Context, create_app
from hub.api.http.security_headers import Edge
from hub.calendar.calendar import Calendar
from hub.clock import Clock
from hub.dispatch.channel import Setup, SideName
from hub.dispatch.channel_worker import ChannelWorker, Side
from hub.dispatch.households.deliveries import HouseholdSide
from hub.dispatch.households.routes import HouseholdRoutes
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.provider_rate import ProviderRate
from hub.dispatch.registry import made
from hub.dispatch.router import Router, Routes
from hub.dispatch.staff.deliveries import StaffSide
from hub.dispatch.staff.routes import StaffRoutes
from hub.feed.feed import Feed
from hub.feed.progress import CommandProgress
from hub.metrics import REGISTRY, Gauges
from hub.people.sealed_contacts import keep_sealed
from hub.sealing.keys import load_keys
from hub.settings import HubSettings
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.catalogue import rulebook
from store.database.connection import open_pool
from store.database.readiness import announce_ready

log = structlog.get_logger(__name__)

CONNECTIONS = 20
_THREADS = 64
"""Requests at work at once, those included that wait for the engine."""
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
        https = settings.base_url.startswith("https:")
        super().__init__(
            uvicorn.Config(
                Edge(create_app(self._context), https=https),
                host=settings.http_host,
                port=settings.http_port,
                access_log=False,  # addresses hold tokens
                log_config=None,
                server_header=False,
                lifespan="off",  # that of our parts is `serve`
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, with our parts around it."""
        self._start_parts()
        try:
            await super().serve(sockets)
        finally:
            self._stop_parts()

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
        current_default_thread_limiter().total_tokens = _THREADS
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
    """For households and for staff a router each, and workers of their own.

    So neither waits for the other, however much there is to send.
    """
    keys, base_url = context.keys, context.settings.base_url
    to_households = HouseholdSide(keys.sealer)
    to_staff = StaffSide(keys.sealer, secret=keys.secret, base_url=base_url)
    return [
        *_of_side(context, "households", to_households, HouseholdRoutes),
        *_of_side(context, "staff", to_staff, StaffRoutes),
    ]


def _of_side(
    context: Context, name: SideName, side: Side[Any, Any],
    routes: Callable[[RulebooksInForce, Set[str]], Routes[Any]],
) -> list[OutboxThread]:  # fmt: skip
    """The side's router, and for each of its channels a worker at each pace.

    Those of a channel share its provider's rate, which all estates share: it is as it ships.
    """
    channels = made(Setup(context.settings, context.pool, context.keys, context.clock), name)
    workers: list[OutboxThread] = []
    for channel in channels:
        rate = rulebook().notice_policy.rates.get(channel.name)
        shared = ProviderRate(rate, now=context.clock()) if rate else None
        for pace in side.paces:
            jitter = Random()  # noqa: S311 - no secret
            workers.append(
                ChannelWorker(
                    context.pool, channel, side, pace, clock=context.clock, random=jitter,
                    rate=shared,
                )
            )  # fmt: skip

    def wake() -> None:
        for worker in workers:
            worker.wake()

    set_up = routes(context.rulebooks, {channel.name for channel in channels})
    return [Router(context.pool, set_up, clock=context.clock, on_routed=wake), *workers]
