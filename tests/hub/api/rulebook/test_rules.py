"""Rules over the API: what is in force, who changed it, and how two editors do not collide."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hub.clock import system_clock
from store.database.connection import connect
from store.people.audit import first_broken
from tests.hub.api.resident.test_page import page_of
from tests.rig.estates import ESTATE, LEAK_SENSOR, leak
from tests.rig.hubs import RunningHub
from tests.rig.waiting import eventually

IN = {"estate": ESTATE}
OWN = """\
# ours: the balcony drain
id: balcony
name: {en: Balcony wet, zh: 阳台积水}
device_types: [leak]
when: {signal: wet, equals: 1}
priority: P4
response: {kind: ticket, group_by: [building], level: IV, ticket: ordinary}
advice: {en: Look at the drain., zh: 查看地漏。}
source: ours
"""


@pytest.fixture
def manager(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client("manager") as client:
        yield client


def rule(client: httpx.Client, id_: str = "leak") -> dict[str, Any]:
    answer = client.get(f"/rules/{id_}", params=IN)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def put(client: httpx.Client, yaml: str, version: int, id_: str = "leak") -> httpx.Response:
    body = {"yaml": yaml, "version": version, "reason": "calibrated on site"}
    return client.put(f"/rules/{id_}", params=IN, json=body)


def slower(client: httpx.Client, seconds: int) -> str:
    return str(rule(client)["yaml"]).replace("on_delay_s: 5", f"on_delay_s: {seconds}")


def test_shipped_rules_are_in_force_before_any_change(manager: httpx.Client) -> None:
    rules = {r["id"]: r for r in manager.get("/rules", params=IN).json()["items"]}
    assert rules.keys() == {r["id"] for r in manager.get("/rules").json()["items"]}
    leak = rules["leak"]
    assert (leak["version"], leak["edited"], leak["own"]) == (1, False, False)
    assert (leak["enabled"], leak["set_aside"]) == (True, [])


def test_saved_rule_is_the_next_version_and_says_who_and_why(manager: httpx.Client) -> None:
    answer = put(manager, slower(manager, 9), 1)
    assert answer.json() == {"id": "leak", "version": 2}
    now = rule(manager)
    assert (now["on_delay_s"], now["version"], now["edited"]) == (9, 2, True)
    assert (now["changed_by"], now["reason"]) == ("manager", "calibrated on site")
    newest, first = manager.get("/rules/leak/versions", params=IN).json()["items"]
    assert (newest["version"], newest["changed_by"]) == (2, "manager")
    assert (first["version"], first["changed_by"]) == (1, "system")
    assert "on_delay_s: 5" in first["yaml"]


def test_of_two_editors_the_second_is_told_who_was_first(
    hub: RunningHub, manager: httpx.Client
) -> None:
    words = slower(manager, 9)
    put(manager, words, 1)
    with hub.client("admin") as admin:
        answer = put(admin, words.replace("9", "7"), 1)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("stale")
    assert "at version 2 now, saved by manager" in answer.json()["detail"]
    assert rule(manager)["on_delay_s"] == 9


def test_faulty_rule_is_refused_with_every_line_and_nothing_is_saved(
    manager: httpx.Client,
) -> None:
    wrong = slower(manager, 9).replace("P3", "P9").replace("wet", "weet")
    answer = put(manager, wrong, 1)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert [error["field"].partition(": ")[2] for error in errors] == ["when.signal", "priority"]
    assert rule(manager)["version"] == 1
    order = {"estate": ESTATE, "yaml": wrong, "id": "leak"}
    found = manager.post("/rules/check", json=order).json()["faults"]
    assert [(f["field"], f["code"]) for f in found] == [
        ("when.signal", "unknown_signal"),
        ("priority", "not_a_choice"),
    ]
    fine = manager.post("/rules/check", json={**order, "yaml": slower(manager, 8)}).json()
    assert (fine["faults"], fine["content"]["on_delay_s"]) == ([], 8)
    assert fine["yaml"] == slower(manager, 8)


def test_rule_that_would_watch_too_much_is_refused(
    manager: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.versions.rulebook.MOST_POINTS", 3)
    answer = put(manager, slower(manager, 9), 1)
    assert answer.status_code == 422
    assert "name fewer devices" in answer.json()["errors"][0]["remedy"]


def test_disabled_rule_is_switched_on_again_and_is_as_it_shipped(manager: httpx.Client) -> None:
    order = {"version": 1, "reason": "false alarms until the sensor is changed"}
    off = manager.post("/rules/leak/disable", params=IN, json=order)
    assert off.json()["version"] == 2
    assert rule(manager)["enabled"] is False
    on = manager.post("/rules/leak/enable", params=IN, json={**order, "version": 2})
    assert on.json()["version"] == 3
    assert (rule(manager)["enabled"], rule(manager)["edited"]) == (True, False)


def test_roll_back_makes_an_earlier_version_the_newest(manager: httpx.Client) -> None:
    put(manager, slower(manager, 9), 1)
    order = {"to": 1, "version": 2, "reason": "worse than before"}
    assert manager.post("/rules/leak/roll-back", params=IN, json=order).json()["version"] == 3
    now = rule(manager)
    assert (now["on_delay_s"], now["edited"]) == (5, False)
    beyond = manager.post("/rules/leak/roll-back", params=IN, json={**order, "to": 9, "version": 3})
    assert beyond.status_code == 404


def test_own_rule_is_added_and_taken_out_and_its_number_is_not_used_again(
    manager: httpx.Client,
) -> None:
    assert put(manager, OWN, 0, "balcony").json()["version"] == 1
    assert rule(manager, "balcony")["own"] is True
    assert rule(manager, "balcony")["yaml"] == OWN, "comments and layout are the author's"
    gone = manager.delete("/rules/balcony", params={**IN, "version": 1, "reason": "drain mended"})
    assert gone.json()["version"] == 2
    assert manager.get("/rules/balcony", params=IN).status_code == 404
    assert put(manager, OWN, 2, "balcony").json()["version"] == 3
    history = manager.get("/rules/balcony/versions", params=IN).json()["items"]
    assert [v["yaml"] is None for v in history] == [False, True, False]


@pytest.mark.parametrize(
    ("yaml", "version", "id_", "status", "words"),
    [
        (OWN, 0, "terrace", 422, "this is another one's id"),
        (OWN, 4, "balcony", 409, "at version 0 now"),
        ("[" + OWN, 0, "balcony", 422, "is no YAML"),
    ],
)
def test_what_cannot_be_saved_says_why(
    manager: httpx.Client, yaml: str, version: int, id_: str, status: int, words: str
) -> None:
    answer = put(manager, yaml, version, id_)
    assert answer.status_code == status
    assert words in answer.text


def test_nothing_to_do_is_said(manager: httpx.Client) -> None:
    put(manager, slower(manager, 9), 1)
    same = put(manager, rule(manager)["yaml"], 2)
    assert (same.status_code, same.json()["type"].rpartition(":")[2]) == (409, "nothing-to-do")
    shipped = manager.delete("/rules/leak", params={**IN, "version": 2, "reason": "no"})
    assert "disable it instead" in shipped.json()["detail"]


@pytest.mark.parametrize("role", ["operator", "engineer"])
def test_rules_are_read_by_all_and_changed_by_managers(hub: RunningHub, role: Any) -> None:
    with hub.client(role) as client:
        assert put(client, slower(client, 9), 1).status_code == 403
        order = {"estate": ESTATE, "yaml": OWN}
        assert client.post("/rules/check", json=order).status_code == 403


def test_every_change_is_in_the_audit_trail(hub: RunningHub, manager: httpx.Client) -> None:
    put(manager, slower(manager, 9), 1)
    with connect(hub.dsn, name="test") as db:
        rows = db.execute(
            "SELECT user_id, target, detail->>'reason' FROM audit WHERE action = 'rule.change'"
        ).fetchall()
        assert rows == [("manager", f"{ESTATE}/leak", "calibrated on site")]
        assert first_broken(db) is None


def test_message_with_an_unknown_placeholder_is_refused_by_name(manager: httpx.Client) -> None:
    body = {"version": 1, "reason": "clearer"}
    wrong = {**body, "yaml": "{en: 'Leak at {flat}', zh: '{flat}漏水'}"}
    answer = manager.put("/messages/LEAK", params=IN, json=wrong)
    assert answer.status_code == 422
    assert "flat" in answer.text
    right = {**body, "yaml": "{en: 'Leak at {unit}.', zh: '{unit}漏水。'}"}
    assert manager.put("/messages/LEAK", params=IN, json=right).json()["version"] == 2
    now = manager.get("/messages/LEAK", params=IN).json()
    assert (now["text"]["en"], now["edited"]) == ("Leak at {unit}.", True)


def test_plan_is_changed_by_version(manager: httpx.Client) -> None:
    plan = manager.get("/plans/PIPE", params=IN).json()
    words = plan["yaml"].replace("id: PIPE", "id: PIPE\nrestore_h: 9", 1)
    if plan.get("restore_h") is not None:
        words = plan["yaml"].replace(f"restore_h: {plan['restore_h']:g}", "restore_h: 9")
    body = {"yaml": words, "version": plan["version"], "reason": "slower contractor"}
    saved = manager.put("/plans/PIPE", params=IN, json=body)
    assert saved.json() == {"id": "PIPE", "version": 2}
    assert manager.get("/plans/PIPE", params=IN).json()["restore_h"] == 9
    order = {"to": 1, "version": 2, "reason": "no"}
    assert manager.post("/plans/PIPE/roll-back", params=IN, json=order).json()["version"] == 3


def test_schema_describes_every_field_of_a_rule(manager: httpx.Client) -> None:
    schema = manager.get("/rules/schema").json()
    assert {"id", "when", "priority", "on_delay_s"} <= schema["properties"].keys()
    assert "above" in schema["$defs"]["When"]["properties"]


def test_engine_judges_by_the_saved_rule_and_alarms_name_its_version(
    system: RunningHub, manager: httpx.Client
) -> None:
    eventually(lambda: rule(manager)["changed_by"] == "system", what="the shipped rules are kept")
    put(manager, slower(manager, 5).replace("P3", "P2"), 1)
    leak(system.dsn, now=system_clock())

    def raised() -> Any:
        found = manager.get("/alarms", params={"active": True}).json()["items"]
        return [a for a in found if a["device"] == LEAK_SENSOR]

    (alarm,) = eventually(raised, what="the leak is an alarm")
    assert (alarm["rule_version"], alarm["priority"]) == (2, "P2")
    order = {"version": 2, "reason": "sensor is being changed"}
    manager.post("/rules/leak/disable", params=IN, json=order)
    eventually(
        lambda: manager.get("/alarms").json()["items"][0]["cleared_at"], what="it is cleared"
    )


def test_failed_rule_is_shown_as_set_aside_until_it_is_mended(
    hub: RunningHub, manager: httpx.Client
) -> None:
    put(manager, slower(manager, 9), 1)
    with connect(hub.dsn, name="test") as db:
        db.execute(
            "INSERT INTO event"
            " (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, record)"
            " VALUES (1, %s, 1, 'system.alarm', now(), now(), 'system', '', %s)",
            (ESTATE, '{"id": "leak/b1-kitchen", "estate": "harbour", "detail": "failed"}'),
        )
    assert rule(manager)["set_aside"] == ["b1-kitchen"]
    put(manager, slower(manager, 7).replace("on_delay_s: 9", "on_delay_s: 7"), 2)
    assert rule(manager)["set_aside"] == []


def test_estate_that_is_not_there_is_said(manager: httpx.Client) -> None:
    assert manager.get("/rules", params={"estate": "nowhere"}).status_code == 404


def test_policy_is_read_and_changed_by_version_and_the_hub_goes_by_it(
    hub: RunningHub, manager: httpx.Client
) -> None:
    policy = manager.get("/policies/ticket_policy", params=IN).json()
    assert policy["content"]["reopen_within_days"] == 7
    words = policy["yaml"].replace("en: Water", "en: Water and drains", 1)
    assert words != policy["yaml"]
    body = {"yaml": words, "version": 1, "reason": "residents ask for it"}
    saved = manager.put("/policies/ticket_policy", params=IN, json=body)
    assert saved.json() == {"id": "ticket_policy", "version": 2}
    reports = httpx.get(f"{page_of(hub, 'B1-01-01')}/reports").json()
    assert reports["categories"][0]["name"]["en"] == "Water and drains and drainage"
    assert manager.get("/policies/rota", params=IN).status_code == 404
    newest, first = manager.get("/policies/ticket_policy/versions", params=IN).json()["items"]
    assert (newest["changed_by"], first["changed_by"]) == ("manager", "system")
