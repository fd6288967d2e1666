"""Shelving as an operator does it, and rows that keep still under the pointer."""

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_console import SCREENS, only_alarm, row_of, signed_in
from tests.browser.watched import DESKTOP
from tests.rig.waiting import eventually
from tests.scenarios.playing import System


def leave_the_list(page: Page) -> None:
    """Away from the rows, so that they may move again."""
    page.mouse.move(1, 1)


@SCREENS
def test_a_shelved_alarm_is_listed_with_its_reason_and_ends_on_demand(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    alarm = only_alarm(system, system.play("14-flat-leak"))
    with signed_in(chromium, system, viewport) as watch:
        page = watch.page
        row = row_of(page, alarm)
        row.get_by_test_id("shelve").click()
        page.locator("input[name=reason]").fill("thought better of it")
        page.keyboard.press("Escape")
        row.get_by_test_id("shelve").click()
        expect(page.locator("input[name=reason]")).to_have_value("")
        page.locator("input[name=reason]").fill("floor is being washed")
        page.get_by_test_id("segment-120").click()
        page.get_by_test_id("dialog-submit").click()
        leave_the_list(page)
        expect(row).to_have_count(0)
        page.goto("/held")
        held = page.get_by_test_id("held-row").filter(has=page.locator(f"[data-alarm-id={alarm}]"))
        expect(held).to_contain_text("floor is being washed")
        expect(held).to_contain_text("operator")
        held.get_by_test_id("end-now").click()
        page.locator("input[name=reason]").fill("floor is dry")
        page.get_by_test_id("dialog-submit").click()
        expect(held).to_have_count(0)
        page.goto("/")
        expect(row_of(page, alarm)).to_have_attribute("data-state", "unacknowledged")


def test_a_fire_alarm_says_that_it_is_never_shelved(chromium: Browser, system: System) -> None:
    alarm = only_alarm(system, system.play("26-fire-duplicates"))
    with signed_in(chromium, system, DESKTOP) as watch:
        row_of(watch.page, alarm).get_by_test_id("shelve").click()
        expect(watch.page.get_by_test_id("not-shelvable")).to_be_visible()
        expect(watch.page.get_by_test_id("dialog-submit")).to_have_count(0)


def test_no_row_moves_under_the_pointer_when_a_fire_breaks_out(
    chromium: Browser, system: System
) -> None:
    outcome = system.play("14-flat-leak")
    leak = only_alarm(system, outcome)
    with signed_in(chromium, system, DESKTOP) as watch, ThreadPoolExecutor(1) as pool:
        page = watch.page
        row = row_of(page, leak)
        row.hover()
        place = row.bounding_box()
        assert place is not None
        cue = page.get_by_test_id("new-above")
        sent = pool.submit(system.stack.play, "26-fire-duplicates", outcome.estate)

        def cued_while_the_pointer_moves() -> int:
            page.mouse.move(place["x"] + 200, place["y"] + 10)
            page.mouse.move(place["x"] + 201, place["y"] + 10)
            return cue.count()

        eventually(cued_while_the_pointer_moves, within_s=30, what="the cue of a new alarm")
        sent.result()
        expect(cue).to_have_attribute("data-urgent", "1")
        assert row.bounding_box() == place
        leave_the_list(page)
        fire = page.get_by_test_id("alarm-row").first
        expect(fire).to_have_attribute("data-priority", "P1")
        expect(cue).to_have_count(0)
