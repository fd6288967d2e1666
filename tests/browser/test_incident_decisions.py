"""What a person decides about incidents, in the browser: started, raised, merged, split."""

from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_console import SCREENS, signed_in
from tests.browser.watched import DESKTOP
from tests.scenarios.playing import System


def start(page: Page, estate: str, *, level: str, building: str) -> None:
    """From the board, by its dialog."""
    page.goto("/")
    if (page.viewport_size or DESKTOP)["width"] < 600:
        page.get_by_test_id("segment-incidents").click()
    page.get_by_test_id("start-incident").click()
    if page.locator("select[name=estate]").is_visible():
        page.locator("select[name=estate]").select_option(estate)
    page.locator("select[name=kind]").select_option("power")
    page.locator(f"input[name=level][value={level}]").check()
    page.locator("select[name=area]").select_option(f"building/{building}")
    page.locator("select[name=floor]").select_option("3")
    page.locator("textarea[name=reason]").fill("a resident called")
    page.get_by_test_id("dialog-submit").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def shorten_plan(system: System, estate: str) -> None:
    """A manager changes the plan while incidents go by it."""
    with system.stack.client("manager") as manager:
        plan: dict[str, Any] = manager.get("/plans/POWER", estate=estate)
        edit = {
            "yaml": plan["yaml"].replace("Call every car", "Call all cars"),
            "version": plan["version"],
            "reason": "shorter",
        }
        saved = manager.http.put("/plans/POWER", params={"estate": estate}, json=edit)
        assert saved.status_code == 200, saved.text


@SCREENS
def test_incident_is_started_raised_and_merged_by_hand(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    (estate,) = system.stack.settle(f"riverside-decided-{viewport['width']}")
    with signed_in(chromium, system, viewport) as watch:
        page = watch.page
        page.evaluate("localStorage['gatehouse.language'] = 'en'")
        start(page, estate.id, level="III", building="B3")
        start(page, estate.id, level="II", building="B5")
        with system.stack.client() as operator:
            later, first = operator.all("/incidents", estate=estate.id)
        shorten_plan(system, estate.id)
        page.goto(f"/incidents/{first['id']}")
        expect(page.get_by_test_id("first")).to_contain_text("Check every lift")
        expect(page.get_by_test_id("level-words")).to_have_text("One feeder has failed.")
        expect(page.get_by_test_id("command")).to_contain_text("Shift leader")
        expect(page.get_by_test_id("plan")).to_contain_text("version 1")
        expect(page.get_by_test_id("plan-note")).to_contain_text("version 2 is in force")
        expect(page.get_by_test_id("phone")).to_have_attribute("href", "tel:95598")

        page.get_by_test_id("raise").click()
        page.locator("input[name=level][value=II]").check()
        page.locator("input[name=reason]").fill("the whole building is dark")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("level")).to_contain_text("II")
        expect(page.get_by_test_id("command")).to_contain_text("Manager")
        reports = page.get_by_test_id("upward").get_by_test_id("task")
        expect(reports).to_have_count(3)

        page.get_by_test_id("merge").click()
        page.locator(f"input[name=into][value={later['id']}]").check()
        page.locator("input[name=reason]").fill("one feeder supplies both")
        page.get_by_test_id("dialog-submit").click()
        page.get_by_test_id("merged-into").click()
        expect(page.get_by_test_id("incident")).to_have_attribute("data-incident-id", later["id"])


def test_alarms_that_are_another_occurrence_are_split_off_by_the_keyboard(
    chromium: Browser, system: System
) -> None:
    outcome = system.play("02-two-detectors")
    with system.stack.client() as operator:
        (incident,) = outcome.incidents(operator)
    with signed_in(chromium, system, DESKTOP) as watch:
        page = watch.page
        page.goto(f"/incidents/{incident['id']}")
        page.get_by_test_id("split").press("Enter")
        page.locator("input[name=reason]").fill("dust in the corridor")
        page.locator("input[name=reason]").press("Enter")
        expect(page.locator("dialog[open]")).to_be_visible()  # at least one has to be ticked
        page.get_by_test_id("split-alarm").first.locator("input").press("Space")
        page.locator("input[name=reason]").press("Enter")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.get_by_test_id("incident-alarm")).to_have_count(1)
    with system.stack.client() as operator:
        assert len(outcome.incidents(operator)) == 2


def test_level_that_was_chosen_stays_when_the_estates_plans_come_late(
    chromium: Browser, system: System
) -> None:
    system.stack.settle("riverside-early-plans")
    (late,) = system.stack.settle("riverside-late-plans")
    held: list[Route] = []
    with signed_in(chromium, system, DESKTOP) as watch:
        page = watch.page
        page.route(f"**/plans?estate={late.id}", lambda route: held.append(route))
        page.get_by_test_id("start-incident").click()
        page.locator("select[name=kind]").select_option("power")
        with page.expect_request(f"**/plans?estate={late.id}"):
            page.locator("select[name=estate]").select_option(late.id)
        level = page.locator("input[name=level][value=III]")
        level.check()
        with page.expect_response(f"**/plans?estate={late.id}") as answered:
            held[0].continue_()
        answered.value.finished()
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
        expect(page.locator("select[name=kind]")).to_have_value("power")
        assert level.is_checked()
