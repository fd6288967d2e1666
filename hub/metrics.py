"""Figures for Prometheus: what this process did, and what waits in the database."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from hub.clock import Clock
from hub.feed.feed import Feed
from rules.vocabulary.instant import SECOND
from store.database.connection import LOST, Pool
from store.engine import health
from store.notices import outbox

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "gatehouse_http_requests_total",
    "Answered HTTP requests",
    ["method", "route", "status"],
    registry=REGISTRY,
)
DURATION = Histogram(
    "gatehouse_http_request_duration_seconds",
    "Time until an HTTP answer began",
    ["method", "route"],
    registry=REGISTRY,
)
SENDINGS = Counter(
    "gatehouse_sendings_total",
    "Attempts to send a notice, by channel and outcome (Sent, NothingToSend, Retry, Undeliverable)",
    ["channel", "outcome"],
    registry=REGISTRY,
)


class Gauges(Collector):
    """What stands now, asked for when somebody looks."""

    def __init__(self, pool: Pool, feed: Feed, clock: Clock) -> None:
        self._pool = pool
        self._feed = feed
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        feed = self._feed
        streams = GaugeMetricFamily("gatehouse_live_streams", "Open live streams", labels=["kind"])
        streams.add_metric(["console"], len(feed.streams))
        streams.add_metric(["resident"], sum(map(len, list(feed.residents.values()))))
        yield streams
        yield _one("gatehouse_live_dropped", "Streams dropped as too slow", feed.dropped)
        position = GaugeMetricFamily(
            "gatehouse_live_position", "Last event sent to streams", labels=["estate"]
        )
        for estate, seq in dict(feed.seen or {}).items():
            position.add_metric([estate], seq)
        yield position
        yield _one("gatehouse_live_connected", "Whether the feed listens", feed.connected)
        try:
            yield from self._of_database()
            yield _one("gatehouse_database_up", "Whether the database answers", True)
        except (*LOST, PoolTimeout):
            yield _one("gatehouse_database_up", "Whether the database answers", False)

    def _of_database(self) -> list[Metric]:
        now = self._clock()
        with self._pool.connection() as db:
            backlog, unread = outbox.backlog(db, now=now), health.unread(db)
            dead_letters = health.dead_letters(db)
        waiting = GaugeMetricFamily(
            "gatehouse_outbox_rows", "Notices still to be sent", labels=["estate", "channel"]
        )
        age = GaugeMetricFamily(
            "gatehouse_outbox_oldest_seconds",
            "Age of the oldest of them",
            labels=["estate", "channel"],
        )
        for due in backlog:
            waiting.add_metric([due.estate, due.channel], due.rows)
            age.add_metric([due.estate, due.channel], (now - due.oldest_at) / SECOND)
        entries = GaugeMetricFamily(
            "gatehouse_inbox_unread", "Inbox entries to be read", labels=["estate", "lane"]
        )
        for lane in unread:
            entries.add_metric([lane.estate, str(lane.lane)], lane.entries)
        letters = _one("gatehouse_dead_letters", "Messages not understood", dead_letters)
        return [waiting, age, entries, letters]


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=float(value))
