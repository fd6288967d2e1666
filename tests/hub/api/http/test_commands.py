"""Commands: once per idempotency key, answered by their events, kept in the audit trail."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hub.api.http import commands
from rules.vocabulary.instant import SECOND
from store.database.connection import connect
from store.people import audit
from store.people.users import Role
from tests.rig.estates import dry
from tests.rig.hubs import RunningHub, new_key, running_engine
from tests.rig.waiting import eventually

ACKNOWLEDGE = "/alarms/harbour-a1/acknowledge"


def commands_in_inbox(dsn: str) -> int:
    with connect(dsn, name="tests") as db:
        row = db.execute("SELECT count(*) FROM inbox WHERE kind = 'command'").fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.usefixtures("leaking")
def test_a_command_is_answered_by_the_events_that_it_caused(operator: httpx.Client) -> None:
    answer = operator.post(ACKNOWLEDGE, headers=new_key(), json={})
    assert answer.status_code == 200
    [event] = answer.json()["events"]
    assert event["kind"] == "alarm.acknowledged"
    assert event["by"] == event["record"]["acknowledged_by"] == "operator"
    assert operator.get("/alarms/harbour-a1").json() == event["record"]


def test_the_same_key_repeats_the_answer_and_not_the_command(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    key = new_key()
    first = operator.post(ACKNOWLEDGE, headers=key)
    again = operator.post(ACKNOWLEDGE, headers=key)
    assert again.status_code == first.status_code == 200
    assert again.json() == first.json()
    assert commands_in_inbox(leaking.dsn) == 1


def test_the_same_key_at_the_same_time_is_one_command(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    key = new_key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: operator.post(ACKNOWLEDGE, headers=key), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert commands_in_inbox(leaking.dsn) == 1


def test_a_key_used_for_another_command_is_refused(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    key = new_key()
    operator.post(ACKNOWLEDGE, headers=key)
    answer = operator.post("/alarms/harbour-a1/reset", headers=key)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:gatehouse:problem:idempotency-key-reused"
    body = {"assignee": "engineer"}
    other = operator.post("/tickets/harbour-t1/dispatch", headers=key, json=body)
    assert other.status_code == 422
    assert commands_in_inbox(leaking.dsn) == 1


def test_keys_of_different_users_do_not_meet(leaking: RunningHub, operator: httpx.Client) -> None:
    key = new_key()
    assert operator.post(ACKNOWLEDGE, headers=key).status_code == 200
    with leaking.client("engineer") as engineer:
        answer = engineer.post("/tickets/harbour-t1/accept", headers=key)
    assert answer.status_code == 200
    assert answer.json()["events"][0]["record"]["assignee"] == "engineer"


@pytest.mark.usefixtures("leaking")
def test_a_refused_command_says_why(operator: httpx.Client) -> None:
    operator.post(ACKNOWLEDGE, headers=new_key())
    answer = operator.post(ACKNOWLEDGE, headers=new_key())
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:gatehouse:problem:already-acknowledged"
    assert "operator" in answer.json()["detail"]


def test_without_an_engine_a_command_is_taken_and_answered_later(
    hub: RunningHub, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO alarm VALUES ('harbour-a9', 'harbour', 'd', 'leak', 'P3', "
            "'unacknowledged', now(), NULL, '{}')"
        )
    monkeypatch.setattr(commands, "ANSWER_WITHIN_S", 0.05)
    key = new_key()
    answer = operator.post("/alarms/harbour-a9/acknowledge", headers=key)
    assert (answer.status_code, answer.json()) == (202, {"events": []})
    monkeypatch.setattr(commands, "ANSWER_WITHIN_S", 10.0)
    with running_engine(hub.dsn):
        later = operator.post("/alarms/harbour-a9/acknowledge", headers=key)
    assert later.status_code == 409  # the engine knows of no such alarm
    assert later.json()["type"] == "urn:gatehouse:problem:not-active"


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/alarms/harbour-a404/acknowledge", {}),
        ("/incidents/harbour-i404/confirm", {"reason": "seen"}),
        ("/incidents/harbour-i404/close", {"outcome": "resolved", "reason": "over"}),
        ("/tickets/harbour-t404/accept", {}),
    ],
)
def test_a_target_that_does_not_exist_is_not_found(
    hub: RunningHub, operator: httpx.Client, path: str, body: dict[str, str]
) -> None:
    answer = operator.post(path, headers=new_key(), json=body)
    assert answer.status_code == 404
    assert commands_in_inbox(hub.dsn) == 0


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("headers", "body", "field"),
    [
        ({}, {"reason": "seen"}, "header.Idempotency-Key"),
        ({"Idempotency-Key": "short"}, {"reason": "seen"}, "header.Idempotency-Key"),
        ({"Idempotency-Key": "12345678"}, {"reason": "  "}, "body.reason"),
        ({"Idempotency-Key": "12345678"}, {"reason": "a\x00b"}, "body.reason"),
        ({"Idempotency-Key": "12345678"}, {}, "body.reason"),
    ],
)
def test_unusable_input_names_field_and_remedy(
    operator: httpx.Client, headers: dict[str, str], body: dict[str, str], field: str
) -> None:
    answer = operator.post("/incidents/harbour-i1/confirm", headers=headers, json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert error["remedy"]


@pytest.mark.only_looks
def test_half_a_surrogate_pair_is_unusable_input_and_no_fault(operator: httpx.Client) -> None:
    headers = {**new_key(), "Content-Type": "application/json"}
    answer = operator.post(
        "/incidents/harbour-i1/confirm", headers=headers, content=b'{"reason": "\\ud800"}'
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("engineer", "/alarms/harbour-a1/acknowledge", True),
        ("engineer", "/alarms/harbour-a1/reset", False),
        ("engineer", "/incidents/harbour-i1/confirm", False),
        ("engineer", "/tickets/harbour-t1/accept", True),
        ("engineer", "/tickets/harbour-t1/dispatch", False),
        ("manager", "/alarms/harbour-a1/acknowledge", True),
        ("admin", "/incidents/harbour-i1/confirm", True),
    ],
)
def test_a_role_may_do_what_the_table_says(
    leaking: RunningHub, role: Role, path: str, allowed: bool
) -> None:
    with leaking.client(role) as client:
        body = {"reason": "seen", "assignee": "engineer"}
        answer = client.post(path, headers=new_key(), json=body)
    assert (answer.status_code != 403) is allowed
    if not allowed:
        assert answer.json()["type"] == "urn:gatehouse:problem:not-allowed"


def test_every_command_is_in_the_audit_trail(leaking: RunningHub, operator: httpx.Client) -> None:
    operator.post(ACKNOWLEDGE, headers=new_key())
    with connect(leaking.dsn, name="tests") as db:
        found = db.execute(
            "SELECT user_id, role, target FROM audit WHERE action = 'alarm.acknowledge'"
        ).fetchall()
        assert audit.first_broken(db) is None
    assert found == [("operator", "operator", "harbour-a1")]


def test_what_a_person_wrote_is_neither_in_the_trail_nor_in_the_log(
    leaking: RunningHub, operator: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "the caller sounded upset"
    body = {"kind": "part", "words": words, "quantity": 1, "unit": "pc"}
    answer = operator.post("/tickets/harbour-t1/add-effort", headers=new_key(), json=body)
    assert answer.json()["events"][0]["reason"] == words
    refused = operator.post(
        "/alarms/harbour-a404/shelve",
        headers=new_key(),
        json={"until": "2099-01-01T00:00:00Z", "reason": words},
    )
    assert refused.status_code == 404
    with connect(leaking.dsn, name="tests") as db:
        [(detail,)] = db.execute(
            "SELECT detail FROM audit WHERE action = 'ticket.add_effort'"
        ).fetchall()
    assert detail.keys() == {"seq", "ticket", "kind", "quantity", "cost_fen"}
    assert words not in "".join(capsys.readouterr())


def test_a_ticket_goes_its_whole_way(leaking: RunningHub, operator: httpx.Client) -> None:
    def order(step: str, body: dict[str, str] | None = None) -> httpx.Response:
        path = f"/tickets/harbour-t1/{step}"
        answer = operator.post(path, headers=new_key(), json=body or {})
        assert answer.status_code == 200, answer.text
        return answer

    [dispatched] = order("dispatch", {"assignee": "engineer"}).json()["events"]
    assert dispatched["record"]["assignee"] == "engineer"
    for step in ("accept", "arrive", "start"):
        order(step)
    tasks = [t["id"] for t in operator.get("/tickets/harbour-t1").json()["tasks"]]
    order(f"tasks/{tasks[0]}/complete", {"note": "valve V1 is closed"})
    for task in tasks[1:]:
        order(f"tasks/{task}/waive", {"reason": "not needed"})
    operator.post(ACKNOWLEDGE, headers=new_key())
    dry(leaking.dsn, now=leaking.clock())
    leaking.clock.ahead = 61 * SECOND
    eventually(
        lambda: operator.get("/alarms/harbour-a1").json()["state"] == "normal",
        what="the alarm is over",
    )
    order("resolve", {"reason": "pipe mended"})
    body = {"outcome": "resolved", "reason": "dry again"}
    closed = operator.post("/incidents/harbour-i1/close", headers=new_key(), json=body)
    assert closed.status_code == 200
    kinds = [event["kind"] for event in closed.json()["events"]]
    assert kinds[:2] == ["ticket.closed", "incident.closed"]
