"""Notices over the API: previewed, updated, added to, approved, tried, answered, knocked at."""

from typing import Any

import httpx
import pytest

from hub.dispatch.report_tokens import Purpose, report_token
from hub.people.sealed_contacts import Contact
from hub.sealing.keys import load_keys
from rules.vocabulary.instant import DAY, MINUTE
from store.database.connection import connect
from tests.rig.contacts import PHONE, SEALER, enter
from tests.rig.estates import LEAK_SENSOR
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

INCIDENT = "harbour-i1"
WORDS = {"en": "The clamp is on.", "zh": "已抱箍。"}


def notice_of(client: httpx.Client, household: str, template: str = "LEAK") -> Any:
    found = client.get(f"/notices?incident={INCIDENT}").json()["items"]
    return next(n for n in found if (n["household"], n["template"]) == (household, template))


@pytest.mark.usefixtures("system")
def test_message_is_previewed_at_a_device_with_whom_it_concerns_and_why(
    operator: httpx.Client,
) -> None:
    body = {"estate": "harbour", "template": "LEAK", "audience": "leak", "device": LEAK_SENSOR}
    answer = operator.post("/notices/preview", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["text"]["en"].startswith("Leak at Building 1 02-01. Please check the kitchen;")
    assert found["text"]["zh"].startswith("1号楼02-01漏水")
    assert found["parts"] == [
        {"wave": 0, "why": "source", "households": 1},
        {"wave": 1, "why": "below", "households": 1},
    ]
    assert found["households"] == 2
    assert operator.get("/notices").json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"template": "NONE"}, 422, "use one of"),
        ({"template": "UPDATE"}, 422, "which a person writes"),
        ({"device": "b9-x"}, 404, "b9-x"),
        ({"estate": "nowhere"}, 404, "nowhere"),
        ({"audience": "everybody"}, 422, "Input should be"),
    ],
)
@pytest.mark.usefixtures("system")
def test_preview_of_what_is_not_there_says_so(
    operator: httpx.Client, changes: dict[str, str], status: int, words: str
) -> None:
    body = {"estate": "harbour", "template": "LEAK", "audience": "leak", "device": LEAK_SENSOR}
    answer = operator.post("/notices/preview", json={**body, **changes})
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.only_looks
def test_draft_of_a_message_is_tried_on_the_estate_or_refused_by_its_fault(
    operator: httpx.Client,
) -> None:
    body = {"estate": "harbour", "template": "LEAK", "audience": "leak", "device": LEAK_SENSOR}
    draft = {"en": "Water at {unit}!", "zh": "{unit}漏水！"}
    found = operator.post("/notices/preview", json={**body, "draft": draft}).json()
    assert (found["text"]["en"], found["households"]) == ("Water at Building 1 02-01!", 2)
    wrong = {**draft, "zh": "<b>{flat}</b>"}
    refused = operator.post("/notices/preview", json={**body, "draft": wrong})
    assert refused.status_code == 422
    found = {(error["field"], error["value"]) for error in refused.json()["errors"]}
    assert {("body.draft.zh", "{flat}"), ("body.draft.zh", "<b>")} <= found
    update = {**body, "template": "UPDATE", "words": WORDS}
    assert "The clamp is on." in operator.post("/notices/preview", json=update).text


@pytest.mark.usefixtures("leaking")
def test_update_is_previewed_sent_and_held_apart(operator: httpx.Client) -> None:
    body = {"incident": INCIDENT, **WORDS}
    shown = operator.post("/notices/preview/update", json=body).json()
    assert shown["households"] == 2
    assert shown["text"]["en"].endswith(": The clamp is on.")
    answer = operator.post("/notices/updates", headers=new_key(), json=body)
    assert answer.status_code == 200, answer.text
    kinds = [event["kind"] for event in answer.json()["events"]]
    assert kinds == ["incident.updated", "notice.requested", "notice.requested"]
    again = operator.post("/notices/updates", headers=new_key(), json=body)
    assert again.status_code == 409
    assert again.json()["type"].endswith("too-soon")
    empty = operator.post("/notices/updates", headers=new_key(), json={**body, "zh": " "})
    assert empty.status_code == 422


