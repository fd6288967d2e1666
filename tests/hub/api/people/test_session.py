"""Signing in and out, by password and by one-time link."""

import httpx
import pytest

from hub.auth import issue_sign_in_link, set_password
from rules.vocabulary.instant import HOUR, MINUTE
from store.database.connection import connect
from tests.rig.hubs import RunningHub, new_key

PASSWORD = "a long enough password"


@pytest.fixture
def nobody(hub: RunningHub) -> httpx.Client:
    return hub.client(None)


def session_status(hub: RunningHub, cookie: str) -> int:
    headers = {"Cookie": f"gatehouse_session={cookie}"}
    return httpx.get(f"{hub.url}/api/v1/session", headers=headers).status_code


def link(hub: RunningHub) -> str:
    return issue_sign_in_link(hub.dsn, role="operator", public_url=hub.url, now=hub.clock())


def test_a_link_signs_in_once_and_leads_to_the_console(hub: RunningHub) -> None:
    address = link(hub)
    with httpx.Client() as browser:
        answer = browser.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie  # this hub is not behind HTTPS
        session = browser.get(f"{hub.url}/api/v1/session").json()
        assert session["user"] == session["role"] == "operator"
        assert session["estates"] == [
            {"id": "harbour", "name": {"en": "Harbour Court", "zh": "海港苑"}}
        ]
    again = httpx.get(address)
    assert again.headers["location"] == "/sign-in?expired=1"
    assert "set-cookie" not in again.headers


def test_a_link_expires(hub: RunningHub) -> None:
    address = link(hub)
    hub.clock.ahead = 16 * MINUTE
    assert httpx.get(address).headers["location"] == "/sign-in?expired=1"


def test_a_session_ends_twelve_hours_after_its_last_use(hub: RunningHub) -> None:
    with httpx.Client() as browser:
        browser.get(link(hub))
        for hours in (11, 22, 33):
            hub.clock.ahead = hours * HOUR
            assert browser.get(f"{hub.url}/api/v1/session").status_code == 200
        hub.clock.ahead = 46 * HOUR
        assert browser.get(f"{hub.url}/api/v1/session").status_code == 401


def test_a_password_signs_in_and_signing_out_ends_the_session(
    hub: RunningHub, nobody: httpx.Client
) -> None:
    set_password(hub.dsn, "engineer", PASSWORD, now=hub.clock())
    session = nobody.post("/session", json={"user": "engineer", "password": PASSWORD}).json()
    assert session["role"] == "engineer"
    assert nobody.delete("/session").status_code == 403  # without the CSRF token
    assert session_status(hub, nobody.cookies["gatehouse_session"]) == 200
    headers = {"X-CSRF-Token": session["csrf"]}
    cookie = nobody.cookies["gatehouse_session"]
    assert nobody.delete("/session", headers=headers).status_code == 204
    assert session_status(hub, cookie) == 401


@pytest.mark.parametrize("user", ["engineer", "nobody-at-all", "manager"])
def test_a_wrong_password_says_no_more_than_that(
    hub: RunningHub, nobody: httpx.Client, user: str
) -> None:
    set_password(hub.dsn, "engineer", PASSWORD, now=hub.clock())
    answer = nobody.post("/session", json={"user": user, "password": "another password"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "user or password is wrong"


def test_guessing_is_stopped_for_five_minutes(hub: RunningHub, nobody: httpx.Client) -> None:
    set_password(hub.dsn, "engineer", PASSWORD, now=hub.clock())
    wrong = {"user": "engineer", "password": "another password"}
    assert [nobody.post("/session", json=wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    right = {"user": "engineer", "password": PASSWORD}
    refused = nobody.post("/session", json=right)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300
    hub.clock.ahead = 5 * MINUTE
    assert nobody.post("/session", json=right).status_code == 200


def test_setting_a_password_ends_open_sessions(hub: RunningHub, nobody: httpx.Client) -> None:
    set_password(hub.dsn, "engineer", PASSWORD, now=hub.clock())
    nobody.post("/session", json={"user": "engineer", "password": PASSWORD})
    set_password(hub.dsn, "engineer", PASSWORD + "!", now=hub.clock())
    assert nobody.get("/session").status_code == 401


def test_only_hashes_of_secrets_are_kept(hub: RunningHub) -> None:
    secret = link(hub).split("token=")[1]
    with connect(hub.dsn, name="tests") as db:
        rows = db.execute("SELECT hash, user_id, kind FROM credential").fetchall()
    assert rows
    assert all(secret.encode() not in bytes(row[0]) for row in rows)


def test_a_cookie_without_csrf_token_commands_nothing(hub: RunningHub) -> None:
    with httpx.Client(base_url=f"{hub.url}/api/v1") as browser:
        browser.get(link(hub))
        answer = browser.post("/alarms/harbour-a1/acknowledge", headers=new_key())
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:gatehouse:problem:csrf"
        csrf = browser.get("/session").json()["csrf"]
        headers = {**new_key(), "X-CSRF-Token": csrf}
        answer = browser.post("/alarms/harbour-a1/acknowledge", headers=headers)
        assert answer.status_code == 404  # the way is free: there is no such alarm


@pytest.mark.only_looks
def test_another_sites_page_commands_nothing(operator: httpx.Client) -> None:
    headers = {**new_key(), "Sec-Fetch-Site": "cross-site"}
    answer = operator.post("/alarms/harbour-a1/acknowledge", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:gatehouse:problem:cross-site"


@pytest.mark.only_looks
@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic b3A6b3A=", ""])
def test_a_wrong_authorization_is_refused(nobody: httpx.Client, header: str) -> None:
    answer = nobody.get("/session", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:gatehouse:problem:not-signed-in"


def test_a_disabled_user_is_out_at_once(hub: RunningHub, operator: httpx.Client) -> None:
    assert operator.get("/session").status_code == 200
    with connect(hub.dsn, name="tests") as db:
        db.execute("UPDATE app_user SET disabled_at = now() WHERE id = 'operator'")
    assert operator.get("/session").status_code == 401
