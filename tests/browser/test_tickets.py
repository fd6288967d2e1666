"""Tickets in the browser: a household reports with a photo; worked on, asked about, reopened."""

from playwright.sync_api import Browser, FilePayload, expect

from tests.browser.test_console import SCREENS, signed_in
from tests.hub.api.http.pictures import photo
from tests.scenarios.playing import System

WORDS = "<img src=x onerror=alert(1)> the kitchen tap drips"


@SCREENS
def test_repair_from_the_households_page_to_the_second_visit(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    picture = FilePayload(name="<script>.jpg", mimeType="image/jpeg", buffer=photo(size=(640, 480)))
    (estate,) = system.stack.settle(f"riverside-repair-{viewport['width']}")
    token = system.stack.resident_token(estate.id, "B3-05-01")
    resident = chromium.new_page(viewport={"width": 390, "height": 844})
    resident.goto(f"{system.stack.url}/r/{token}")
    resident.get_by_test_id("report-repair").click()
    resident.locator("textarea[name=words]").fill(WORDS)
    resident.get_by_test_id("photo-input").set_input_files(picture)
    expect(resident.locator("form canvas")).to_be_visible()
    resident.get_by_test_id("report-send").click()
    mine = resident.get_by_test_id("my-report").first
    expect(mine).to_contain_text(WORDS)
    expect(mine).to_have_attribute("data-state", "new")
    resident.close()

    with system.stack.client("operator") as operator:
        (ticket,) = operator.all("/tickets", estate=estate.id)
        path = f"/tickets/{ticket['id']}"
        operator.command(f"{path}/dispatch", assignee="engineer")
    with system.stack.client("engineer") as engineer:
        for step in ("accept", "arrive", "start"):
            engineer.command(f"{path}/{step}")
        engineer.command(f"{path}/resolve", reason="valve changed")
    with signed_in(chromium, system, viewport, role="operator") as watch:
        page = watch.page
        page.goto(path)
        detail = page.get_by_test_id("ticket-detail")
        expect(detail.get_by_test_id("ticket-story")).to_contain_text(WORDS)
        expect(detail.get_by_test_id("photo").locator("img")).to_have_js_property(
            "naturalWidth", 320
        )
        detail.get_by_test_id("verify").click()
        page.get_by_test_id("dialog-submit").click()
        expect(detail).to_have_attribute("data-state", "callback")
        detail.get_by_test_id("call_back").click()
        page.get_by_test_id("segment-2").click()
        page.get_by_test_id("dialog-submit").click()
        expect(detail).to_have_attribute("data-state", "dispatched")
        assert page.evaluate("document.querySelector('img[onerror]')") is None


def test_task_is_proven_by_a_photo(chromium: Browser, system: System) -> None:
    outcome = system.play("14-flat-leak")
    with system.stack.client("operator") as operator:
        (ticket,) = outcome.tickets(operator)
    picture = FilePayload(name="valve.jpg", mimeType="image/jpeg", buffer=photo())
    size = {"width": 1280, "height": 800}
    with signed_in(chromium, system, size, role="engineer") as watch:
        watch.expected = ("/tasks/close-valve/complete",)  # refused without a photo
        page = watch.page
        page.goto(f"/tickets/{ticket['id']}")
        task = page.locator('[data-testid="task"][data-task-id="close-valve"]')
        task.get_by_test_id("complete").click()
        page.locator('input[name="note"]').fill("B3-R1-low")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("dialog-failure")).to_be_visible()
        page.get_by_test_id("photo-input").set_input_files(picture)
        expect(page.locator("dialog canvas")).to_be_visible()
        page.get_by_test_id("dialog-submit").click()
        expect(task).to_have_attribute("data-state", "done")
        expect(task.get_by_test_id("photo")).to_be_visible()
