"""A household's own page: what it was told, as it is told, read and pushed."""

import httpx
import pytest

from hub.api.resident import page as resident
from rules.vocabulary.instant import SECOND
from store.database.connection import connect
from tests.rig.estates import dry
from tests.rig.hubs import RunningHub, following, new_key
from tests.rig.waiting import eventually

KEYS = {
    "p256dh": "B" + "KkLzWQ2B7w0wZl" * 6 + "-_",
    "auth": "k8JV6sjdbhAi1n3_LDBLvA",
}


def page_of(hub: RunningHub, household: str) -> str:
    with hub.client("manager") as manager:
        path = f"/households/harbour/{household}/link"
        url = manager.post(path, json={}).json()["url"]
    return f"{hub.url}/api/v1/resident/{url.removeprefix(f'{hub.url}/r/')}"


def end_leak(hub: RunningHub, operator: httpx.Client) -> None:
    """The leak was none, and its incident is over."""
    operator.post("/alarms/harbour-a1/acknowledge", headers=new_key())
    dry(hub.dsn, now=hub.clock())
    hub.clock.ahead = 61 * SECOND

    def closed() -> bool:
        body = {"outcome": "false_alarm", "reason": "a tipped bucket"}
        path = "/incidents/harbour-i1/close"
        return operator.post(path, headers=new_key(), json=body).status_code == 200

    eventually(closed, what="the incident is closed")


def test_a_household_sees_its_notices_and_nobody_elses(leaking: RunningHub) -> None:
    page = httpx.get(page_of(leaking, "B1-02-01")).json()
    assert page["household"] == "02-01"
    assert page["building"] == {"en": "Building 1", "zh": "1号楼"}
    assert page["language"] == "zh"
    assert len(page["vapid_public_key"]) == 87
    [notice] = page["notices"]
    assert notice["template"] == "LEAK"
    assert notice["read_at"] is None
    assert notice["incident_closed"] is False
    assert "02-01" in notice["text"]["en"]
    assert httpx.get(page_of(leaking, "B1-03-01")).json()["notices"] == []
    assert httpx.get(page_of(leaking, "G1-P007")).json()["building"] is None


@pytest.mark.only_looks
@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f..%2fetc"])
def test_a_wrong_token_opens_nothing(hub: RunningHub, token: str) -> None:
    for path in ("", "/live"):
        answer = httpx.get(f"{hub.url}/api/v1/resident/{token}{path}")
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"


def test_reading_a_notice_is_an_event(leaking: RunningHub, operator: httpx.Client) -> None:
    page = page_of(leaking, "B1-02-01")
    [notice] = httpx.get(page).json()["notices"]
    for _ in range(2):
        assert httpx.post(f"{page}/notices/{notice['id']}/read").status_code == 204
    eventually(lambda: httpx.get(page).json()["notices"][0]["read_at"], what="it is read")
    kinds = [event["kind"] for event in operator.get("/events?limit=1000").json()["items"]]
    assert kinds.count("notice.read") == 1


def test_a_household_cannot_read_for_another(leaking: RunningHub) -> None:
    [notice] = httpx.get(page_of(leaking, "B1-02-01")).json()["notices"]
    other = page_of(leaking, "B1-01-01")
    assert httpx.post(f"{other}/notices/{notice['id']}/read").status_code == 404


def test_the_open_page_follows(leaking: RunningHub, operator: httpx.Client) -> None:
    page = page_of(leaking, "B1-02-01")
    with httpx.Client(base_url=page) as browser, following(browser, "/live") as messages:
        shown = messages.next_event()
        assert shown["read_at"] is None
        browser.post(f"/notices/{shown['id']}/read")
        read = messages.next_event()
        assert read["id"] == shown["id"]
        assert read["read_at"] is not None
        end_leak(leaking, operator)
        told = [messages.next_event(), messages.next_event()]
    closed = {item["template"]: item["incident_closed"] for item in told}
    assert closed == {"LEAK": True, "CLEAR": True}


def test_a_drills_notice_never_shows(leaking: RunningHub) -> None:
    page = page_of(leaking, "B1-02-01")
    with connect(leaking.dsn, name="tests") as db:
        db.execute("UPDATE notice SET record = (record::jsonb || '{\"drill\": true}')::json")
    assert httpx.get(page).json()["notices"] == []


def test_a_browser_subscribes_once_per_household(hub: RunningHub) -> None:
    body = {"endpoint": "https://fcm.googleapis.com/fcm/send/abc", "keys": KEYS}
    for household in ("B1-02-01", "B1-02-01", "B1-01-01"):
        page = page_of(hub, household)
        assert httpx.post(f"{page}/push-subscription", json=body).status_code == 204
    with connect(hub.dsn, name="tests") as db:
        row = db.execute("SELECT count(*) FROM push_subscription").fetchone()
    assert row == (2,)


@pytest.mark.only_looks
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1:5432/",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.example.org/x",
        "https://user@fcm.googleapis.com/x",
        "https://example.org/fcm.googleapis.com",
        "https://[::1/x",
    ],
)
def test_only_push_services_are_ever_called(hub: RunningHub, endpoint: str) -> None:
    page = page_of(hub, "B1-02-01")
    body = {"endpoint": endpoint, "keys": KEYS}
    answer = httpx.post(f"{page}/push-subscription", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.endpoint"


def test_a_household_has_only_so_many_open_pages(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resident, "MOST_STREAMS", 1)
    page = page_of(hub, "B1-02-01")
    with httpx.Client(base_url=page) as browser, following(browser, "/live") as messages:
        messages.next()
        assert httpx.get(f"{page}/live").status_code == 503
