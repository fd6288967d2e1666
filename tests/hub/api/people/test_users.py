"""Members of staff: added, disabled, reached; what is personal stays sealed."""

from typing import Any

import httpx
import pytest

from store.database.connection import connect
from store.people import audit
from tests.rig.hubs import RunningHub

pytestmark = pytest.mark.only_looks

ENGINEER = {"id": "engineer-2", "role": "engineer", "name": "Engineer 2", "duties": ["EN", "CL"]}
CONTACT = {"phone": "139 0000-1234", "mail": "engineer@example.org"}
WHY = {"reason": "as agreed"}


@pytest.fixture
def manager(hub: RunningHub) -> httpx.Client:
    return hub.client("manager")


@pytest.fixture
def engineer(hub: RunningHub, manager: httpx.Client) -> str:
    """The id of a user of this test's own."""
    with connect(hub.dsn, name="tests") as db:
        row = db.execute("SELECT count(*) FROM app_user").fetchone()
    assert row is not None
    id_ = f"engineer-{row[0]}"
    got(manager.post("/users", json={**ENGINEER, "id": id_}))
    return id_


def got(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def trail(hub: RunningHub, target: str) -> list[str]:
    with connect(hub.dsn, name="tests") as db:
        assert audit.first_broken(db) is None
        rows = db.execute("SELECT action FROM audit WHERE target = %s ORDER BY id", (target,))
        return [action for (action,) in rows]


def listed(client: httpx.Client, user: str) -> Any:
    return next(item for item in got(client.get("/users"))["items"] if item["id"] == user)


def test_colleagues_see_a_members_name_and_duties_but_not_how_they_are_reached(
    hub: RunningHub, manager: httpx.Client, engineer: str
) -> None:
    got(manager.put(f"/users/{engineer}/contact", json=CONTACT))
    seen = listed(hub.client("operator"), engineer)
    assert (seen["name"], seen["duties"], seen["contact"]) == ("Engineer 2", ["EN", "CL"], None)
    masked = {"phone": "+86139****1234", "mail": "e***@example.org", "chat": None, "masked": True}
    assert listed(manager, engineer)["contact"] == masked
    assert hub.client("operator").get(f"/users/{engineer}/contact").status_code == 403


def test_a_contact_is_sealed_in_the_database_and_a_look_at_it_is_audited(
    hub: RunningHub, manager: httpx.Client, engineer: str
) -> None:
    got(manager.put(f"/users/{engineer}/contact", json=CONTACT))
    with connect(hub.dsn, name="tests") as db:
        row = db.execute(
            "SELECT name, decode(addresses->>'phone', 'hex'), decode(addresses->>'mail', 'hex')"
            " FROM app_user WHERE id = %s",
            (engineer,),
        ).fetchone()
    assert row is not None
    assert not any(word in b"".join(map(bytes, row)) for word in (b"0000", b"example", b"Eng"))
    open_ = got(manager.get(f"/users/{engineer}/contact", params={"unmask": "nobody answers"}))
    assert (open_["phone"], open_["masked"]) == ("+8613900001234", False)
    assert trail(hub, engineer) == ["user.add", "user.set_contact", "user.unmask"]


def test_a_member_enters_their_own_contact_and_nobody_elses(
    hub: RunningHub, manager: httpx.Client, engineer: str
) -> None:
    with hub.client("engineer") as own:
        got(own.put("/users/engineer/contact", json=CONTACT))
        assert got(own.get("/users/engineer/contact"))["phone"] == "+8613900001234"
        assert own.put(f"/users/{engineer}/contact", json=CONTACT).status_code == 403
    wrong = manager.put(f"/users/{engineer}/contact", json={"phone": "12"})
    assert wrong.status_code == 422
    assert "phone number" in wrong.json()["errors"][0]["remedy"]


def test_a_disabled_user_is_let_in_no_more_until_enabled(
    hub: RunningHub, manager: httpx.Client, engineer: str
) -> None:
    link = got(manager.post(f"/users/{engineer}/link"))["url"]
    with httpx.Client() as browser:
        browser.get(link)
        assert browser.get(f"{hub.url}/api/v1/session").status_code == 200
        got(manager.post(f"/users/{engineer}/disable", json=WHY))
        assert browser.get(f"{hub.url}/api/v1/session").status_code == 401
    assert code_of(manager.post(f"/users/{engineer}/link")) == "user-disabled"
    assert code_of(manager.post(f"/users/{engineer}/disable", json=WHY)) == "nothing-to-do"
    got(manager.post(f"/users/{engineer}/enable", json=WHY))
    assert listed(manager, engineer)["disabled_at"] is None


def test_a_session_can_be_ended_from_afar(
    hub: RunningHub, manager: httpx.Client, engineer: str
) -> None:
    link = got(manager.post(f"/users/{engineer}/link"))["url"]
    with httpx.Client() as browser:
        browser.get(link)
        (way,) = got(manager.get(f"/users/{engineer}/credentials"))["items"]
        assert way["kind"] == "session"
        path = f"/users/{engineer}/credentials/{way['id']}/revoke"
        assert manager.post(path, json=WHY).status_code == 204
        assert browser.get(f"{hub.url}/api/v1/session").status_code == 401
        assert manager.post(path, json=WHY).status_code == 404


def test_the_last_admin_stays_and_no_manager_touches_one(
    hub: RunningHub, manager: httpx.Client
) -> None:
    admin = hub.client("admin")
    assert code_of(admin.post("/users/admin/disable", json=WHY)) == "last-admin"
    assert code_of(admin.put("/users/admin", json={"role": "manager"})) == "last-admin"
    assert code_of(manager.post("/users/admin/link")) == "admins-only"
    assert code_of(manager.put("/users/operator", json={"role": "admin"})) == "admins-only"
    assert code_of(manager.post("/users", json={"id": "admin", "role": "operator"})) == "user-known"
