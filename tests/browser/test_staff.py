"""The staff page: somebody's contact is shown for a reason, or entered anew unseen."""

from playwright.sync_api import Browser, expect

from tests.browser.test_console import signed_in
from tests.browser.watched import DESKTOP
from tests.rig.contacts import PHONE
from tests.scenarios.playing import System


def test_contact_is_entered_masked_and_shown_for_a_reason(
    chromium: Browser, system: System
) -> None:
    system.stack.settle("riverside-staff")
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        page.goto("/staff")
        engineer = page.locator('[data-testid="user-row"][data-user-id="engineer"]')
        engineer.get_by_test_id("contact").click()
        page.get_by_test_id("enter-anew").click()
        page.locator('[name="phone"]').fill(PHONE)
        page.get_by_test_id("dialog-submit").click()
        expect(engineer).to_contain_text("138****5678")
        engineer.get_by_test_id("contact").click()
        expect(page.get_by_test_id("addresses")).to_contain_text("138****5678")
        page.locator('[name="reason"]').fill("asked by telephone")
        page.get_by_test_id("dialog-submit").click()
        expect(page.locator('[name="phone"]')).to_have_value("+8613800005678")
