"""Drills over the API: planned, run, scored, reported; who may know and who may run them."""

from typing import Any

import httpx
import pytest

from rules.records.drills import Injection
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text
from simulators.drill import DrillClient, Staging, score_lines
from simulators.errors import DrillRefused
from simulators.script import Script
from store.database.connection import connect
from tests.rig.hubs import RunningHub, new_key

PLAN: dict[str, Any] = {
    "estate": "harbour", "kind": "functional", "title": "Leak in a kitchen", "plan": "PIPE",
    "level": "IV", "building": "B1", "floor": 2, "leader": "operator",
    "participants": [{"user": "engineer", "duty": "EN"}], "households": ["B1-01-01"],
}  # fmt: skip


def sent(client: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return client.post(path, headers=new_key(), json=body)


def planned(client: httpx.Client, **more: Any) -> str:
    """The id of a drill that was just planned."""
    answer = sent(client, "/drills", **{**PLAN, **more})
    assert answer.status_code == 200, answer.text
    (event,) = answer.json()["events"]
    return str(event["record"]["id"])


@pytest.mark.usefixtures("system")
def test_drill_from_its_plan_to_its_report(hub: RunningHub) -> None:
    with hub.client("manager") as manager, hub.client("operator") as operator:
        drill = planned(manager)
        assert sent(operator, f"/drills/{drill}/start").status_code == 403
        assert sent(manager, f"/drills/{drill}/start").status_code == 200
        running = operator.get(f"/drills/{drill}").json()
        assert (running["state"], running["plan_version"]) == ("running", 1)
        incident = operator.get(f"/incidents/{running['incident_id']}").json()
        assert incident["drill"]
        (alarm,) = incident["alarms"]
        sent(operator, f"/alarms/{alarm['id']}/acknowledge")
        score = {p["name"]: p for p in operator.get(f"/drills/{drill}").json()["score"]["parts"]}
        assert score["acknowledge"]["points"] == 15
        sent(operator, f"/drills/{drill}/note", words="the valve key was missing")
        finished = sent(manager, f"/drills/{drill}/finish", reason="held")
        assert finished.status_code == 200, finished.text

        ended = operator.get(f"/drills/{drill}").json()
        assert (ended["state"], ended["void_from_at"]) == ("ended", None)
        assert 0 <= ended["score"]["total"] <= 100
        due = {d["id"]: d for d in operator.get("/drills/due?estate=harbour").json()["items"]}
        assert (due["plan"]["last_drill"], due["plan"]["overdue"]) == (drill, False)
        assert (due["lift"]["last_drill"], due["lift"]["overdue"]) == (None, True)
        report = operator.get(f"/incidents/{running['incident_id']}/report").json()
        assert report["scored"]["total"] == ended["score"]["total"]
        assert report["scored"]["remarks"][0]["words"] == "the valve key was missing"
        pdf = operator.get(f"/incidents/{running['incident_id']}/report.pdf?language=zh")
        assert pdf.content.startswith(b"%PDF")
    with connect(hub.dsn, name="tests") as db:
        told = {h for (h,) in db.execute("SELECT household_id FROM notice")}
    assert told <= {"B1-01-01"}


@pytest.mark.usefixtures("system")
def test_surprise_is_hidden_from_the_staff_until_it_begins(hub: RunningHub) -> None:
    with hub.client("manager") as manager, hub.client("engineer") as engineer:
        drill = planned(manager, kind="unannounced")
        shown = [item["id"] for item in manager.get("/drills").json()["items"]]
        assert shown == [drill]
        assert engineer.get("/drills").json()["items"] == []
        assert engineer.get(f"/drills/{drill}").status_code == 404
        assert not [e for e in engineer.get("/events").json()["items"] if "drill" in e["kind"]]
        sent(manager, f"/drills/{drill}/start")
        assert engineer.get(f"/drills/{drill}").json()["state"] == "running"
        stopped = sent(engineer, f"/drills/{drill}/stop", reason="somebody fell")
        assert stopped.status_code == 200, "anybody may call STOP"
        assert engineer.get(f"/drills/{drill}").json()["state"] == "paused"


@pytest.mark.usefixtures("system")
def test_what_cannot_be_planned_is_refused_with_its_remedy(hub: RunningHub) -> None:
    with hub.client("manager") as manager:
        unknown = sent(manager, "/drills", **{**PLAN, "households": ["B9-01-01"]})
        assert unknown.status_code == 409
        assert "B9-01-01" in unknown.json()["detail"]
        bad = sent(manager, "/drills", **{**PLAN, "kind": "real"})
        assert bad.status_code == 422


@pytest.mark.usefixtures("system")
def test_drill_of_a_script_is_begun_and_followed_by_a_client(hub: RunningHub) -> None:
    with hub.client("manager") as manager:
        token = manager.headers["Authorization"].removeprefix("Bearer ")
    place = Place(Text("Building 1", "1号楼"), building="B1", floor=2)
    alarm = Injection(0, "leak", "b1-02-01-kitchen-leak", "wet", 1.0)
    client, told = DrillClient(hub.url, token), list[str]()
    staging = Staging("Leak in a kitchen", "functional", None, (("engineer", "EN"),), ())
    drill = client.begin("harbour", Script("PIPE", "IV", place, (alarm,), 0), staging)
    ended = client.follow(drill, told.append, finish_after_s=0)
    assert [line.split()[:2] for line in told] == [["state", "running"], ["state", "ended"]]
    lines = score_lines(ended)
    assert lines[-1] == "score         0 of 100"
    assert "acknowledge          –" in lines[0]
    unknown = Script("PIPE", "IV", place, (Injection(0, "nothing", alarm.device),), 0)
    with pytest.raises(DrillRefused, match="no rule 'nothing'"):
        client.begin("harbour", unknown, staging)
