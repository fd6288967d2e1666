"""Five hundred alarms at once: the board stays usable and the keyboard stays where it was."""

from playwright.sync_api import Browser, expect

from hub.clock import system_clock
from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import SECOND
from simulators.native import reading_packet
from tests.browser.watched import watched
from tests.rig.stack import Publisher
from tests.scenarios.playing import System

ALARMS = 500


def sensors(estate: Estate) -> list[str]:
    """Leak sensors in the flats; they raise one alarm each."""
    return [d.id for d in estate.devices.values() if d.location in ("kitchen", "bathroom")]


def test_five_hundred_alarms_leave_the_board_usable_and_the_focus_where_it_was(
    chromium: Browser, system: System
) -> None:
    estates = system.stack.settle("flood-1", "flood-2")
    outcome = system.play("26-fire-duplicates")
    with system.stack.client() as operator:
        (fire,) = outcome.alarms(operator)
    with watched(chromium, system.stack.url) as watch:
        page = watch.page
        page.goto(system.stack.sign_in_link("operator"))
        row = page.locator(f'[data-testid="alarm-row"][data-alarm-id="{fire["id"]}"]')
        row.focus()
        flood(system, estates)
        count = page.get_by_test_id("count-P3")
        expect(count).not_to_have_attribute("data-active", "0")
        page.keyboard.press("a")
        expect(row).to_have_attribute("data-state", "acknowledged")
        expect(count).to_have_attribute("data-active", str(ALARMS), timeout=30_000)
        expect(row).to_be_focused()
        groups = page.get_by_test_id("alarm-group")
        expect(groups.first).to_be_visible()
        assert page.get_by_test_id("alarm-row").count() < ALARMS, "not grouped by incident"
        page.keyboard.press("ArrowDown")
        expect(row).not_to_be_focused()
        assert page.evaluate("document.activeElement.closest('[data-key]') !== null")


def flood(system: System, estates: list[Estate]) -> None:
    """So many sensors report water now, and again six seconds later by their own clocks."""
    end = system_clock()
    with Publisher(system.stack.broker) as publisher:
        for at in (end - 6 * SECOND, end):
            for estate in estates:
                for sensor in sensors(estate)[: ALARMS // len(estates)]:
                    packet = reading_packet(estate, device_types(), sensor, {"wet": True}, at)
                    publisher.publish(packet.topic, packet.payload)
        publisher.drain()