def test_what_a_person_wrote_is_not_in_the_trail(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    body = {"incident": INCIDENT, **WORDS}
    operator.post("/notices/updates", headers=new_key(), json=body)
    with connect(leaking.dsn, name="tests") as db:
        [(detail,)] = db.execute(
            "SELECT detail FROM audit WHERE action = 'notice.send_update'"
        ).fetchall()
    assert detail.keys() == {"incident", "seq"}


@pytest.mark.usefixtures("leaking")
def test_household_is_found_added_and_removed(operator: httpx.Client) -> None:
    path = f"/incidents/{INCIDENT}/households"
    found = operator.get(f"{path}?search=b1-03").json()["items"]
    assert found == [{"id": "B1-03-01", "unit": "03-01"}, {"id": "B1-03-02", "unit": "03-02"}]
    body = {"household": "B1-03-02", "reason": "water came through the shaft"}
    answer = operator.post(f"{path}/add", headers=new_key(), json=body)
    assert answer.status_code == 200, answer.text
    assert [event["kind"] for event in answer.json()["events"]] == [
        "incident.household_added", "notice.requested",
    ]  # fmt: skip
    assert notice_of(operator, "B1-03-02")["why"] == "added"
    gone = operator.post(f"{path}/remove", headers=new_key(), json=body)
    assert gone.status_code == 200
    unknown = {**body, "household": "B9-01-01"}
    refused = operator.post(f"{path}/add", headers=new_key(), json=unknown)
    assert refused.status_code == 409
    assert "use an id such as" in refused.json()["detail"]


def test_every_attempt_is_kept_and_what_may_repeat_is_marked(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    notice = notice_of(operator, "B1-02-01")
    path = f"/notices/{notice['id']}/attempts"
    [shown] = operator.get(path).json()["items"]
    assert (shown["channel"], shown["state"], shown["may_repeat"]) == (
        "resident_page", "sent", False,
    )  # fmt: skip
    with connect(leaking.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at)"
            " VALUES ('k', 1, 'sent', %s, 'sms', now())",
            (notice["id"],),
        )
    assert [item["may_repeat"] for item in operator.get(path).json()["items"]] == [False, True]
    assert operator.get("/notices/nothing/attempts").status_code == 404


def test_whom_nothing_reached_is_knocked_at_help_first_and_ticked_off(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    def doors() -> list[Any]:
        answer = operator.get(f"/notices/door-to-door?incident={INCIDENT}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    assert doors() == [], "there is still time"
    with connect(leaking.dsn, name="tests") as db:
        db.execute(
            "UPDATE household SET needs = '{mobility}', needs_agreed_at = now()"
            " WHERE id = 'B1-01-01'"
        )
        for household, sealer in [("B1-01-01", load_keys(leaking.settings).sealer),
                                  ("B1-02-01", SEALER)]:  # fmt: skip
            enter(db, Contact(0, name="Resident 1"), household=household, sealer=sealer)
        db.execute("UPDATE notice SET record = (record::jsonb - 'not_before_at')::json")
    leaking.clock.ahead = 21 * MINUTE
    first, second = doors()
    assert (first["household"], first["needs"]) == ("B1-01-01", ["mobility"])
    assert (second["household"], second["needs"]) == ("B1-02-01", [])
    assert first["name"] == "R*** 01-01"
    assert second["name"] == "02-01", "what another key has sealed is left out"
    path = f"/notices/{first['id']}/tick-off"
    answer = operator.post(path, headers=new_key(), json={"note": "opened"})
    assert answer.status_code == 200, answer.text
    assert [door["household"] for door in doors()] == ["B1-02-01"]
    reached = notice_of(operator, "B1-01-01")
    assert reached["reached_by"] == "door"
    assert operator.post(path, headers=new_key(), json={}).status_code == 409
    with connect(leaking.dsn, name="tests") as db:
        looks = db.execute("SELECT count(*) FROM audit WHERE action = 'notice.door_list'")
        assert looks.fetchone() == (1,)


def test_engineer_may_knock_but_not_write(leaking: RunningHub) -> None:
    with leaking.client("engineer") as engineer:
        assert engineer.get("/notices/door-to-door").status_code == 200
        body = {"incident": INCIDENT, **WORDS}
        answer = engineer.post("/notices/updates", headers=new_key(), json=body)
        assert answer.status_code == 403


@pytest.mark.usefixtures("leaking")
def test_command_about_what_does_not_wait_is_refused(operator: httpx.Client) -> None:
    body = {"incident": INCIDENT, "template": "NONE", "reason": "now"}
    for verb in ("approve", "reject"):
        answer = operator.post(f"/notices/{verb}", headers=new_key(), json=body)
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("none-held")


def test_answered_call_is_taken_down_once_and_reaches_the_household(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    notice = notice_of(operator, "B1-02-01")
    key = f"{notice['id']}/voice"
    with connect(leaking.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at)"
            " VALUES (%s, 1, 'sent', %s, 'voice', now())",
            (key, notice["id"]),
        )
    url = f"{leaking.url}/api/v1/calls/{token_of(leaking, 'call-answer', key)}"
    for _ in range(2):
        answer = httpx.post(url, json={"state": "answered", "id": "call-9"})
        assert answer.status_code == 204, answer.text
    eventually(
        lambda: notice_of(operator, "B1-02-01")["reached_by"] == "voice", what="it was answered"
    )
    items = operator.get(f"/notices/{notice['id']}/attempts").json()["items"]
    calls = [(i["state"], i["provider_id"]) for i in items if i["channel"] == "voice"]
    assert sorted(calls, key=lambda call: call[0]) == [("answered", "call-9"), ("sent", None)]
    assert httpx.post(url[:-1] + "x", json={"state": "answered"}).status_code == 404


def test_call_that_an_owner_answers_is_evidence_and_leaves_the_door_to_be_knocked_at(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    notice = notice_of(operator, "B1-02-01")
    with connect(leaking.dsn, name="tests") as db:
        n = enter(db, Contact(0, "owner", addresses={"phone": PHONE}), household="B1-02-01")
        key = f"{notice['id']}/voice/{n}"
        db.execute(
            "INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at, contact)"
            " VALUES (%s, 1, 'sent', %s, 'voice', now(), %s)",
            (key, notice["id"], n),
        )
    url = f"{leaking.url}/api/v1/calls/{token_of(leaking, 'call-answer', key)}"
    assert httpx.post(url, json={"state": "answered"}).status_code == 204
    with connect(leaking.dsn, name="tests") as db:
        told = db.execute("SELECT body FROM inbox WHERE kind = 'delivery'").fetchall()
        kept = db.execute("SELECT state FROM notice_attempt WHERE key = %s", (key,)).fetchall()
    assert "answered" not in {body["state"] for (body,) in told}
    assert ("answered",) in kept


def test_receipt_moves_the_notice_once_and_an_unknown_token_nothing(
    leaking: RunningHub, operator: httpx.Client
) -> None:
    notice = notice_of(operator, "B1-02-01")
    key = f"{notice['id']}/sms/2"
    with connect(leaking.dsn, name="tests") as db:
        db.execute(
            "UPDATE notice SET state = 'queued',"
            " record = jsonb_set(record::jsonb, '{state}', '\"queued\"')::json WHERE id = %s",
            (notice["id"],),
        )
        db.execute(
            "INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at, contact)"
            " VALUES (%s, 1, 'sent', %s, 'sms', now(), 2)",
            (key, notice["id"]),
        )

    def reports() -> list[Any]:
        with connect(leaking.dsn, name="tests") as db:
            found = db.execute("SELECT body FROM inbox WHERE kind = 'delivery'")
            return [body for (body,) in found if body["channel"] == "sms"]

    url = f"{leaking.url}/api/v1/receipts/{token_of(leaking, 'sms-receipt', key)}"
    for code in ("DELIVRD", "DELIVRD", "again"):
        answer = httpx.post(url, json={"state": "delivered", "code": code, "id": "sms-7"})
        assert answer.status_code == 204, answer.text
    [report] = reports()
    assert (report["notice_ids"], report["state"]) == ([notice["id"]], "delivered")
    items = operator.get(f"/notices/{notice['id']}/attempts").json()["items"]
    last = next(item for item in items if item["state"] == "delivered")
    assert (last["channel"], last["contact"], last["provider_id"], last["evidence"]) == (
        "sms", 2, "sms-7", "delivered DELIVRD",
    )  # fmt: skip
    call = token_of(leaking, "call-answer", key)
    for token in (url[:-1].rpartition("/")[2] + "x", call):
        answer = httpx.post(f"{leaking.url}/api/v1/receipts/{token}", json={"state": "failed"})
        assert answer.status_code == 404
    assert len(reports()) == 1


def token_of(hub: RunningHub, purpose: Purpose, key: str) -> str:
    return report_token(load_keys(hub.settings).secret, purpose, key)


def test_notice_to_be_approved_is_not_on_the_household_page(leaking: RunningHub) -> None:
    with leaking.client("manager") as manager:
        link = manager.post("/households/harbour/B1-02-01/link", json={}).json()["url"]
    page = f"{leaking.url}/api/v1/resident/{link.removeprefix(f'{leaking.url}/r/')}"
    with connect(leaking.dsn, name="tests") as db:
        db.execute("UPDATE notice SET state = 'awaiting_approval'")
    assert httpx.get(page).json()["notices"] == []


def test_next_days_notices_find_the_quota_free(leaking: RunningHub, operator: httpx.Client) -> None:
    leaking.clock.ahead = DAY
    body = {"incident": INCIDENT, **WORDS}
    assert operator.post("/notices/updates", headers=new_key(), json=body).status_code == 200
