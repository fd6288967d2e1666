"""Personal data: masked, unmasked with a reason that is kept, links handed out."""

import httpx
import pytest

from store import audit
from store.connection import connect
from store.users import Role
from tests.hubs import RunningHub


@pytest.fixture
def manager(hub: RunningHub) -> httpx.Client:
    with connect(hub.dsn, name="tests") as db:
        db.execute("UPDATE household SET phone = '13800005678' WHERE id = 'B1-01-02'")
    return hub.client("manager")


def by_id(answer: httpx.Response) -> dict[str, dict[str, object]]:
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["items"]}


def test_names_and_phones_are_masked(manager: httpx.Client) -> None:
    found = by_id(manager.get("/households"))
    assert found.keys() == {
        *(f"B1-0{floor}-0{flat}" for floor in (1, 2, 3) for flat in (1, 2)),
        "G1-P007",
        "G1-P008",
    }
    assert found["B1-01-02"] == {
        "estate": "harbour",
        "id": "B1-01-02",
        "unit": "01-02",
        "name": "R*** 01-02",
        "phone": "138****5678",
        "language": "zh",
        "mail": None,
        "chat": None,
        "refused": [],
        "needs": [],
        "masked": True,
    }
    assert found["G1-P007"]["name"] == "B*** P007"


def test_unmasking_needs_a_reason_and_is_kept(hub: RunningHub, manager: httpx.Client) -> None:
    assert manager.get("/households?unmask=").status_code == 422
    found = by_id(manager.get("/households?unmask=call-back+visit&limit=2"))
    assert found["B1-01-02"]["name"] == "Resident B1-01-02"
    assert found["B1-01-02"]["phone"] == "13800005678"
    with connect(hub.dsn, name="tests") as db:
        [(user, detail)] = db.execute(
            "SELECT user_id, detail FROM audit WHERE action = 'household.unmask'"
        ).fetchall()
        assert audit.first_broken(db) is None
    assert user == "manager"
    assert detail == {
        "reason": "call-back visit",
        "households": ["harbour/B1-01-01", "harbour/B1-01-02"],
    }


@pytest.mark.only_looks
@pytest.mark.parametrize("role", ["operator", "engineer"])
def test_other_roles_see_no_households(hub: RunningHub, role: Role) -> None:
    with hub.client(role) as client:
        assert client.get("/households").status_code == 403
        path = "/households/harbour/B1-01-01/link"
        assert client.post(path, json={}).status_code == 403


def test_a_households_link_stays_until_it_is_renewed(
    hub: RunningHub, manager: httpx.Client
) -> None:
    def link(*, renew: bool) -> str:
        path = "/households/harbour/B1-01-01/link"
        answer = manager.post(path, json={"renew": renew})
        assert answer.status_code == 200
        return str(answer.json()["url"])

    def opens(url: str) -> bool:
        token = url.removeprefix(f"{hub.url}/r/")
        return httpx.get(f"{hub.url}/api/v1/resident/{token}").status_code == 200

    first = link(renew=False)
    assert link(renew=False) == first
    assert opens(first)
    second = link(renew=True)
    assert second != first
    assert opens(second)
    assert not opens(first)
    with connect(hub.dsn, name="tests") as db:
        row = db.execute("SELECT count(*) FROM audit WHERE action = 'household.link'").fetchone()
    assert row == (3,)


CONTACT = {
    "name": "Resident 01-02",
    "phone": "139 0000-1234",
    "mail": "resident@example.org",
    "chat": "wecom:0123456789abcdef",
    "language": "en",
    "refused": ["chat", "mail"],
    "needs": ["elderly_alone"],
    "needs_agreed": True,
    "reason": "moved in",
}
PATH = "/households/harbour/B1-01-02"


def test_contact_is_entered_masked_and_kept_without_its_content_in_the_trail(
    hub: RunningHub, manager: httpx.Client
) -> None:
    answer = manager.put(PATH, json=CONTACT)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "estate": "harbour", "id": "B1-01-02", "unit": "01-02", "name": "R*** 01-02",
        "phone": "+86139****1234", "language": "en", "mail": "r***@example.org",
        "chat": "wecom:****", "refused": ["chat", "mail"], "needs": [], "masked": True,
    }  # fmt: skip
    seen = by_id(manager.get("/households?unmask=a+check"))["B1-01-02"]
    assert (seen["phone"], seen["needs"]) == ("+8613900001234", ["elderly_alone"])
    with connect(hub.dsn, name="tests") as db:
        [(target, detail)] = db.execute(
            "SELECT target, detail FROM audit WHERE action = 'household.change'"
        ).fetchall()
    assert target == "harbour/B1-01-02"
    assert detail == {"reason": "moved in", "fields": sorted(CONTACT.keys() - {"reason"})}


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"phone": "12345"}, "body.phone", "such as 13800005678"),
        ({"phone": "+86 1280000567"}, "body.phone", "11 digits from 13 to 19"),
        ({"phone": "<script>"}, "body.phone", "is no phone number"),
        ({"mail": "nobody"}, "body.mail", "pattern"),
        ({"mail": "a@b.org\nBcc: c@d.org"}, "body.mail", "pattern"),
        ({"chat": "wecom:../../x"}, "body.chat", "pattern"),
        ({"name": "two\nlines"}, "body.name", "on one line"),
        ({"name": " "}, "body.name", "at least 1 character"),
        ({"refused": ["pigeon"]}, "body.refused.0", "Input should be"),
        ({"needs_agreed": False}, "body", "agreed to it"),
        ({"reason": ""}, "body.reason", "at least 1 character"),
    ],
)
def test_contact_that_cannot_be_used_is_refused_by_field_and_changes_nothing(
    manager: httpx.Client, changes: dict[str, object], field: str, remedy: str
) -> None:
    before = manager.get("/households").json()
    answer = manager.put(PATH, json={**CONTACT, **changes})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert remedy in error["remedy"]
    assert manager.get("/households").json() == before


def test_script_in_a_name_is_a_name(manager: httpx.Client) -> None:
    answer = manager.put(PATH, json={**CONTACT, "name": "<script>alert(1)</script>"})
    assert answer.status_code == 200
    assert answer.json()["name"] == "<*** 01-02"


@pytest.mark.parametrize("role", ["operator", "engineer"])
def test_only_a_manager_changes_contacts(hub: RunningHub, role: Role) -> None:
    with hub.client(role) as client:
        assert client.put(PATH, json=CONTACT).status_code == 403


def test_nobody_is_entered_into_a_flat_that_is_not_there(manager: httpx.Client) -> None:
    assert manager.put("/households/harbour/B9-01-01", json=CONTACT).status_code == 404


def test_an_unknown_household_has_no_link(manager: httpx.Client) -> None:
    assert manager.post("/households/harbour/B9-01-01/link", json={}).status_code == 404
