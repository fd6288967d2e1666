"""Shelving, out of service, and the end of either: commands, lists and the live snapshot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from rules.vocabulary.instant import HOUR, Instant, to_rfc3339
from store.database.connection import connect
from store.people.users import Role
from tests.rig.estates import LEAK_SENSOR, YAML, settle
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

SHELVE = "/alarms/harbour-a1/shelve"
TAKE_OUT = f"/devices/{LEAK_SENSOR}/take-out-of-service"
END = "/suppressions/harbour-s1/end"


def later(by: Instant = HOUR) -> str:
    return to_rfc3339(system_clock() + by)


def shelf(until: str | None = None) -> dict[str, str]:
    return {"reason": "floor is being washed", "until": until or later()}


def permit() -> dict[str, str]:
    return {"reason": "sensor is replaced", "until": later(), "measure": "patrol every hour"}


def kinds(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [event["kind"] for event in answer.json()["events"]]


@pytest.mark.usefixtures("leaking")
def test_a_shelved_alarm_is_held_back_and_ends_held_back(operator: httpx.Client) -> None:
    answer = operator.post(SHELVE, headers=new_key(), json=shelf())
    assert kinds(answer)[:2] == ["suppression.began", "alarm.suppressed"]
    alarm = operator.get("/alarms/harbour-a1").json()
    assert (alarm["suppression"], alarm["suppression_kind"]) == ("harbour-s1", "shelved")
    [held] = operator.get("/snapshot").json()["suppressions"]
    assert held["devices"] == [LEAK_SENSOR]
    assert (held["by"], held["reason"]) == ("operator", "floor is being washed")

    ended = operator.post(END, headers=new_key(), json={"reason": "floor is dry"})
    assert kinds(ended)[:2] == ["suppression.ended", "alarm.unsuppressed"]
    assert operator.get("/alarms/harbour-a1").json()["state"] == "unacknowledged"
    assert operator.get("/snapshot").json()["suppressions"] == []


def test_a_device_out_of_service_is_listed_with_its_measure(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    with leaking.client("manager") as manager:
        answer = manager.post(TAKE_OUT, headers=new_key(), json=permit())
    assert kinds(answer)[:2] == ["suppression.began", "alarm.suppressed"]

    def ids(query: str) -> list[str]:
        return [item["id"] for item in operator.get(f"/suppressions{query}").json()["items"]]

    [item] = operator.get("/suppressions").json()["items"]
    assert (item["kind"], item["measure"]) == ("out_of_service", "patrol every hour")
    assert ids("?active=true") == ids("?kind=out_of_service") == ids("?estate=harbour")
    assert ids("?active=false") == ids("?kind=shelved") == ids("?estate=elsewhere") == []


def test_the_time_that_was_set_ends_it(leaking: RunningHub, operator: httpx.Client) -> None:
    operator.post(SHELVE, headers=new_key(), json=shelf())
    leaking.clock.ahead = HOUR
    eventually(
        lambda: operator.get("/suppressions?active=false").json()["items"], what="the shelf ends"
    )
    assert operator.get("/alarms/harbour-a1").json()["suppression"] is None


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("operator", SHELVE, True),
        ("engineer", SHELVE, False),
        ("operator", TAKE_OUT, False),
        ("engineer", TAKE_OUT, False),
        ("manager", TAKE_OUT, True),
    ],
)
def test_an_operator_shelves_and_a_manager_takes_out_of_service(
    leaking: RunningHub, role: Role, path: str, allowed: bool
) -> None:
    with leaking.client(role) as client:
        answer = client.post(path, headers=new_key(), json={**permit(), **shelf()})
    assert answer.status_code == (200 if allowed else 403), answer.text


def test_only_who_may_give_a_permit_ends_it(leaking: RunningHub, operator: httpx.Client) -> None:
    body = {"reason": "new sensor is in"}
    with leaking.client("manager") as manager:
        manager.post(TAKE_OUT, headers=new_key(), json=permit())
        assert operator.post(END, headers=new_key(), json=body).status_code == 403
        assert manager.post(END, headers=new_key(), json=body).status_code == 200


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": "tomorrow", "reason": "x"}, "body.until"),
        ({"until": "2026-07-01T10:00:00", "reason": "x"}, "body.until"),
        ({"until": later(), "reason": " "}, "body.reason"),
        ({"reason": "x"}, "body.until"),
    ],
)
def test_a_shelf_needs_a_reason_and_an_end(
    operator: httpx.Client, body: dict[str, str], field: str
) -> None:
    answer = operator.post(SHELVE, headers=new_key(), json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.usefixtures("leaking")
@pytest.mark.parametrize("hours", [-1, 9])
def test_a_shelf_ends_within_a_shift(operator: httpx.Client, hours: int) -> None:
    until = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    answer = operator.post(SHELVE, headers=new_key(), json=shelf(until))
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:gatehouse:problem:bad-until"


def test_the_audit_trail_names_the_end_and_leaves_words_to_the_event(leaking: RunningHub) -> None:
    with leaking.client("manager") as manager:
        manager.post(TAKE_OUT, headers=new_key(), json=permit())
    with connect(leaking.dsn, name="tests") as db:
        [(detail,)] = db.execute(
            "SELECT detail FROM audit WHERE action = 'device.take_out_of_service'"
        ).fetchall()
    assert "until" in detail
    assert "measure" not in detail


def test_a_device_id_of_two_estates_asks_which(leaking: RunningHub, tmp_path: Path) -> None:
    settle(leaking.dsn, tmp_path, now=system_clock(), yaml=YAML.replace("harbour", "quay"))
    with leaking.client("manager") as manager:
        unclear = manager.post(TAKE_OUT, headers=new_key(), json=permit())
        assert unclear.status_code == 422
        assert unclear.json()["errors"][0]["field"] == "query.estate"
        assert "harbour, quay" in unclear.json()["errors"][0]["remedy"]
        key = new_key()
        answer = manager.post(f"{TAKE_OUT}?estate=harbour", headers=key, json=permit())
        assert answer.json()["events"][0]["estate"] == "harbour"
        nowhere = manager.post(f"{TAKE_OUT}?estate=pier", headers=new_key(), json=permit())
        assert nowhere.status_code == 404


def test_one_key_is_not_good_for_two_estates(leaking: RunningHub, tmp_path: Path) -> None:
    settle(leaking.dsn, tmp_path, now=system_clock(), yaml=YAML.replace("harbour", "quay"))
    key, body = new_key(), permit()
    with leaking.client("manager") as manager:
        first = manager.post(f"{TAKE_OUT}?estate=harbour", headers=key, json=body)
        other = manager.post(f"{TAKE_OUT}?estate=quay", headers=key, json=body)
    assert (first.status_code, other.status_code) == (200, 422)


@pytest.mark.only_looks
@pytest.mark.parametrize("path", ["/devices/nowhere/take-out-of-service", "/suppressions/x/end"])
def test_what_is_not_there_is_not_found(hub: RunningHub, path: str) -> None:
    with hub.client("manager") as manager:
        assert manager.post(path, headers=new_key(), json=permit()).status_code == 404


def test_a_running_flood_is_in_the_snapshot(hub: RunningHub, operator: httpx.Client) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO alarm_flood VALUES ('harbour-f1', 'harbour', now(), now(), '{}'),"
            """ ('harbour-f2', 'harbour', now(), NULL, '{"id": "harbour-f2"}')"""
        )
    assert operator.get("/snapshot").json()["floods"] == [{"id": "harbour-f2"}]
