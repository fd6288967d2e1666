"""A browser's page under watch: nothing may go wrong in it unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

DESKTOP = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 15_000

_COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""


@dataclass
class Watch:
    """What went on in a page.

    `expected` are fragments of errors that the test itself brings about, such as a status.
    """

    page: Page
    expected: tuple[str, ...] = ()
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def paths(self, path: str) -> list[Request]:
        """The requests for this path."""
        return [request for request in self.requests if urlsplit(request.url).path == path]

    def verify(self) -> None:
        """No error on the console, no request to elsewhere, no breach of the content policy."""
        unexpected = [e for e in self.errors if not any(part in e for part in self.expected)]
        assert unexpected == []
        assert self.outside == []
        assert self.page.evaluate("window.violations ?? []") == []


@contextmanager
def watched(
    browser: Browser,
    origin: str,
    *,
    viewport: dict[str, int] = DESKTOP,
    language: str = "en",
    expected: tuple[str, ...] = (),
) -> Iterator[Watch]:
    """A page of its own session in a browser that prefers `language`; verified at the end."""
    phone = viewport["width"] < 600
    context = browser.new_context(
        base_url=origin,
        viewport={"width": viewport["width"], "height": viewport["height"]},
        locale="zh-CN" if language == "zh" else "en-GB",
        has_touch=phone,
        is_mobile=phone,
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_COLLECT_VIOLATIONS)
    page = context.new_page()
    watch = Watch(page, expected)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.errors.append(f"{message.text} {message.location.get('url', '')}")

    def asked(request: Request) -> None:
        watch.requests.append(request)
        if not request.url.startswith((origin, "data:", "blob:")):
            watch.outside.append(request.url)

    page.on("console", said)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", asked)
    try:
        yield watch
        watch.verify()
    finally:
        context.close()
