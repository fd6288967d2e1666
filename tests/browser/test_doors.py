"""The door-to-door list: whom nothing has reached, on a phone in the stairwell and on paper."""

from playwright.sync_api import Browser, expect

from store.database.connection import connect
from tests.browser.test_console import SCREENS, signed_in, words
from tests.rig.contacts import PHONE
from tests.rig.waiting import eventually
from tests.scenarios.playing import System


@SCREENS
def test_household_that_needs_help_comes_first_and_is_ticked_off(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    outcome = system.play("02-two-detectors")
    with system.stack.client() as operator:
        (incident,) = outcome.incidents(operator)
    with connect(system.stack.dsn, name="tests") as db:
        estate = outcome.estate.id
        db.execute(
            "UPDATE household SET needs = '{mobility}', needs_agreed_at = now()"
            " WHERE estate_id = %s AND id = 'B3-04-03'",
            (estate,),
        )
        db.execute(
            "UPDATE notice SET requested_at = requested_at - interval '6 minutes'"
            " WHERE incident_id = %s",
            (incident["id"],),
        )
    with signed_in(chromium, system, viewport, role="engineer") as watch:
        page = watch.page
        page.goto(f"/incidents/{incident['id']}")
        page.get_by_test_id("doors").click()
        doors = page.get_by_test_id("door")
        expect(doors).to_have_count(72)
        expect(doors.first).to_have_attribute("data-household", "B3-04-03")
        expect(doors.first).to_contain_text(words(page, "Cannot walk well", "行动不便"))
        expect(doors.nth(1)).to_have_attribute("data-household", "B3-18-01")
        doors.first.get_by_test_id("tick-off").click()
        expect(doors).to_have_count(71)
        expect(doors.first).to_have_attribute("data-household", "B3-18-01")
        page.emulate_media(media="print")
        expect(page.get_by_test_id("print")).to_be_hidden()
        expect(page.get_by_test_id("connection")).to_be_hidden()
        expect(doors.last).to_be_visible()


@SCREENS
def test_manager_enters_a_contact_which_is_masked_until_a_reason_is_given(
    chromium: Browser, system: System, viewport: dict[str, int]
) -> None:
    outcome, flat = system.play("14-flat-leak"), "B3-05-01"
    estate = outcome.estate.id
    with system.stack.client() as operator:
        eventually(lambda: outcome.notices(operator, household=flat), what="the flat is told")
    with signed_in(chromium, system, viewport, role="manager") as watch:
        page = watch.page
        page.goto("/households")
        page.get_by_test_id("find-households").fill(flat.lower())
        page.locator(f'a[href="/households/{estate}:{flat}"]').click()
        expect(page.get_by_test_id("household-notice")).to_have_count(1)
        page.get_by_test_id("add-contact").click()
        page.locator('[name="name"]').fill("Resident")
        page.locator('[name="phone"]').fill(PHONE)
        page.locator('[name="reason"]').fill("moved in")
        page.get_by_test_id("dialog-submit").click()
        contact = page.get_by_test_id("contact")
        expect(contact).to_contain_text("138****5678")
        page.get_by_test_id("unmask").click()
        page.locator('[name="reason"]').fill("a call about the leak")
        page.get_by_test_id("dialog-submit").click()
        expect(contact).to_contain_text(PHONE)
        page.get_by_test_id("mask").click()
        expect(contact).not_to_contain_text(PHONE)
    with connect(system.stack.dsn, name="tests") as db:
        looks = db.execute(
            "SELECT detail->>'reason' FROM audit WHERE action = 'household.unmask'"
            " AND detail->'households'->>0 = %s",
            (f"{estate}/{flat}",),
        ).fetchall()
    assert looks == [("a call about the leak",)]
