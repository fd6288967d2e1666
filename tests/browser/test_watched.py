"""The watch over a page sees what it is there for."""

import pytest
from playwright.sync_api import Browser

from tests.browser.watched import watched
from tests.scenarios.playing import System

SLIPS = {
    "an inline script": "const s = document.createElement('script'); s.textContent = '1';"
    "document.body.append(s)",
    "a request to elsewhere": "fetch('https://example.org/').catch(() => {})",
    "an error on the console": "console.error('a fault')",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_a_page_does_not_go_unseen(chromium: Browser, system: System, slip: str) -> None:
    def open_and_slip() -> None:
        with watched(chromium, system.stack.url, expected=("401",)) as watch:
            watch.page.goto("/sign-in")
            watch.page.evaluate(SLIPS[slip])

    with pytest.raises(AssertionError):
        open_and_slip()
