"""A person who is called answers: by one tap, in the console, or by pressing a key on the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hub.dispatch.report_tokens import report_token
from hub.dispatch.staff.call import callout_token
from hub.sealing.keys import load_keys
from rules.vocabulary.instant import DAY
from store.database.connection import connect
from tests.rig.hubs import RunningHub, new_key, plain_client
from tests.rig.staff import call_staff, open_calls
from tests.rig.waiting import eventually


@pytest.fixture
def called(leaking: RunningHub) -> RunningHub:
    """A leak that nobody answers: the engineer and the shift leader are called."""
    call_staff(leaking)
    return leaking


@dataclass(frozen=True)
class Phone:
    """The engineer's phone, on which nobody is signed in, at the address in the message."""

    client: httpx.Client
    url: str

    def page(self) -> Any:
        return self.client.get(self.url).json()

    def post(self, verb: str, **options: Any) -> httpx.Response:
        return self.client.post(f"{self.url}/{verb}", **options)


@pytest.fixture
def phone(called: RunningHub) -> Iterator[Phone]:
    token = callout_token(load_keys(called.settings).secret, open_calls(called)[0]["id"])
    with plain_client() as client:
        yield Phone(client, f"{called.url}/api/v1/callouts/by-token/{token}")


def test_one_tap_without_a_session_acknowledges_in_the_name_of_who_was_called(
    called: RunningHub, phone: Phone
) -> None:
    page = phone.page()
    assert page["title"]["zh"] == "漏水"
    assert page["advice"]["en"]
    assert page["valves"][0]["place"]["en"] == "Pump room"
    assert page["phone"] == "010-5550-0100"
    key = new_key()
    assert phone.post("answer", headers=key).status_code == 204
    assert phone.post("answer", headers=key).status_code == 204, "the same tap, sent again"
    assert phone.post("answer", headers=new_key()).json()["type"].endswith("callout-over")
    assert phone.page()["state"] == "answered"
    assert open_calls(called, "operator") == [], "nobody else is called any more"
    with called.client("manager") as manager:
        [alarm] = manager.get("/alarms").json()["items"]
        assert alarm["acknowledged_by"] == "engineer"
    with connect(called.dsn, name="tests") as db:
        audited = db.execute(
            "SELECT user_id, count(*) FROM audit WHERE action = 'callout.answer' GROUP BY user_id"
        ).fetchall()
    assert audited[0][0] == "engineer"


def test_who_cannot_come_says_why_and_a_link_ends_with_its_day(
    called: RunningHub, phone: Phone
) -> None:
    assert phone.post("decline", headers=new_key(), json={"reason": " "}).status_code == 422
    unable = {"reason": "at another incident"}
    assert phone.post("decline", headers=new_key(), json=unable).status_code == 204
    assert phone.page()["state"] == "declined"
    with called.client("operator") as operator:
        [theirs] = open_calls(called, "operator")
        [told] = operator.post(f"/callouts/{theirs['id']}/answer", headers=new_key()).json()[
            "events"
        ][-1:]
        assert (told["kind"], told["by"]) == ("callout.answered", "operator")
    called.clock.ahead += DAY
    assert phone.page()["status"] == 404


def test_picking_up_is_delivered_and_only_a_key_answers(called: RunningHub) -> None:
    [callout] = open_calls(called)
    secret, key = load_keys(called.settings).secret, f"{callout['id']}/1/voice"
    with connect(called.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO outbox (key, estate_id, user_id, callouts, channel, urgency, wave,"
            " created_at, next_at, attempts, sent_at) VALUES (%s, 'harbour', 'engineer', %s,"
            " 'voice', 'P3', 0, now(), now(), 1, now())",
            (key, [callout["id"]]),
        )
    call = f"{called.url}/api/v1/calls/{report_token(secret, 'call-answer', key)}"
    with plain_client() as provider, called.client("manager") as manager:
        assert provider.post(call, json={"state": "answered"}).status_code == 204
        path = f"/callouts/{callout['id']}"
        eventually(lambda: manager.get(path).json()["state"] == "delivered", what="it is noted")
        assert provider.post(call, json={"state": "answered", "digit": "1"}).status_code == 204
        detail = manager.get(path).json()
    assert detail["state"] == "answered"
    assert {a["state"] for a in detail["attempts"] if a["channel"] == "voice"} == {
        "delivered", "answered",
    }  # fmt: skip


def test_only_who_was_called_can_answer(called: RunningHub) -> None:
    [callout] = open_calls(called)
    with called.client("manager") as manager:
        refused = manager.post(f"/callouts/{callout['id']}/answer", headers=new_key())
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:gatehouse:problem:not-called",
    )
    with plain_client() as stranger:
        forged = f"{callout['id']}.{'0' * 32}"
        assert stranger.get(f"{called.url}/api/v1/callouts/by-token/{forged}").status_code == 404


@pytest.mark.only_looks
def test_a_browser_is_called_for_one_person_and_only_by_a_push_service(hub: RunningHub) -> None:
    keys = {"p256dh": "B" * 87, "auth": "a" * 22}
    browser = {"endpoint": "https://fcm.googleapis.com/fcm/send/one", "keys": keys}
    path = "/push-subscriptions"
    with hub.client("engineer") as engineer, hub.client("operator") as operator:
        assert engineer.post(f"{path}/test").status_code == 409, "nothing to test yet"
        stray = {**browser, "endpoint": "https://example.org/send"}
        assert engineer.post(path, json=stray).status_code == 422
        assert engineer.post(path, json=browser).status_code == 204
        assert operator.post(path, json=browser).status_code == 204
        assert engineer.get(path).json()["browsers"] == 0
        assert operator.get(path).json()["browsers"] == 1
