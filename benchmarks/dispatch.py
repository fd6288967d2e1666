"""Telling many households: how long a batch takes, and whether danger to life waits behind it.

`python -m benchmarks.dispatch [--households 5000]` tells that many households of a service message
by page and webhook, and one household of a danger to life while the batch goes out. The router
and the workers are the hub's own, on an embedded database; a local address takes each webhook
call in `--answer-ms` milliseconds.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from benchmarks.machine import describe
from hub.clock import system_clock
from hub.dispatch.channel import Channel
from hub.dispatch.channel_worker import ChannelWorker
from hub.dispatch.channels.resident_page import ResidentPage
from hub.dispatch.channels.webhook import Webhook
from hub.dispatch.households.deliveries import PACES, HouseholdSide
from hub.dispatch.households.routes import HouseholdRoutes
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.router import Router
from hub.sealing.sealer import KEY_BYTES, Sealer
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.vocabulary.instant import to_datetime
from store.database.connection import Pool, open_pool
from tests.rig.databases import databases, first_home

URGENT_AFTER_S = 1.0

_ESTATE = "INSERT INTO estate (id, name, timezone, created_at) VALUES ('many', '{}', 'UTC', now())"
_LANES = "INSERT INTO inbox_head (estate_id, lane) SELECT 'many', generate_series(0, 2)"
_HOUSEHOLDS = """
INSERT INTO household (estate_id, id, unit)
SELECT 'many', 'B1-' || n, 'B1-' || n FROM generate_series(0, %(n)s) n
"""
_NOTICES = """
INSERT INTO notice (id, estate_id, incident_id, household_id, template, version, state,
                    requested_at, record)
SELECT 'many-n' || n, 'many', 'many-i1', 'B1-' || n, %(urgency)s, 1, 'queued', %(now)s,
       json_build_object('id', 'many-n' || n, 'estate', 'many', 'incident_id', 'many-i1',
           'household', 'B1-' || n, 'template', %(urgency)s::text, 'version', 1,
           'urgency', %(urgency)s::text, 'wave', 0,
           'text', json_build_object('en', 'Water off.', 'zh', '停水。'), 'state', 'queued',
           'requested_at', to_char(%(now)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           'delivered_at', null, 'read_at', null, 'drill', false)
  FROM generate_series(%(first)s::int, %(last)s::int) n
"""
_ROUTES = """
INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave, created_at,
                    next_at)
SELECT id || '/route', 'many', id, household_id, 'route', template, 0, %(now)s, %(now)s
  FROM notice WHERE template = %(urgency)s
"""
_LEFT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL"


class Sink:
    """Takes webhook calls and remembers when each notice's came."""

    def __init__(self, answer_ms: float) -> None:
        self.came: dict[str, float] = {}
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                time.sleep(answer_ms / 1000)
                sink.came.setdefault(self.headers["Idempotency-Key"], time.monotonic())
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_request(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def ask_for(pool: Pool, urgency: str, first: int, last: int) -> None:
    """Notices to households `first` to `last`, as an engine's transaction leaves them."""
    params = {
        "urgency": urgency, "first": first, "last": last, "now": to_datetime(system_clock()),
    }  # fmt: skip
    with pool.connection() as db:
        db.execute(_NOTICES, params)
        db.execute(_ROUTES, params)


@contextmanager
def dispatching(pool: Pool, sink: Sink) -> Iterator[list[OutboxThread]]:
    """The router and a worker for each channel and pace, on threads of their own."""
    stop = threading.Event()
    channels: list[Channel] = [ResidentPage(), Webhook(sink.url, None, clock=system_clock)]
    side = HouseholdSide(Sealer((bytes(KEY_BYTES),)))
    workers: list[OutboxThread] = [
        ChannelWorker(pool, channel, side, pace, clock=system_clock, random=Random(1))
        for channel in channels
        for pace in PACES
    ]

    def wake() -> None:
        for worker in workers:
            worker.wake()

    names = {channel.name for channel in channels}
    routes = HouseholdRoutes(RulebooksInForce(), names)
    parts = [Router(pool, routes, clock=system_clock, on_routed=wake), *workers]
    threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield parts
    finally:
        stop.set()
        for part in parts:
            part.wake()
        for thread in threads:
            thread.join()


def measure(pool: Pool, households: int, answer_ms: float) -> tuple[float, float]:
    """Seconds until the whole batch was sent, and until the urgent one in its midst was."""
    sink = Sink(answer_ms)
    with pool.connection() as db:
        db.execute(_ESTATE)
        db.execute(_LANES)
        db.execute(_HOUSEHOLDS, {"n": households})
    with dispatching(pool, sink) as parts:
        begun = time.monotonic()
        ask_for(pool, "N3", 1, households)
        parts[0].wake()
        time.sleep(URGENT_AFTER_S)
        asked = time.monotonic()
        ask_for(pool, "N1", 0, 0)
        parts[0].wake()
        while _left(pool):
            time.sleep(0.05)
        ended = time.monotonic()
    return ended - begun, sink.came["many-n0/webhook"] - asked


def _left(pool: Pool) -> int:
    with pool.connection() as db:
        row = db.execute(_LEFT).fetchone()
    assert row is not None
    return int(row[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=5000)
    parser.add_argument("--answer-ms", type=float, default=20.0)
    options = parser.parse_args()
    with (
        first_home() as first,
        databases(first) as server,
        server.fresh() as dsn,
        open_pool(dsn, name="benchmark", size=10) as pool,
    ):
        batch_s, urgent_s = measure(pool, options.households, options.answer_ms)
    print(describe())
    print(f"{options.households} households by page and webhook: {batch_s:.1f} s")
    print(f"danger to life in the midst of it, asked for until taken: {urgent_s * 1000:.0f} ms")


if __name__ == "__main__":
    main()
