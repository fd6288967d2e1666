"""A webhook's receiving end: takes every call and remembers its idempotency key."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Server(ThreadingHTTPServer):
    """Takes as many connections at once as a dispatcher opens, and more."""

    request_queue_size = 128


class WebhookReceiver:
    """`url` takes notices. A call with a known key is taken for granted and shows nothing new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, dict[str, Any]] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._take(self.headers["Idempotency-Key"], json.loads(body)["notice"])
                self.send_response(204)
                self.end_headers()

            def log_request(self, *_: object) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def shown(self, estate: str) -> list[dict[str, Any]]:
        """The notices that somebody saw, one per idempotency key."""
        with self._lock:
            return [n for n in self._by_key.values() if n["estate"] == estate]

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, key: str, notice: dict[str, Any]) -> None:
        with self._lock:
            self._by_key.setdefault(key, notice)


@contextmanager
def receiving() -> Iterator[WebhookReceiver]:
    """A receiver on a free port, for the length of a block."""
    receiver = WebhookReceiver()
    thread = threading.Thread(target=receiver.serve, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.close()
        thread.join(5)
