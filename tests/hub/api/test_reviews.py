"""After-care over the API: from the closed incident to the finished review and its report."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.people.sealed_contacts import Contact
from hub.sealing.keys import load_keys
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch
from store.database.connection import connect
from store.engine import inbox
from store.engine.inbox import Lane
from tests.hub.api.http.pictures import photo
from tests.rig.contacts import PHONE, enter
from tests.rig.estates import ESTATE, LEAK_SENSOR
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

FLAT = "B1-01-01"


def order(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """The record of the last event that the command caused."""
    answer = client.post(path, headers=new_key(), json=body)
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = answer.json()["events"][-1]["record"]
    return record


def refused(client: httpx.Client, path: str, **body: Any) -> tuple[int, str]:
    answer = client.post(path, headers=new_key(), json=body)
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


@pytest.fixture
def closed(leaking: RunningHub, operator: httpx.Client) -> str:
    """The id of a leak of level III that is over."""
    (incident,) = operator.get("/incidents").json()["items"]
    path = f"/incidents/{incident['id']}"
    order(operator, f"{path}/raise-level", level="III", reason="two flats")
    _dry(leaking, operator)
    for ticket in operator.get(path).json()["tickets"]:
        for task in ticket["tasks"]:
            order(operator, f"/tickets/{ticket['id']}/tasks/{task['id']}/waive", reason="no need")
    order(operator, f"{path}/close", outcome="resolved", reason="hose changed")
    return str(incident["id"])


def _dry(hub: RunningHub, operator: httpx.Client) -> None:
    """The sensor is dry, and its alarm answered."""

    def alarm() -> dict[str, Any]:
        found: dict[str, Any] = operator.get("/alarms").json()["items"][0]
        return found

    order(operator, f"/alarms/{alarm()['id']}/acknowledge")
    now = hub.clock()
    with connect(hub.dsn, name="tests") as db:
        batch = ReadingBatch(now, [(LEAK_SENSOR, "wet", now, 0.0)])
        inbox.append(db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=batch, at=now)
    hub.clock.ahead = 120 * SECOND
    eventually(lambda: alarm()["state"] == "normal", what="the alarm is normal")


def test_review_goes_from_closing_to_its_report(
    closed: str, operator: httpx.Client, leaking: RunningHub
) -> None:
    (review,) = operator.get("/reviews", params={"state": "open"}).json()["items"]
    path = f"/reviews/{review['id']}"
    assert (review["incident_id"], review["state"]) == (closed, "open")
    assert operator.get(path).json() == review
    hash_ = operator.post("/attachments", content=photo()).json()["hash"]
    items = [{"words": "ceiling", "cost_fen": 120_000}]
    damage = {"household": FLAT, "items": items, "offer_fen": 100_000, "photos": [hash_]}
    order(operator, f"{path}/record-damage", **damage)
    assert refused(operator, f"{path}/finish") == (403, "not-allowed")
    with leaking.client("manager") as manager:
        assert refused(manager, f"{path}/finish") == (409, "tasks-open")
        order(manager, f"{path}/record-cause", words="burst hose", part="owner")
        until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        measure = {"phase": "act", "words": "renew hoses", "owner": "CS", "until": until}
        order(manager, f"{path}/add-measure", **measure)
        visit = order(manager, f"{path}/tasks/call-back-{FLAT}/complete", note="content", score=5)
        for task in visit["tasks"]:
            if task["state"] == "open":
                order(manager, f"{path}/tasks/{task['id']}/waive", reason="no need")
        finished = order(manager, f"{path}/finish", reason="hoses are old")
    assert finished["state"] == "done"
    assert operator.get("/reviews", params={"state": "open"}).json()["items"] == []
    (listed,) = operator.get("/measures", params={"state": "open"}).json()["items"]
    assert (listed["review"], listed["measure"]["words"]) == (review["id"], "renew hoses")
    done = f"{path}/measures/{listed['measure']['id']}/complete"
    order(operator, done, reason="all hoses are new")
    assert operator.get("/measures", params={"state": "open"}).json()["items"] == []
    assert len(operator.get("/measures", params={"state": "done"}).json()["items"]) == 1
    _look_at_report(operator, closed, hash_)


def _look_at_report(client: httpx.Client, incident: str, hash_: str) -> None:
    report = client.get(f"/incidents/{incident}/report").json()
    assert (report["incident"], report["finished"], report["damages_fen"]) == (
        incident, True, 120_000,
    )  # fmt: skip
    assert report["notices"]["requested"] > 0
    assert [photo["hash"] for photo in report["photos"]] == [hash_]
    assert "manager" in {person["role"]["en"].lower() for person in report["people"]}
    for language in ("en", "zh"):
        answer = client.get(f"/incidents/{incident}/report.pdf", params={"language": language})
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.content.count(b"/Subtype /Image") == 1


def test_report_holds_no_personal_data(closed: str, leaking: RunningHub) -> None:
    with connect(leaking.dsn, name="tests") as db:
        sealer = load_keys(leaking.settings).sealer
        told = db.execute("SELECT household_id FROM notice").fetchall()
        people = [(f"Resident of {household}", PHONE) for (household,) in told]
        for (household,), (name, phone) in zip(told, people, strict=True):
            known = Contact(0, name=name, addresses={"phone": phone})
            enter(db, known, household=household, sealer=sealer)
    assert people
    with leaking.client("manager") as manager:
        text = manager.get(f"/incidents/{closed}/report").text
    assert [word for person in people for word in person if word and word in text] == []


@pytest.mark.usefixtures("closed")
def test_what_a_review_names_outlives_the_files_that_nothing_names(
    operator: httpx.Client, leaking: RunningHub
) -> None:
    hash_ = operator.post("/attachments", content=photo()).json()["hash"]
    (review,) = operator.get("/reviews").json()["items"]
    damage = {"household": FLAT, "items": [{"words": "lamp", "cost_fen": 1}], "photos": [hash_]}
    order(operator, f"/reviews/{review['id']}/record-damage", **damage)
    with connect(leaking.dsn, name="tests") as db:
        used = db.execute("SELECT ticket_id FROM attachment_use WHERE hash = %s", (hash_,))
        assert [row[0] for row in used] == [review["ticket_id"]]


@pytest.mark.only_looks
@pytest.mark.parametrize(
    "path",
    ["/reviews/harbour-r9", "/incidents/harbour-i9/report", "/incidents/harbour-i9/report.pdf"],
)
def test_what_is_not_there_is_not_found(operator: httpx.Client, path: str) -> None:
    assert operator.get(path).status_code == 404
