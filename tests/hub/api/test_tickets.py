"""Tickets over the API: reported, worked on by several trades, proven, asked about, reopened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rules.vocabulary.instant import HOUR
from tests.hub.api.http.pictures import photo
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

FLAT = "B1-02-01"
REPAIR = {
    "estate": "harbour", "category": "water", "urgency": "ordinary", "words": "tap drips",
    "household": FLAT,
}  # fmt: skip


def order(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """The record of the last event that the command caused."""
    answer = client.post(path, headers=new_key(), json=body)
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = answer.json()["events"][-1]["record"]
    return record


def upload(client: httpx.Client) -> str:
    answer = client.post("/attachments", content=photo())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["hash"])


@pytest.mark.usefixtures("system")
def test_reported_repair_goes_its_way_until_the_household_is_content(
    operator: httpx.Client, hub: RunningHub
) -> None:
    ticket = order(operator, "/tickets", **REPAIR)
    path = f"/tickets/{ticket['id']}"
    assert (ticket["class"], ticket["role"], ticket["place"]["unit"]) == ("ordinary", "EN", FLAT)
    assert ticket["report"]["household"] == FLAT
    order(operator, f"{path}/dispatch", assignee="engineer")
    with hub.client("engineer") as engineer:
        for step in ("accept", "arrive", "start"):
            order(engineer, f"{path}/{step}")
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        order(
            engineer, f"{path}/suspend",
            cause="parts", approver="manager", until=until, reason="valve is ordered",
        )  # fmt: skip
        order(engineer, f"{path}/resume")
        part = {"kind": "part", "words": "valve", "quantity": 1, "unit": "pc", "cost_fen": 3580}
        order(engineer, f"{path}/add-effort", **part)
        noted = order(engineer, f"{path}/note", words="new valve", photos=[upload(engineer)])
        assert len(noted["photos"]) == 1
        order(engineer, f"{path}/resolve", reason="valve changed")
        own = engineer.post(f"{path}/verify", headers=new_key(), json={"outcome": "passed"})
        assert own.status_code == 403
    assert order(operator, f"{path}/verify", outcome="passed")["state"] == "callback"
    reopened = order(operator, f"{path}/call-back", score=1, fixed="no", reason="still drips")
    assert (reopened["state"], reopened["reopened"]) == ("dispatched", 1)


@pytest.mark.usefixtures("system")
def test_list_is_filtered_by_assignee_incident_and_lateness(
    operator: httpx.Client, hub: RunningHub
) -> None:
    first = order(operator, "/tickets", **REPAIR)
    second = order(operator, "/tickets", **{**REPAIR, "urgency": "urgent"})
    order(operator, f"/tickets/{first['id']}/dispatch", assignee="plumber")

    def found(**query: str) -> list[str]:
        return [t["id"] for t in operator.get("/tickets", params=query).json()["items"]]

    assert found(assignee="plumber") == [first["id"]]
    assert found(incident=second["incident_id"]) == [second["id"]]
    assert found(overdue="true") == []
    hub.clock.ahead = HOUR
    assert found(overdue="true") == [second["id"]], "to be accepted in 15 minutes"
    assert found(overdue="false") == [first["id"]]
    eventually(
        lambda: operator.get(f"/tickets/{second['id']}").json()["clocks"]["accept"]["missed_at"],
        what="the missed clock is on the record",
    )


@pytest.mark.usefixtures("leaking")
def test_several_trades_on_one_incident(operator: httpx.Client) -> None:
    further = {"incident": "harbour-i1", "role": "CL", "class": "urgent", "title": "dry the floor"}
    order(operator, "/tickets/further", **further)
    incident = operator.get("/incidents/harbour-i1").json()
    assert [t["role"] for t in incident["tickets"]] == [None, "CL"]


@pytest.mark.usefixtures("leaking")
def test_task_is_proven_by_a_photo_that_was_uploaded(operator: httpx.Client) -> None:
    path = "/tickets/harbour-t1/tasks/close-valve/complete"
    bare = operator.post(path, headers=new_key(), json={"note": "V1"})
    assert (bare.status_code, bare.json()["type"]) == (409, "urn:gatehouse:problem:no-proof")
    invented = {"note": "V1", "photos": ["ab" * 32]}
    unknown = operator.post(path, headers=new_key(), json=invented)
    assert (unknown.status_code, unknown.json()["type"]) == (
        409, "urn:gatehouse:problem:no-attachment",
    )  # fmt: skip
    hash_ = upload(operator)
    ticket = order(operator, path, note="V1", photos=[hash_])
    task = next(t for t in ticket["tasks"] if t["id"] == "close-valve")
    assert (task["state"], task["handed_in"]["photos"]) == ("done", [hash_])


@pytest.mark.usefixtures("system")
def test_complaint_is_a_ticket_with_clocks_of_its_own(operator: httpx.Client) -> None:
    complaint = order(
        operator, "/tickets/complaints",
        estate="harbour", words="nobody came", demand="a date", grade="major", household=FLAT,
    )  # fmt: skip
    assert (complaint["class"], complaint["role"]) == ("complaint", "HQ")
    assert complaint["report"]["demand"] == "a date"


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/tickets", {**REPAIR, "urgency": "emergency"}, "body.urgency"),
        ("/tickets", {**REPAIR, "words": " "}, "body.words"),
        ("/tickets", {**REPAIR, "household": "../etc"}, "body.household"),
        ("/tickets/harbour-t1/call-back", {"score": 6, "fixed": "yes"}, "body.score"),
        ("/tickets/harbour-t1/suspend", {"cause": "parts"}, "body.approver"),
        ("/tickets/harbour-t1/note", {"photos": ["../../x"]}, "body.photos.0"),
    ],
)
def test_unusable_order_names_its_field(
    operator: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    answer = operator.post(path, headers=new_key(), json=body)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
