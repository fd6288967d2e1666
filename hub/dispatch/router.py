"""From what is asked for to the channels that carry it.

The engine writes one row for each notice and for each time that somebody is called; a router
turns it into a row for each channel, in one transaction, so that every channel is taken once.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from hub.clock import Clock
from hub.dispatch.outbox_thread import OutboxThread
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import Connection, Pool
from store.notices import outbox
from store.notices.outbox import ROUTE

_AT_ONCE = 500
_LEASE_US = 30 * SECOND

D = TypeVar("D")


class Routes(Protocol[D]):
    """Which channels lead to one side: households or staff."""

    def claim(
        self, db: Connection, channel: str, *, now: Instant, lease_us: int, limit: int
    ) -> list[D]: ...

    def write(self, db: Connection, deliveries: Sequence[D], now: Instant) -> dict[str, str]:
        """Write the row of each channel; the evidence for each row that was given, by its key."""
        ...


class Router(OutboxThread, Generic[D]):
    """Routes what is asked for; `on_routed` wakes the workers."""

    def __init__(
        self, pool: Pool, routes: Routes[D], *, clock: Clock, on_routed: Callable[[], None]
    ) -> None:
        super().__init__(ROUTE)
        self._pool = pool
        self._routes = routes
        self._clock = clock
        self._on_routed = on_routed

    def dispatch(self) -> int:
        """Route one batch; gives how many rows that was."""
        now = self._clock()
        with self._pool.connection() as db:
            deliveries = self._routes.claim(db, ROUTE, now=now, lease_us=_LEASE_US, limit=_AT_ONCE)
            if not deliveries:
                return 0
            outbox.done(db, self._routes.write(db, deliveries, now), now=now)
        self._on_routed()
        return len(deliveries)
