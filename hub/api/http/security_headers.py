"""The edge around every answer: security headers, and counting requests."""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.http.context import BASE
from hub.api.http.problems import Problem, answer
from hub.metrics import DURATION, REQUESTS

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Edge:
    """Wraps the application. `https`: browsers shall come by HTTPS alone from now on."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                _count(scope, message["status"], time.perf_counter() - begun)
            await send(message)

        if _comes_from_elsewhere(scope):
            detail = "unsafe requests must come from the console's own pages"
            await answer(Problem(403, "cross-site", detail))(scope, receive, send_on)
        else:
            await self._app(scope, receive, send_on)


def _comes_from_elsewhere(scope: Scope) -> bool:
    """What a browser says of a request that another site's page makes it send."""
    site = Headers(scope=scope).get("Sec-Fetch-Site")
    return scope["method"] not in _SAFE and site in ("cross-site", "same-site")


def _count(scope: Scope, status: int, duration_s: float) -> None:
    route = getattr(scope.get("route"), "path", "other")  # as its router knows it, without BASE
    if scope["path"].startswith(f"{BASE}/"):
        route = BASE + route if route != "other" else route
    REQUESTS.labels(scope["method"], route, status).inc()
    DURATION.labels(scope["method"], route).observe(duration_s)
