"""Health, figures, security headers, and the console's files."""

from pathlib import Path

import httpx
import pytest

from hub.api.live import console
from hub.auth import issue_sign_in_link
from store.database.connection import connect
from tests.rig.hubs import RunningHub, running_hub
from tests.rig.waiting import eventually


def checks(hub: RunningHub) -> dict[str, str]:
    return dict(httpx.get(f"{hub.url}/readyz").json()["checks"])


def test_ready_means_that_an_engine_owns_every_estate(system: RunningHub) -> None:
    eventually(lambda: checks(system)["engine"] == "ok", what="the estate is owned")
    answer = httpx.get(f"{system.url}/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True


@pytest.mark.only_looks
def test_without_an_engine_the_hub_lives_and_is_not_ready(hub: RunningHub) -> None:
    assert httpx.get(f"{hub.url}/healthz").json() == {"status": "ok"}
    answer = httpx.get(f"{hub.url}/readyz")
    assert answer.status_code == 503
    assert "harbour" in answer.json()["checks"]["engine"]


def test_a_schema_that_is_behind_is_not_ready(hub: RunningHub) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute("DELETE FROM migration")
    assert "gatehouse migrate" in checks(hub)["schema"]


@pytest.mark.only_looks
def test_figures_name_routes_and_no_ids(hub: RunningHub, operator: httpx.Client) -> None:
    operator.get("/alarms/harbour-a77")
    httpx.get(f"{hub.url}/nowhere/at/all")
    figures = httpx.get(f"{hub.url}/metrics").text
    assert 'route="/api/v1/alarms/{alarm_id}",status="404"' in figures
    assert "harbour-a77" not in figures
    assert "gatehouse_database_up 1.0" in figures


@pytest.mark.only_looks
@pytest.mark.parametrize(
    "path", ["/api/v1/session", "/healthz", "/", "/nowhere", "/api/v1/openapi.json"]
)
def test_every_answer_has_the_security_headers(hub: RunningHub, path: str) -> None:
    headers = httpx.get(hub.url + path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_behind_https_cookies_are_secure(estate: str, tmp_path: Path) -> None:
    with running_hub(estate, tmp_path, public_url="https://gatehouse.example.org") as hub:
        url = issue_sign_in_link(estate, role="admin", public_url=hub.url, now=hub.clock())
        answer = httpx.get(url)
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A console as its build leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>console</title>")
    (folder / "resident.html").write_text("<title>resident</title>")
    (folder / "push.js").write_text("// worker")
    (folder / "assets" / "index-1a2b.js").write_text("// hashed")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(console, "DIST", folder)
    return folder


@pytest.mark.only_looks
@pytest.mark.usefixtures("dist")
def test_the_consoles_pages_and_files_are_served(hub: RunningHub) -> None:
    for path in ("/", "/alarms", "/incidents/harbour-i1", "/tickets", "/sign-in?expired=1"):
        answer = httpx.get(hub.url + path)
        assert answer.status_code == 200
        assert "console" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
    assert "resident" in httpx.get(f"{hub.url}/r/{'a' * 43}").text
    asset = httpx.get(f"{hub.url}/assets/index-1a2b.js")
    assert "immutable" in asset.headers["cache-control"]
    assert "javascript" in asset.headers["content-type"]
    assert httpx.get(f"{hub.url}/push.js").text == "// worker"


@pytest.mark.only_looks
@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    "path",
    ["/assets/..%2f..%2fsecret.txt", "/..%2fsecret.txt", "/assets/%2e%2e", "/assets", "/none.js"],
)
def test_no_way_leads_out_of_the_consoles_folder(hub: RunningHub, path: str) -> None:
    assert httpx.get(hub.url + path).status_code == 404


@pytest.mark.only_looks
def test_a_console_that_was_not_built_says_so(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "DIST", tmp_path / "nothing")
    answer = httpx.get(f"{hub.url}/")
    assert answer.status_code == 503
    assert "npm run build" in answer.json()["detail"]
