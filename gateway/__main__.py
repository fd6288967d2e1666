"""`python -m gateway`: one gateway process, until SIGTERM."""

import signal
import sys
import threading
import time
from collections.abc import Callable

import structlog
from prometheus_client import start_http_server

from gateway.session import Session
from gateway.settings import GatewaySettings
from gateway.writer import Writer
from rules.estate.device_types import device_types
from rules.vocabulary.instant import Instant
from store.database.clock import DatabaseTime, database_clock
from store.database.connection import Connection
from store.database.logs import configure_logging
from store.database.readiness import announce_ready

log = structlog.get_logger(__name__)


def monotonic_clock() -> Instant:
    """Microseconds that have passed since some moment; nobody sets this clock."""
    return time.monotonic_ns() // 1000


class Gateway:
    """A session and a writer, each feeding the other."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        monotonic: Callable[[], Instant] = monotonic_clock,
        measure: Callable[[Connection], Instant] = database_clock,
    ) -> None:
        self._subscribed = threading.Event()
        self._connected = threading.Event()
        self._broken = threading.Event()
        self._session = Session(
            settings,
            clock=monotonic,
            submit=lambda messages: self._writer.submit(messages),
            is_urgent=lambda topic: self._writer.is_life_safety(topic),
            on_subscribed=lambda: self._reached(self._subscribed),
        )
        self._writer = Writer(
            settings.database_url,
            device_types(),
            time=DatabaseTime(measure, monotonic),
            done=self._session.acknowledge,
            connected=lambda: self._reached(self._connected),
            failed=self._fail,
        )

    def run(self) -> int:
        """Serve until `stop`; gives the process's exit code."""
        self._writer.start()
        self._session.run()
        self._writer.stop()
        return 1 if self._broken.is_set() else 0

    def stop(self) -> None:
        self._session.stop()

    def _reached(self, milestone: threading.Event) -> None:
        milestone.set()
        if self._subscribed.is_set() and self._connected.is_set():
            announce_ready()

    def _fail(self) -> None:
        self._broken.set()
        self._session.stop()


def main() -> int:
    settings = GatewaySettings()
    configure_logging(settings)
    if settings.metrics_port:
        start_http_server(settings.metrics_port, settings.metrics_host)
    gateway = Gateway(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    code = gateway.run()
    log.info("gateway_stopped")
    return code


if __name__ == "__main__":
    sys.exit(main())
