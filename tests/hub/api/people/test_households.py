"""Households: masked, unmasked with a reason that is kept; consents, contacts and links."""

from typing import Any

import httpx
import pytest

from store.database.connection import connect
from store.people import audit
from store.people.users import Role
from tests.rig.hubs import RunningHub

PATH = "/households/harbour/B1-01-02"
CONTACT = {
    "relation": "resident",
    "name": "Resident 01-02",
    "phone": "139 0000-1234",
    "mail": "resident@example.org",
    "chat": "wecom:0123456789abcdef",
    "reason": "moved in",
}
CHOICES = {
    "language": "en",
    "refused": ["chat", "mail"],
    "needs": ["elderly_alone"],
    "needs_agreed": True,
    "sms_agreed": "in_writing",
    "reason": "at the desk",
}


@pytest.fixture
def manager(hub: RunningHub) -> httpx.Client:
    return hub.client("manager")


@pytest.fixture
def lived_in(manager: httpx.Client) -> httpx.Client:
    """A manager, for whom B1-01-02 has a contact."""
    answer = manager.post(f"{PATH}/contacts", json=CONTACT)
    assert answer.status_code == 200, answer.text
    return manager


def got(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def trail(hub: RunningHub, action: str) -> list[tuple[str, Any]]:
    with connect(hub.dsn, name="tests") as db:
        assert audit.first_broken(db) is None
        return db.execute(
            "SELECT target, detail FROM audit WHERE action = %s ORDER BY id", (action,)
        ).fetchall()


def test_people_are_masked_and_households_found_by_a_part_of_their_id(
    lived_in: httpx.Client,
) -> None:
    found = {item["id"]: item for item in got(lived_in.get("/households"))["items"]}
    assert found.keys() == {
        *(f"B1-0{floor}-0{flat}" for floor in (1, 2, 3) for flat in (1, 2)),
        "G1-P007",
        "G1-P008",
    }
    assert found["G1-P007"]["contacts"] == []
    assert found["B1-01-02"] == got(lived_in.get(PATH)) == {
        "estate": "harbour", "id": "B1-01-02", "unit": "01-02", "language": "zh", "refused": [],
        "needs": [], "sms_agreed_at": None, "sms_agreed_how": None, "masked": True,
        "contacts": [{
            "n": 1, "relation": "resident", "language": None, "name": "R***",
            "phone": "+86139****1234", "mail": "r***@example.org", "chat": "wecom:****",
            "opens": True,
        }],
    }  # fmt: skip
    some = got(lived_in.get("/households?search=b1-01"))["items"]
    assert [item["id"] for item in some] == ["B1-01-01", "B1-01-02"]


def test_unmasking_needs_a_reason_and_is_kept(hub: RunningHub, lived_in: httpx.Client) -> None:
    assert lived_in.get("/households?unmask=").status_code == 422
    found = got(lived_in.get("/households?unmask=call-back+visit&limit=2"))["items"]
    assert (found[1]["contacts"][0]["name"], found[1]["masked"]) == ("Resident 01-02", False)
    one = got(lived_in.get(f"{PATH}?unmask=a+call"))
    assert one["contacts"][0]["phone"] == "+8613900001234"
    both = ["harbour/B1-01-01", "harbour/B1-01-02"]
    assert trail(hub, "household.unmask") == [
        ("all estates", {"reason": "call-back visit", "households": both}),
        ("harbour", {"reason": "a call", "households": both[1:]}),
    ]


@pytest.mark.only_looks
@pytest.mark.parametrize("role", ["operator", "engineer"])
def test_other_roles_neither_see_nor_change_households(hub: RunningHub, role: Role) -> None:
    with hub.client(role) as client:
        answers = [
            client.get("/households"),
            client.get(PATH),
            client.get(f"{PATH}/notices"),
            client.put(PATH, json=CHOICES),
            client.post(f"{PATH}/link", json={}),
            client.post(f"{PATH}/contacts", json=CONTACT),
            client.put(f"{PATH}/contacts/1", json=CONTACT),
            client.post(f"{PATH}/contacts/1/remove", json={"reason": "moved out"}),
        ]
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.only_looks
def test_household_that_is_not_there_is_not_found(hub: RunningHub) -> None:
    nowhere = "/households/harbour/B9-01-01"
    with hub.client("manager") as client:
        answers = [
            client.get(nowhere),
            client.put(nowhere, json=CHOICES),
            client.post(f"{nowhere}/link", json={}),
            client.post(f"{nowhere}/contacts", json=CONTACT),
            client.put(f"{PATH}/contacts/9", json=CONTACT),
            client.post(f"{PATH}/contacts/9/remove", json={"reason": "moved out"}),
        ]
    assert {answer.status_code for answer in answers} == {404}


def test_nothing_personal_can_be_read_in_the_database(
    hub: RunningHub, lived_in: httpx.Client
) -> None:
    """Every table, as a dump would have it; the trail keeps which fields, not what they hold."""
    lived_in.put(f"{PATH}/contacts/1", json={**CONTACT, "relation": "owner"})
    lived_in.get(f"{PATH}?unmask=a+look")
    with connect(hub.dsn, name="tests") as db:
        tables = db.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        dump = " ".join(
            str(row)
            for (table,) in tables
            for row in db.execute(f'SELECT t::text FROM "{table}" t')
        )
    assert "harbour/B1-01-02" in dump
    hidden = ["13900001234", "Resident 01-02", "resident@example", "0123456789abcdef"]
    assert [word for word in hidden if word in dump or word.encode().hex() in dump] == []
    assert trail(hub, "household.change_contact") == [
        (
            "harbour/B1-01-02/1",
            {"reason": "moved in", "fields": sorted(CONTACT.keys() - {"reason"})},
        )
    ]


def test_contacts_are_added_changed_and_removed_and_a_number_never_comes_again(
    hub: RunningHub, lived_in: httpx.Client
) -> None:
    owner = {**CONTACT, "relation": "owner", "language": "en"}
    assert got(lived_in.post(f"{PATH}/contacts", json=owner))["n"] == 2
    changed = got(lived_in.put(f"{PATH}/contacts/2", json={**owner, "phone": None}))
    assert (changed["phone"], changed["language"]) == (None, "en")
    gone = lived_in.post(f"{PATH}/contacts/2/remove", json={"reason": "sold the flat"})
    assert gone.status_code == 204
    carer = {**CONTACT, "relation": "carer", "agreed": True}
    assert got(lived_in.post(f"{PATH}/contacts", json=carer))["n"] == 3
    assert [c["n"] for c in got(lived_in.get(PATH))["contacts"]] == [1, 3]
    assert trail(hub, "household.remove_contact") == [
        ("harbour/B1-01-02/2", {"reason": "sold the flat"})
    ]
    for _ in range(6):
        got(lived_in.post(f"{PATH}/contacts", json=CONTACT))
    full = lived_in.post(f"{PATH}/contacts", json=CONTACT)
    assert full.status_code == 409
    assert "remove one before adding" in full.json()["detail"]


@pytest.mark.only_looks
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
        ({"relation": "friend"}, "body.relation", "Input should be"),
        ({"relation": "carer"}, "body", "agreed to it"),
        ({"reason": ""}, "body.reason", "at least 1 character"),
    ],
)
def test_contact_that_cannot_be_used_is_refused_by_field_and_not_kept(
    hub: RunningHub, changes: dict[str, object], field: str, remedy: str
) -> None:
    with hub.client("manager") as manager:
        answer = manager.post(f"{PATH}/contacts", json={**CONTACT, **changes})
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["field"] == field
        assert remedy in error["remedy"]
        assert got(manager.get(PATH))["contacts"] == []


