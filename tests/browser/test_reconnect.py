"""An open console outlives its hub: what happened meanwhile is there, without a new start."""

from playwright.sync_api import Browser, expect

from tests.browser.watched import watched
from tests.scenarios.playing import System

LOST = ("net::ERR_", "Failed to fetch")


def test_console_resumes_behind_its_last_event_when_the_hub_was_killed(
    chromium: Browser, system: System
) -> None:
    before, meanwhile, after = system.stack.settle("before", "meanwhile", "after")
    rows = "[data-testid='alarm-row']"
    with watched(chromium, system.stack.url, expected=LOST) as watch:
        page = watch.page
        page.goto(system.stack.sign_in_link("operator"))
        connection = page.get_by_test_id("connection")
        system.stack.play("26-fire-duplicates", before)
        expect(page.locator(rows)).to_have_count(1)

        system.stack.kill("hub")
        expect(connection).to_have_attribute("data-state", "reconnecting")
        expect(page.locator(rows)).to_have_count(1)
        system.stack.play("26-fire-duplicates", meanwhile)
        system.stack.start(["hub"])

        expect(connection).to_have_attribute("data-state", "live", timeout=30_000)
        expect(page.locator(rows)).to_have_count(2)
        system.stack.play("26-fire-duplicates", after)
        expect(page.locator(rows)).to_have_count(3)
        assert len(watch.paths("/")) == 1, "the page was loaded again"
        assert len(watch.paths("/api/v1/snapshot")) == 1, "it began anew instead of resuming"
