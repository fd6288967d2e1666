"""A manager names who is on duty, and everybody sees it, and who is missing."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, expect

from tests.browser.test_console import signed_in
from tests.browser.watched import DESKTOP, PHONE
from tests.scenarios.playing import System


def test_saved_shift_shows_who_is_on_duty_and_the_board_names_the_gaps(
    chromium: Browser, system: System
) -> None:
    system.stack.settle("riverside-roster")
    now = datetime.now(tz=UTC).astimezone()  # as the browser has it
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        banner = page.get_by_test_id("roster-banner")
        expect(banner).to_have_attribute("data-version", "0")
        banner.click()
        control_room = page.locator('[data-testid="duty-now"][data-duty="CR"]')
        expect(control_room).to_have_attribute("data-tone", "2")
        page.locator('tr[data-duty="CR"] td.today .add').click()
        page.locator('select[name="user"]').select_option("manager")
        for name, at in (("from", now - timedelta(hours=1)), ("until", now + timedelta(hours=8))):
            page.locator(f'input[name="{name}"]').fill(at.strftime("%Y-%m-%dT%H:%M"))
        page.get_by_test_id("dialog-submit").click()
        expect(control_room).to_have_attribute("data-tone", "2")  # until it is saved
        page.get_by_test_id("save-roster").click()
        page.locator('input[name="reason"]').fill("first roster")
        page.get_by_test_id("dialog-submit").click()
        expect(control_room).to_contain_text("manager")
        expect(page.get_by_test_id("roster")).to_have_attribute("data-version", "1")
    with signed_in(chromium, system, PHONE) as watch:
        page = watch.page
        expect(page.get_by_test_id("roster-banner")).to_have_attribute("data-missing", "SL EN")
        page.locator('nav a[href="/roster"]').click()
        expect(page.locator('[data-testid="duty-now"][data-duty="CR"]')).to_contain_text("manager")
        expect(page.get_by_test_id("shift").first).to_have_attribute("data-user", "manager")
        expect(page.locator(".add")).to_have_count(0)