def test_choices_are_kept_with_when_and_how_it_agreed(
    hub: RunningHub, manager: httpx.Client
) -> None:
    first = got(manager.put(PATH, json=CHOICES))
    assert (first["refused"], first["sms_agreed_how"], first["needs"]) == (
        ["chat", "mail"], "in_writing", [],
    )  # fmt: skip
    hub.clock.ahead = 60_000_000
    again = got(manager.put(PATH, json={"sms_agreed": "by_phone", "reason": "called"}))
    assert again["sms_agreed_at"] == first["sms_agreed_at"], "a consent that stands keeps its time"
    seen = got(manager.get(f"{PATH}?unmask=a+check"))
    assert seen["needs"] == ["elderly_alone"], "what is not given stays"
    withdrawn = got(manager.put(PATH, json={"needs": [], "reason": "asked for it"}))
    assert (withdrawn["sms_agreed_at"], withdrawn["sms_agreed_how"]) == (None, None)
    with connect(hub.dsn, name="tests") as db:
        agreed = db.execute("SELECT needs_agreed_at FROM household WHERE id = 'B1-01-02'")
        assert agreed.fetchone() == (None,)
    target, detail = trail(hub, "household.change")[0]
    assert target == "harbour/B1-01-02"
    assert detail == {
        "reason": "at the desk", "fields": sorted(CHOICES.keys() - {"reason"}),
        "sms_agreed": "in_writing",
    }  # fmt: skip


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"refused": ["pigeon"]}, "body.refused.0", "Input should be"),
        ({"needs_agreed": False}, "body", "agreed to it"),
        ({"sms_agreed": "hearsay"}, "body.sms_agreed", "Input should be"),
    ],
)
def test_choices_that_cannot_be_used_are_refused_by_field(
    hub: RunningHub, changes: dict[str, object], field: str, remedy: str
) -> None:
    with hub.client("manager") as manager:
        answer = manager.put(PATH, json={**CHOICES, **changes})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert remedy in error["remedy"]


def test_contact_moved_to_another_household_stays_closed(
    hub: RunningHub, lived_in: httpx.Client
) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute("UPDATE household_contact SET household_id = 'B1-01-01'")
    [contact] = got(lived_in.get("/households/harbour/B1-01-01?unmask=a+check"))["contacts"]
    assert (contact["opens"], contact["phone"]) == (False, None)


def test_a_households_link_stays_until_it_is_renewed(
    hub: RunningHub, manager: httpx.Client
) -> None:
    def link(*, renew: bool) -> str:
        answer = manager.post("/households/harbour/B1-01-01/link", json={"renew": renew})
        return str(got(answer)["url"])

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
    assert len(trail(hub, "household.link")) == 3


@pytest.mark.only_looks
@pytest.mark.usefixtures("leaking")
def test_a_households_latest_notices_are_listed(hub: RunningHub) -> None:
    with hub.client("manager") as manager:
        [notice] = got(manager.get("/households/harbour/B1-02-01/notices"))["items"]
        assert (notice["household"], notice["template"]) == ("B1-02-01", "LEAK")
        assert got(manager.get("/households/harbour/B1-03-01/notices"))["items"] == []
