"""Incidents over the API: started by hand, raised, merged, split; the plan and places for it."""

from typing import Any

import httpx
import pytest

from hub.clock import system_clock
from store.database.connection import connect
from store.people.users import Role
from tests.rig.estates import leak
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

PIPE = "/incidents/harbour-i1"
BEGINNING = {
    "estate": "harbour", "kind": "power", "level": "III", "building": "B1",
    "reason": "a resident called",
}  # fmt: skip


def sent(client: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return client.post(path, headers=new_key(), json=body)


def start(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """The incident that was started."""
    answer = sent(client, "/incidents", **{**BEGINNING, **body})
    assert answer.status_code == 200, answer.text
    opened = [e for e in answer.json()["events"] if e["kind"] == "incident.opened"]
    record: dict[str, Any] = opened[0]["record"]
    return record


def refused(answer: httpx.Response) -> str:
    """Why; the answer says what to do."""
    assert answer.status_code == 409, answer.text
    body = answer.json()
    assert body["detail"]
    return str(body["type"]).removeprefix("urn:gatehouse:problem:")


def another_leak(hub: RunningHub, operator: httpx.Client) -> None:
    """A second flat of the same riser is wet."""
    leak(hub.dsn, now=system_clock(), device="b1-01-01-kitchen-leak")
    eventually(lambda: len(alarms_of(operator)) == 2, what="both alarms are one incident's")


def alarms_of(client: httpx.Client, incident: str = PIPE) -> list[str]:
    return [alarm["id"] for alarm in client.get(incident).json()["alarms"]]


@pytest.mark.usefixtures("system")
def test_person_starts_an_incident_which_has_its_plan_and_ticket(
    operator: httpx.Client, hub: RunningHub
) -> None:
    incident = start(operator, level="II", floor=2)
    assert (incident["kind"], incident["level"], incident["plan"]) == ("power", "II", "POWER")
    assert incident["place"]["text"] == {"en": "Building 1 2F", "zh": "1号楼2层"}
    detail = operator.get(f"/incidents/{incident['id']}").json()
    [ticket] = detail["tickets"]
    reports = {task["id"]: task for task in ticket["tasks"] if task["report_to"]}
    assert reports["report-committee"]["report_to"]["zh"] == "社区居委会、街道办事处"
    [opened] = [e for e in detail["events"] if e["kind"] == "incident.opened"]
    assert (opened["by"], opened["reason"]) == ("operator", "a resident called")
    with connect(hub.dsn, name="tests") as db:
        rows = db.execute("SELECT target FROM audit WHERE action = 'incident.start'").fetchall()
    assert rows == [("harbour",)]


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"building": "B9"}, "bad-building"),
        ({"unit": "B1-09-01"}, "bad-unit"),
        ({"garage": "G9"}, "bad-garage"),
        ({"kind": "ticket"}, "bad-kind"),
    ],
)
def test_start_at_a_place_that_is_not_there_is_refused(
    operator: httpx.Client, body: dict[str, str], code: str
) -> None:
    assert refused(sent(operator, "/incidents", **{**BEGINNING, **body})) == code
    assert operator.get("/incidents").json()["items"] == []


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"level": "V"}, "body.level"),
        ({"kind": "party"}, "body.kind"),
        ({"floor": 1000}, "body.floor"),
        ({"reason": " "}, "body.reason"),
    ],
)
def test_start_that_is_ill_formed_names_the_field(
    operator: httpx.Client, body: dict[str, Any], field: str
) -> None:
    answer = sent(operator, "/incidents", **{**BEGINNING, **body})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.only_looks
def test_start_on_an_estate_that_is_not_there_leads_nowhere(operator: httpx.Client) -> None:
    answer = sent(operator, "/incidents", **{**BEGINNING, "estate": "elsewhere"})
    assert answer.status_code == 404


@pytest.mark.only_looks
@pytest.mark.parametrize("path", ["", "/x/raise-level", "/x/merge", "/x/split"])
def test_engineer_on_site_decides_none_of_it(hub: RunningHub, path: str) -> None:
    body = {**BEGINNING, "into": "y", "alarms": ["a"]}
    role: Role = "engineer"
    with hub.client(role) as engineer:
        assert sent(engineer, f"/incidents{path}", **body).status_code == 403


@pytest.mark.usefixtures("system")
def test_graver_level_adds_what_the_plan_asks_for_and_never_falls(operator: httpx.Client) -> None:
    path = f"/incidents/{start(operator)['id']}"
    raised = sent(operator, f"{path}/raise-level", level="II", reason="the lift supply is lost")
    assert raised.status_code == 200, raised.text
    kinds = [event["kind"] for event in raised.json()["events"]]
    assert kinds[:2] == ["incident.level_raised", "ticket.task_added"]
    for level in ("II", "III"):
        again = sent(operator, f"{path}/raise-level", level=level, reason="once more")
        assert refused(again) == "not-graver"
    assert operator.get(path).json()["level"] == "II"


