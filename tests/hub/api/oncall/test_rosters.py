"""Rosters: checked, kept by version, told to the engine; who is on duty, and who is missing."""

from typing import Any

import httpx

from rules.vocabulary.instant import HOUR, Instant, to_rfc3339
from store.database.connection import connect
from tests.rig.hubs import RunningHub

PATH = "/rosters/harbour"


def shift(duty: str, user: str, now: Instant, begins_h: float, ends_h: float) -> dict[str, Any]:
    begins, ends = round(now + begins_h * HOUR), round(now + ends_h * HOUR)
    return {"duty": duty, "user": user, "from": to_rfc3339(begins), "until": to_rfc3339(ends)}


def body(version: int, *shifts: dict[str, Any]) -> dict[str, Any]:
    return {"version": version, "reason": "next week", "shifts": list(shifts)}


def got(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_saved_roster_says_who_is_on_duty_and_who_is_missing(hub: RunningHub) -> None:
    manager, now = hub.client("manager"), hub.clock()
    with hub.client("operator") as operator, hub.client("engineer"):
        assert got(operator.get("/rosters"))["items"][0]["version"] == 0
        shifts = (
            shift("CR", "operator", now, -8, 24 * 8),
            {**shift("EN", "engineer", now, -1, 2), "on_call": True},
            shift("EN", "engineer", now, -260, -250),
            shift("SL", "manager", now, -1, 24 * 8),
        )
        saved = got(manager.put(PATH, json=body(0, *shifts)))
        assert (saved["version"], len(saved["shifts"])) == (1, 3)  # without the one long past
        now_on = got(operator.get(f"{PATH}/on-duty"))
        assert [(h["duty"], h["user"]) for h in now_on["holders"]] == [
            ("CR", "operator"), ("SL", "manager"), ("EN", "engineer"),
        ]  # fmt: skip
        assert now_on["missing"] == []
        later = got(operator.get(f"{PATH}/on-duty", params={"at": to_rfc3339(now + 3 * HOUR)}))
        assert later["missing"] == ["EN"]
        (gap,) = got(operator.get(f"{PATH}/gaps"))["items"]
        assert (gap["duty"], gap["from"][:16]) == ("EN", to_rfc3339(now + 2 * HOUR)[:16])
        assert operator.put(PATH, json=body(1)).status_code == 403
    with connect(hub.dsn, name="tests") as db:
        kinds = db.execute("SELECT kind FROM inbox WHERE lane = 0 ORDER BY seq DESC LIMIT 1")
        assert kinds.fetchone() == ("roster",)
    got(manager.post("/users/operator/disable", json={"reason": "has left"}))
    assert got(manager.get("/rosters"))["items"][0]["missing"] == ["CR"]
    stale = manager.put(PATH, json=body(0))
    assert stale.status_code == 409
    assert "version 1 now, saved by manager" in stale.json()["detail"]
    got(manager.put(PATH, json=body(1)))
    assert [v["version"] for v in got(manager.get(f"{PATH}/versions"))["items"]] == [2, 1]
    assert len(got(manager.get(PATH, params={"version": 1}))["shifts"]) == 3


def test_a_roster_with_somebody_unknown_or_twice_at_once_is_not_saved(hub: RunningHub) -> None:
    manager, now = hub.client("manager"), hub.clock()
    answer = manager.put(
        PATH,
        json=body(
            0,
            shift("CR", "manager", now, 0, 8),
            shift("CR", "manager", now, 7, 9),
            shift("SL", "manager", now, 0, 8),
            shift("SL", "nobody", now, 0, 8),
        ),
    )
    assert answer.status_code == 422
    faults = {error["field"]: error for error in answer.json()["errors"]}
    assert faults.keys() == {"shifts.1.from", "shifts.3.user"}
    assert faults["shifts.3.user"]["value"] == "nobody"
    assert got(manager.get(PATH))["version"] == 0
    backwards = manager.put(PATH, json=body(0, shift("CR", "manager", now, 8, 0)))
    assert "must be later than from" in backwards.json()["errors"][0]["remedy"]
