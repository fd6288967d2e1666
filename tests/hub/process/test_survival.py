"""The hub outlives its database."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from store.database.connection import connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres
from tests.rig.databases import FAST
from tests.rig.endpoints import Endpoint, endpoint
from tests.rig.estates import leak, settle
from tests.rig.hubs import RunningHub, following, new_key, running_engine, running_hub
from tests.rig.waiting import eventually


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    """A database server of its own, for the test to stop and start."""
    server = EmbeddedPostgres(home, log=home / "postgres.log", settings=FAST)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def receiver() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture
def hub(server: EmbeddedPostgres, tmp_path: Path, receiver: Endpoint) -> Iterator[RunningHub]:
    dsn = server.dsn()
    migrate(dsn)
    settle(dsn, tmp_path, now=system_clock())
    with ExitStack() as stack:
        stack.enter_context(running_engine(dsn))
        yield stack.enter_context(running_hub(dsn, tmp_path, webhook_url=receiver.url))


def is_ready(hub: RunningHub) -> bool:
    return httpx.get(f"{hub.url}/readyz", timeout=30).status_code == 200


def test_everything_goes_on_when_the_database_comes_back(
    server: EmbeddedPostgres, hub: RunningHub, receiver: Endpoint
) -> None:
    eventually(lambda: is_ready(hub), what="ready")
    with hub.client() as operator, following(operator, "/live") as messages:
        messages.next()
        server.stop()
        away = httpx.get(f"{hub.url}/readyz", timeout=30)
        assert away.status_code == 503
        assert "does not answer" in away.json()["checks"]["database"]
        assert httpx.get(f"{hub.url}/healthz").status_code == 200
        refused = operator.get("/alarms", timeout=60)
        assert refused.status_code == 503
        assert refused.json()["type"] == "urn:gatehouse:problem:database-unavailable"
        assert refused.headers["retry-after"] == "2"
        assert "gatehouse_database_up 0.0" in httpx.get(f"{hub.url}/metrics", timeout=60).text

        server.start()
        eventually(lambda: is_ready(hub), within_s=30, what="ready again")
        leak(hub.dsn, now=system_clock())
        assert messages.next_event()["kind"] == "alarm.raised", "the same stream goes on"
        eventually(lambda: len(receiver.calls) == 2, what="the notices are sent")
        answer = operator.post("/alarms/harbour-a1/acknowledge", headers=new_key())
        assert answer.status_code == 200
    with connect(hub.dsn, name="tests", autocommit=True) as db:
        leads = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'gatehouse-calendar'"
        eventually(lambda: db.execute(leads).fetchone(), within_s=30, what="the calendar is back")
