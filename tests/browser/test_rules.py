"""A manager changes a rule on the console, and the next alarm is as it says."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.test_console import signed_in
from tests.browser.watched import DESKTOP, PHONE
from tests.scenarios.playing import System


def test_saved_threshold_decides_on_the_next_alarm(chromium: Browser, system: System) -> None:
    (estate,) = system.stack.settle("riverside-rules")
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        page.goto(f"{system.stack.url}/rules/leak")
        expect(page.get_by_test_id("part-version")).to_have_attribute("data-version", "1")
        page.get_by_test_id("edit-part").click()
        words = page.get_by_test_id("rule-yaml")
        shipped = words.input_value()
        words.fill(shipped.replace("priority: P3", "priority: P9"))
        faults = page.get_by_test_id("faults")
        expect(faults).to_have_attribute("data-count", "1")
        expect(faults).to_contain_text("priority")
        expect(page.get_by_test_id("save-part")).to_be_disabled()
        words.fill(shipped.replace("priority: P3", "priority: P2"))
        expect(faults).to_have_attribute("data-count", "0")
        page.get_by_test_id("save-part").click()
        page.locator('input[name="reason"]').fill("flats below are flooded each time")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("part-version")).to_have_attribute("data-version", "2")
        expect(page.get_by_test_id("edited").first).to_be_visible()
        page.locator('[data-testid="rule-version-row"][data-version="2"] .head').click()
        expect(page.get_by_test_id("diff")).to_contain_text("priority: P2")
    system.play_on(estate, "14-flat-leak")
    with system.stack.client() as operator:
        (alarm,) = operator.eventually("/alarms", lambda found: found, estate=estate.id)
    assert (alarm["rule"], alarm["rule_version"], alarm["priority"]) == ("leak", 2, "P2")


def test_words_that_are_not_saved_are_tried_and_still_there(
    chromium: Browser, system: System
) -> None:
    system.stack.settle("riverside-tried")
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        page.locator('nav a[href="/rules"]').click()
        page.locator('[data-testid="rule-row"][data-rule-id="leak"] a').click()
        page.get_by_test_id("edit-part").click()
        words = page.get_by_test_id("rule-yaml")
        words.fill(words.input_value().replace("on_delay_s: 5", "on_delay_s: 77"))
        page.get_by_test_id("try-rule").click()
        expect(page.get_by_test_id("backtest-rules")).to_have_value(re.compile("on_delay_s: 77"))
        page.locator('nav a[href="/rules"]').click()
        page.locator('[data-testid="rule-row"][data-rule-id="leak"] a').click()
        expect(words).to_have_value(re.compile("on_delay_s: 77"))


def test_operator_reads_what_a_rule_means_on_a_phone_in_chinese(
    chromium: Browser, system: System
) -> None:
    system.stack.settle("riverside-read")
    with signed_in(chromium, system, PHONE, language="zh") as watch:
        page = watch.page
        page.goto(f"{system.stack.url}/rules/pressure-low")
        expect(page.get_by_test_id("condition")).to_contain_text("压力低于 0.1 MPa")
        expect(page.get_by_test_id("edit-part")).to_have_count(0)


def test_message_is_mended_tried_on_real_data_and_saved(chromium: Browser, system: System) -> None:
    system.stack.settle("riverside-messages")
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        page.goto(f"{system.stack.url}/messages/LEAK")
        page.get_by_test_id("edit-part").click()
        english = page.get_by_test_id("message-en")
        shipped = english.input_value()
        english.fill(shipped.replace("{unit}", "{unti}"))
        fault = page.locator('[data-testid="field-fault"][data-field="en"]').first
        expect(fault).to_contain_text("{unti}")
        expect(page.get_by_test_id("save-part")).to_be_disabled()
        english.fill(shipped.replace("Leak at", "Water is coming down at"))
        expect(page.get_by_test_id("trial-en")).to_contain_text(
            re.compile(r"Water is coming down at Building \d")
        )
        page.get_by_test_id("save-part").click()
        expect(page.get_by_test_id("diff")).to_contain_text("Water is coming down")
        page.locator('input[name="reason"]').fill("residents asked what a leak is")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("part-version")).to_have_attribute("data-version", "2")
        expect(page.get_by_test_id("trial-en")).to_contain_text("Water is coming down")


def test_plan_s_deadline_is_changed_in_its_form(chromium: Browser, system: System) -> None:
    system.stack.settle("riverside-plans")
    with signed_in(chromium, system, DESKTOP, role="manager") as watch:
        page = watch.page
        page.goto(f"{system.stack.url}/plans/PIPE")
        page.get_by_test_id("edit-part").click()
        minutes = page.locator('input[data-path="tasks[1].within_min"]')
        minutes.fill("-1")
        expect(page.locator('[data-testid="field-fault"]')).to_contain_text("-1")
        expect(page.get_by_test_id("save-part")).to_be_disabled()
        minutes.fill("7")
        page.get_by_test_id("save-part").click()
        expect(page.get_by_test_id("diff").locator("ins")).to_have_text(re.compile("within_min: 7"))
        page.locator('input[name="reason"]').fill("the valve is near the lodge")
        page.get_by_test_id("dialog-submit").click()
        expect(page.get_by_test_id("part-version")).to_have_attribute("data-version", "2")
        expect(page.get_by_test_id("plan-tasks")).to_contain_text("7分钟内")
