"""After-care in the browser: cause, damage with the household's signature, measures, the PDF."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_console import signed_in, words
from tests.browser.watched import DESKTOP, PHONE
from tests.rig.waiting import eventually
from tests.scenarios.playing import System


@pytest.fixture(scope="module")
def closed(system: System) -> str:
    """The id of an incident that a person started and closed, so that its review is open."""
    (estate,) = system.stack.settle("riverside-reviewed")
    with system.stack.client() as operator:
        told = {"estate": estate.id, "kind": "pipe", "level": "III", "building": "B3"}
        operator.command("/incidents", **told, reason="water runs down the stairs")
        (incident,) = operator.all("/incidents", estate=estate.id)
        path = f"/incidents/{incident['id']}"
        for ticket in operator.get(path)["tickets"]:
            for task in ticket["tasks"]:
                waive = f"/tickets/{ticket['id']}/tasks/{task['id']}/waive"
                operator.command(waive, reason="a drain was blocked")
        operator.command(f"{path}/close", outcome="resolved", reason="drain is free")
    return str(incident["id"])


def submit(page: Page) -> None:
    page.get_by_test_id("dialog-submit").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.usefixtures("closed")
def test_review_learns_cause_and_measure_and_is_printed(chromium: Browser, system: System) -> None:
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        watch.expected = ("/add-measure",)  # refused as too far away
        page.goto("/reviews")
        page.get_by_test_id("open-reviews").get_by_role("link").first.click()
        expect(page.get_by_test_id("review")).to_have_attribute("data-state", "open")
        page.get_by_test_id("cause").get_by_role("button").click()
        page.locator("input[name=words]").fill("leaves in the drain")
        submit(page)
        expect(page.get_by_test_id("cause")).to_contain_text("leaves in the drain")
        page.get_by_test_id("measures").get_by_role("button").click()
        page.locator("input[name=words]").fill("clear the drains each autumn")
        page.locator("input[name=until]").fill("2099-10-01")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("dialog-failure")).to_contain_text(words(page, "until", "时间"))
        page.locator("input[name=until]").fill(page.evaluate(_IN_A_MONTH))
        submit(page)
        expect(page.get_by_test_id("measure")).to_contain_text("clear the drains each autumn")
        expect(page.get_by_test_id("measure")).to_have_attribute("data-late", "false")
        links = page.get_by_test_id("review").locator("a[href*='report.pdf']").all()
        found = {str(link.get_attribute("href")) for link in links}
        assert {parse_qs(urlsplit(href).query)["language"][0] for href in found} == {"en", "zh"}
        for href in found:
            answer = page.request.get(href)
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.body().startswith(b"%PDF-")


_IN_A_MONTH = "new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10)"


def test_household_signs_its_offer_on_a_phone(
    chromium: Browser, system: System, closed: str
) -> None:
    with signed_in(chromium, system, PHONE, role="manager", language="zh") as watch:
        page = watch.page
        watch.expected = ("/finish",)  # refused while tasks are open
        page.goto(f"/reviews/{closed}")
        page.get_by_test_id("finish").click()
        page.locator("input[name=reason]").fill("疏通完成")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("dialog-failure")).to_contain_text("还有任务未结束")
        page.keyboard.press("Escape")

        page.get_by_test_id("damages").get_by_role("button").click()
        page.locator("input[name=household]").fill("B3-01-01")
        page.locator("input[name=item]").fill("地板")
        page.locator("input[name=cost]").fill("1200")
        expect(page.get_by_test_id("signature")).to_have_count(0)
        page.locator("input[name=offer]").fill("1000.50")
        pad = page.get_by_test_id("signature-pad")
        stroke(page, pad, 0.2)
        once = eventually(lambda: ink(pad), what="the first stroke is drawn")
        stroke(page, pad, 0.6)
        eventually(lambda: ink(pad) > once, what="the second stroke is drawn")
        page.get_by_test_id("signature-undo").click()
        eventually(lambda: ink(pad) == once, what="the second stroke is gone")
        submit(page)
        mark = page.get_by_test_id("signature-mark")
        mark.scroll_into_view_if_needed()
        expect(mark.locator("img")).to_have_js_property("naturalWidth", 320)
        kept = page.request.get(str(mark.get_attribute("href")))
        assert kept.headers["content-type"] == "image/png"

        page.get_by_test_id("damages").get_by_role("button").click()
        page.locator("input[name=household]").fill("B3-01-01")
        page.locator("input[name=household]").blur()
        expect(page.locator("input[name=offer]")).to_have_value("1000.50")


def stroke(page: Page, pad: Locator, x: float) -> None:
    """A line down the pad at `x` of its width."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    left = box["x"] + x * box["width"]
    page.mouse.move(left, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(left + 12, box["y"] + 0.8 * box["height"], steps=6)
    page.mouse.up()


def ink(pad: Locator) -> int:
    """How many pixels of the pad are dark."""
    return int(pad.evaluate(_INK))


_INK = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 0 && value < 128).length;
}"""
