"""The engineer's phone at night: a push message, one tap, and the alarm is acknowledged."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.auth import issue_sign_in_link
from hub.clock import system_clock
from hub.dispatch.staff.call import message_of
from hub.sealing.keys import load_keys
from store.database.connection import connect
from store.oncall import callouts
from store.oncall.outbox import CallDelivery
from tests.browser.watched import PHONE, watched
from tests.hub.conftest import spring_a_leak
from tests.rig.databases import Databases
from tests.rig.endpoints import Endpoint, endpoint
from tests.rig.estates import settle
from tests.rig.hubs import RunningHub, running_engine, running_hub
from tests.rig.staff import call_staff, open_calls
from tests.rig.waiting import eventually


@pytest.fixture
def provider() -> Iterator[Endpoint]:
    """Who takes SMS."""
    with endpoint() as made:
        yield made


@pytest.fixture
def called(database_server: Databases, tmp_path: Path, provider: Endpoint) -> Iterator[RunningHub]:
    """A leak that nobody answers, to which the engineer is called."""
    with database_server.fresh() as dsn:
        settle(dsn, tmp_path, now=system_clock())
        sms = provider.url.replace("http", "json", 1) + "/{phone}"
        with (
            running_hub(dsn, tmp_path / "data", sms_url=sms) as hub,
            running_engine(dsn, clock=hub.clock),
        ):
            spring_a_leak(hub)
            call_staff(hub)
            yield hub


def message(hub: RunningHub) -> dict[str, Any]:
    """What the engineer's browser is sent."""
    [call] = open_calls(hub)
    with connect(hub.dsn, name="tests") as db:
        record = callouts.by_id(db, [call["id"]])[call["id"]]
    delivery = CallDelivery(f"{record.id}/1/web_push", "harbour", record.user, (), "P1", 1)
    secret = load_keys(hub.settings).secret
    sent = message_of(delivery, [record], "en", page=f"{hub.url}/c", secret=secret, addresses={})
    return dict(sent.shown)


@contextmanager
def phone(chromium: Browser, hub: RunningHub) -> Iterator[Page]:
    """A phone on which calls are turned on."""
    with watched(chromium, hub.url, viewport=PHONE, expected=("401",)) as watch:
        watch.page.context.grant_permissions(["notifications"], origin=hub.url)
        yield watch.page


def push(page: Page, hub: RunningHub, data: dict[str, Any]) -> None:
    """Deliver the message as a push service would, through the DevTools protocol."""
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: known.extend(r["registrationId"] for r in news["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(
        """async () => {
            const way = { scope: "/c/" };
            const worker = await navigator.serviceWorker.register("/staff-sw.js", way);
            const next = worker.installing;
            if (next) await new Promise((done) => {
                next.onstatechange = () => next.state === "activated" && done();
            });
        }"""
    )
    page.wait_for_function("() => true")
    assert known, "the browser has the service worker"
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": hub.url, "registrationId": known[0], "data": json.dumps(data)},
    )


def shown(page: Page) -> list[dict[str, Any]]:
    """The notifications that the phone shows."""
    found: list[dict[str, Any]] = page.evaluate(
        """async () => {
            const worker = await navigator.serviceWorker.getRegistration("/c/");
            const all = await worker.getNotifications();
            return all.map(({ title, body, tag, actions, data }) =>
                ({ title, body, tag, actions: actions.map((a) => a.action), data }));
        }"""
    )
    return found


def acknowledged_by(hub: RunningHub) -> str | None:
    with hub.client("operator") as operator:
        [alarm] = operator.get("/alarms").json()["items"]
        who: str | None = alarm["acknowledged_by"]
        return who


def test_push_leads_to_a_page_where_one_tap_acknowledges_without_a_session(
    chromium: Browser, called: RunningHub, provider: Endpoint
) -> None:
    sent = message(called)
    with phone(chromium, called) as page:
        page.goto(f"/c/{sent['token']}")
        push(page, called, sent)
        page.wait_for_function(
            """async () => (await (await navigator.serviceWorker.getRegistration("/c/"))
                .getNotifications()).length === 1"""
        )
        [note] = shown(page)
        assert note["actions"] == ["answer", "open"]
        assert note["tag"] == f"incident-{sent['incident']}"
        assert note["body"] == sent["text"]
        link = f"\n{note['data']['url']}"
        eventually(
            lambda: any(json.loads(c.body)["message"].endswith(link) for c in provider.calls),
            what="the same page is in an SMS",
        )
        page.goto(link.strip())
        expect(page.get_by_test_id("callout-valves")).to_contain_text("Pump room")
        page.get_by_test_id("answer").click()
        expect(page.get_by_test_id("callout")).to_have_attribute("data-state", "answered")
    assert acknowledged_by(called) == "engineer"


def test_acknowledge_on_the_notification_answers_without_any_page(
    chromium: Browser, called: RunningHub
) -> None:
    sent = message(called)
    with phone(chromium, called) as page:
        page.goto("/sign-in")
        push(page, called, sent)
        [worker] = page.context.service_workers
        worker.evaluate("(call) => answer(call)", sent)
        assert [note["body"] for note in shown(page)] == [
            "Acknowledged. The control room knows that you are on it."
        ]
    assert acknowledged_by(called) == "engineer"


def test_console_has_the_call_on_top_and_tells_who_was_called(
    chromium: Browser, called: RunningHub
) -> None:
    link = issue_sign_in_link(
        called.dsn, role="engineer", public_url=called.url, now=called.clock()
    )
    with watched(chromium, called.url) as watch:
        page = watch.page
        page.goto(link)
        expect(page.get_by_test_id("my-callout")).to_contain_text("Nobody has answered")
        page.get_by_test_id("answer-callout").click()
        expect(page.get_by_test_id("my-callout")).to_have_count(0)
        page.goto("/incidents/harbour-i1")
        person = page.locator('[data-testid="called-person"][data-user="engineer"]')
        expect(person).to_have_attribute("data-state", "answered")
        expect(page.get_by_test_id("timeline")).to_contain_text("engineer acknowledged the call")