@pytest.mark.usefixtures("leaking")
def test_merged_incident_is_closed_into_the_other(operator: httpx.Client) -> None:
    other = start(operator, kind="pipe", level="IV", unit="B1-02-01")
    answer = sent(operator, f"{PIPE}/merge", into=other["id"], reason="the same water")
    assert answer.status_code == 200, answer.text
    merged = operator.get(PIPE).json()
    assert (merged["state"], merged["outcome"]) == ("closed", "merged")
    assert merged["merged_into"] == other["id"]
    assert alarms_of(operator, f"/incidents/{other['id']}") == ["harbour-a1"]
    again = sent(operator, f"{PIPE}/merge", into=other["id"], reason="once more")
    assert refused(again) == "not-open"


@pytest.mark.usefixtures("leaking")
@pytest.mark.parametrize("into", ["harbour-i1", "harbour-i404"])
def test_incident_merges_only_into_another_open_one(operator: httpx.Client, into: str) -> None:
    assert refused(sent(operator, f"{PIPE}/merge", into=into, reason="same")) == "bad-into"
    assert operator.get(PIPE).json()["state"] == "open"


def test_split_gives_the_alarms_an_incident_of_their_own(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    another_leak(leaking, operator)
    answer = sent(operator, f"{PIPE}/split", alarms=["harbour-a2"], reason="another pipe")
    assert answer.status_code == 200, answer.text
    fresh, *_ = operator.get("/incidents").json()["items"]
    assert (fresh["alarm_count"], fresh["plan"]) == (1, "PIPE")
    assert alarms_of(operator) == ["harbour-a1"]
    assert alarms_of(operator, f"/incidents/{fresh['id']}") == ["harbour-a2"]


@pytest.mark.usefixtures("leaking")
@pytest.mark.parametrize("alarms", [["harbour-a1"], ["harbour-a404"]])
def test_split_leaves_at_least_one_alarm_and_takes_only_its_own(
    operator: httpx.Client, alarms: list[str]
) -> None:
    assert refused(sent(operator, f"{PIPE}/split", alarms=alarms, reason="x")) == "bad-alarms"
    assert alarms_of(operator) == ["harbour-a1"]


@pytest.mark.usefixtures("system")
def test_plan_of_an_incident_is_found_at_the_version_that_it_began_with(
    operator: httpx.Client, hub: RunningHub
) -> None:
    incident = start(operator)
    of_estate = {"estate": "harbour"}
    plan = operator.get("/plans/POWER", params=of_estate).json()
    edit = {
        "yaml": plan["yaml"].replace("Power failure", "No power"),
        "version": plan["version"],
        "reason": "shorter",
    }
    with hub.client("manager") as manager:
        saved = manager.put("/plans/POWER", params=of_estate, json=edit)
        assert saved.status_code == 200, saved.text
    began = {**of_estate, "version": incident["plan_version"]}
    then, now = (operator.get("/plans/POWER", params=p).json() for p in (began, of_estate))
    assert (then["version"], then["name"]["en"]) == (1, "Power failure")
    assert (now["version"], now["name"]["en"]) == (2, "No power")
    assert then["edited"] is False
    missing = operator.get("/plans/POWER", params={**of_estate, "version": 9})
    assert missing.status_code == 404


@pytest.mark.only_looks
def test_places_are_buildings_with_their_flats_and_garages(operator: httpx.Client) -> None:
    places = operator.get("/estates/harbour/places").json()
    [building] = places["buildings"]
    assert (building["id"], building["floors"]) == ("B1", [1, 2, 3])
    assert {"id": "B1-02-01", "floor": 2} in building["units"]
    assert places["garages"] == [{"id": "G1", "name": {"en": "Garage", "zh": "车库"}}]
    assert operator.get("/estates/elsewhere/places").status_code == 404


@pytest.mark.only_looks
def test_valves_are_listed_with_the_flats_that_they_leave_dry(operator: httpx.Client) -> None:
    [valve] = operator.get("/estates/harbour/valves").json()["items"]
    assert (valve["id"], valve["building"]) == ("B1-V1", "B1")
    assert valve["place"] == {"en": "Pump room", "zh": "泵房"}
    assert "B1-01-01" in valve["isolates"]
    assert operator.get("/estates/elsewhere/valves").status_code == 404
