"""The console as operators and engineers use it, on a desk and on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hub.clock import system_clock
from rules.state.inputs import Fault
from store.database.connection import connect
from store.engine import inbox
from store.engine.inbox import Lane
from store.people.users import Role
from tests.browser.watched import DESKTOP, PHONE, Watch, watched
from tests.scenarios.playing import Outcome, System

SCREENS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])


@contextmanager
def signed_in(
    chromium: Browser,
    system: System,
    viewport: dict[str, int],
    *,
    role: Role = "operator",
    language: str = "en",
) -> Iterator[Watch]:
    """A page of the console into which a one-time link let the role's user."""
    with watched(chromium, system.stack.url, viewport=viewport, language=language) as watch:
        watch.page.goto(system.stack.sign_in_link(role))
        expect(watch.page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
        yield watch


def row_of(page: Page, alarm_id: str) -> Locator:
    return page.locator(f'[data-testid="alarm-row"][data-alarm-id="{alarm_id}"]')


def only_alarm(system: System, outcome: Outcome) -> str:
    with system.stack.client() as operator:
        (alarm,) = outcome.alarms(operator)
        return str(alarm["id"])


def words(page: Page, en: str, zh: str) -> str:
    """What the page must say, in the language that it speaks."""
    return en if page.locator("html").get_attribute("lang") == "en" else zh


def test_one_time_link_signs_in_once(chromium: Browser, system: System) -> None:
    link = system.stack.sign_in_link("operator")
    with watched(chromium, system.stack.url) as watch:
        watch.page.goto(link)
        expect(watch.page.get_by_test_id("user")).to_contain_text("operator")
    with watched(chromium, system.stack.url, expected=("401",)) as watch:
        watch.page.goto(link)
        expect(watch.page.get_by_test_id("expired")).to_be_visible()


@SCREENS
def test_alarm_appears_on_the_open_board_and_is_acknowledged_by_a_click(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    with signed_in(chromium, system, viewport) as watch:
        page = watch.page
        outcome = system.play("14-flat-leak")
        row = row_of(page, only_alarm(system, outcome))
        expect(row).to_contain_text(words(page, "Water leak", "漏水"))
        expect(row).to_contain_text("5F-01")
        expect(row.get_by_test_id("advice")).not_to_be_empty()
        expect(row).to_have_attribute("data-state", "unacknowledged")
        row.get_by_test_id("acknowledge").click()
        expect(row).to_have_attribute("data-state", "acknowledged")
        assert len(watch.paths("/")) == 1, "the page was loaded again"
    with system.stack.client() as operator:
        (alarm,) = outcome.alarms(operator)
        assert alarm["acknowledged_by"] == "operator"


def test_alarm_is_found_acknowledged_and_opened_by_the_keyboard_alone(
    chromium: Browser, system: System
) -> None:
    outcome = system.play("26-fire-duplicates")
    alarm = only_alarm(system, outcome)
    with signed_in(chromium, system, DESKTOP) as watch:
        page = watch.page
        row = row_of(page, alarm)
        expect(row).to_be_visible()
        _tab_into(page, "alarm-row")
        page.keyboard.press("Home")
        for _ in range(page.get_by_test_id("alarm-row").count()):
            if page.evaluate("document.activeElement.dataset.alarmId") == alarm:
                break
            page.keyboard.press("ArrowDown")
        expect(row).to_be_focused()
        page.keyboard.press("a")
        expect(row).to_have_attribute("data-state", "acknowledged")
        expect(row).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("incident")).to_be_visible()


def _tab_into(page: Page, testid: str) -> None:
    """Tab on until the focus is in an element of this kind."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("id => !!document.activeElement.closest(`[data-testid=${id}]`)", testid):
            return
    raise AssertionError(f"the keyboard does not reach {testid}")


@SCREENS
def test_incident_page_shows_alarms_tasks_households_and_timeline(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    outcome = system.play("02-two-detectors")
    with system.stack.client() as operator:
        (incident,) = outcome.incidents(operator)
        events = operator.get(f"/incidents/{incident['id']}")["events"]
    with signed_in(chromium, system, viewport) as watch:
        page = watch.page
        page.goto(f"/incidents/{incident['id']}")
        expect(page.get_by_test_id("incident")).to_have_attribute("data-state", "open")
        expect(page.get_by_test_id("level")).to_contain_text("II")
        expect(page.get_by_test_id("incident-alarm")).to_have_count(2)
        expect(page.locator('[data-testid="task"][data-task-id="call-119"]')).to_be_visible()
        expect(page.get_by_test_id("notices-total")).to_contain_text("72")
        assert len(events) > 72
        assert page.get_by_test_id("timeline-line").count() > 3


@SCREENS
def test_engineer_accepts_arrives_starts_and_resolves(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    outcome = system.play("14-flat-leak")
    with system.stack.client() as operator:
        (ticket,) = outcome.tickets(operator)
        operator.command(f"/tickets/{ticket['id']}/dispatch", assignee="engineer")
    with signed_in(chromium, system, viewport, role="engineer") as watch:
        page = watch.page
        page.goto(f"/tickets/{ticket['id']}")
        detail = page.get_by_test_id("ticket-detail")
        for step, state in (("accept", "accepted"), ("arrive", "on_site"), ("start", "working")):
            detail.get_by_test_id(step).click()
            expect(detail).to_have_attribute("data-state", state)
        task = detail.locator('[data-testid="task"][data-task-id="repair"]')
        task.get_by_test_id("complete").click()
        expect(task).to_have_attribute("data-state", "done")
        detail.get_by_test_id("resolve").click()
        page.locator('[name="reason"]').fill("stop valve replaced")
        page.get_by_test_id("dialog-submit").click()
        expect(detail).to_have_attribute("data-state", "resolved")
    with system.stack.client() as operator:
        after = operator.get(f"/tickets/{ticket['id']}")
        assert after["assignee"] == "engineer"
        assert after["clocks"]["respond"]["met_at"] is not None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_language_is_switched_at_once_and_kept(
    chromium: Browser, system: System, language: str
) -> None:
    speaks = {"en": ("en", "Acknowledge"), "zh": ("zh-CN", "确认")}
    other = "zh" if language == "en" else "en"
    outcome = system.play("14-flat-leak")
    with signed_in(chromium, system, DESKTOP, language=language) as watch:
        page = watch.page
        root = page.locator("html")
        row = row_of(page, only_alarm(system, outcome))
        if root.get_attribute("lang") != speaks[language][0]:
            page.get_by_test_id("language").first.click()
        for spoken in (language, other):
            code, word = speaks[spoken]
            expect(root).to_have_attribute("lang", code)
            expect(row.get_by_test_id("acknowledge")).to_have_text(word)
            if spoken == language:
                page.get_by_test_id("language").first.click()
        page.reload()
        expect(root).to_have_attribute("lang", speaks[other][0])


@SCREENS
def test_resident_page_shows_the_notice_once_and_marks_it_read(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    outcome = system.play("14-flat-leak")
    token = system.stack.resident_token(outcome.estate.id, "B3-04-01")
    with watched(chromium, system.stack.url, viewport=viewport, language="zh") as watch:
        page = watch.page
        page.goto(f"/r/{token}")
        notices = page.get_by_test_id("notice")
        expect(notices).to_have_count(1)
        expect(notices).to_have_attribute("data-template", "LEAK")
        expect(notices).to_have_attribute("data-read", "true")
        expect(page.get_by_test_id("household")).to_contain_text("04-01")
        page.reload()
        expect(notices).to_have_count(1)
        expect(notices).to_have_attribute("data-read", "true")
        assert all(not request.headers.get("referer") for request in watch.requests)
    with system.stack.client() as operator:
        (incident,) = outcome.incidents(operator)
        operator.eventually(
            "/notices",
            lambda found: [n for n in found if n["household"] == "B3-04-01" and n["read_at"]],
            incident=incident["id"],
        )


def test_open_resident_page_shows_a_notice_as_it_comes(chromium: Browser, system: System) -> None:
    (estate,) = system.stack.settle("riverside-open-page")
    token = system.stack.resident_token(estate.id, "B3-05-01")
    with watched(chromium, system.stack.url, viewport=PHONE) as watch:
        watch.page.goto(f"/r/{token}")
        expect(watch.page.get_by_test_id("all-well")).to_be_visible()
        system.play_on(estate, "14-flat-leak")
        expect(watch.page.get_by_test_id("notice")).to_have_count(1)


def test_system_alarm_stands_until_the_operator_says_what_was_looked_at(
    chromium: Browser, system: System
) -> None:
    (estate,) = system.stack.settle("riverside-lost-state")
    lost = Fault("rebuilt/7", "no snapshot can be read", "P1")
    with signed_in(chromium, system, DESKTOP) as watch:
        page = watch.page
        alarm = page.get_by_test_id("system-alarm")
        with connect(system.stack.dsn, name="tests") as db:
            inbox.append(
                db,
                estate_id=estate.id,
                lane=Lane.COMMANDS,
                kind="fault",
                body=lost,
                at=system_clock(),
            )
        expect(alarm).to_be_visible()
        alarm.get_by_test_id("see-system-alarm").click()
        page.locator("input[name=reason]").fill("both towers are dry")
        page.get_by_test_id("dialog-submit").click()
        expect(alarm).to_have_count(0)
