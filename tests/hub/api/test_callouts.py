"""A person who is called answers: by one tap, in the console, or by pressing a key on the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hub.dispatch import callout_token, report_token
from hub.keys import load_keys
from hub.staff_contacts import StaffContact
from rules.inputs import RosterChanged
from rules.instant import DAY, HOUR, MINUTE, to_rfc3339
from store import inbox
from store.connection import connect
from tests.contacts import PHONE
from tests.hubs import RunningHub, new_key, plain_client
from tests.staff import enrol
from tests.waiting import eventually


@pytest.fixture
def called(leaking: RunningHub) -> RunningHub:
    """A leak that nobody answers: after 15 minutes the engineer and the shift leader are called."""
    now = leaking.clock()
    shifts = [
        {"duty": duty, "user": user, "from": to_rfc3339(now - HOUR), "until": to_rfc3339(now + DAY)}
        for duty, user in (("EN", "engineer"), ("SL", "operator"))
    ]
    keys = load_keys(leaking.settings)
    with connect(leaking.dsn, name="tests") as db:
        for user in ("engineer", "operator"):
            enrol(db, user, StaffContact(phone=PHONE), now=now, sealer=keys.sealer)
        roster = RosterChanged(1, {"shifts": shifts, "neighbours": []})
        inbox.append(db, estate_id="harbour", lane=0, kind="roster", body=roster, at=now)
    leaking.clock.ahead = 16 * MINUTE
    eventually(lambda: len(mine(leaking)) == 1, what="the engineer is called")
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
    token = callout_token(load_keys(called.settings).secret, mine(called)[0]["id"])
    with plain_client() as client:
        yield Phone(client, f"{called.url}/api/v1/callouts/by-token/{token}")


def mine(hub: RunningHub, user: str = "engineer") -> list[Any]:
    with hub.client("manager") as manager:
        query = {"user": user, "open": "true"}
        found: list[Any] = manager.get("/callouts", params=query).json()["items"]
        return found


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
    assert mine(called, "operator") == [], "nobody else is called any more"
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
        [theirs] = mine(called, "operator")
        [told] = operator.post(f"/callouts/{theirs['id']}/answer", headers=new_key()).json()[
            "events"
        ][-1:]
        assert (told["kind"], told["by"]) == ("callout.answered", "operator")
    called.clock.ahead += DAY
    assert phone.page()["status"] == 404


def test_picking_up_is_delivered_and_only_a_key_answers(called: RunningHub) -> None:
    [callout] = mine(called)
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
    [callout] = mine(called)
    with called.client("manager") as manager:
        refused = manager.post(f"/callouts/{callout['id']}/answer", headers=new_key())
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:gatehouse:problem:not-called",
    )
    with plain_client() as stranger:
        forged = f"{callout['id']}.{'0' * 32}"
        assert stranger.get(f"{called.url}/api/v1/callouts/by-token/{forged}").status_code == 404
