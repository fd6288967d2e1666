"""Trying rules over the API: begun, followed, cancelled, and refused with the line and remedy."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.backtest import background
from rules.vocabulary.instant import HOUR, from_datetime
from store.database.connection import connect
from store.readings import readings
from store.readings.readings import Reading
from tests.rig.estates import ESTATE, LEAK_SENSOR
from tests.rig.hubs import RunningHub
from tests.rig.waiting import eventually

RULE = """\
- id: leak
  name: {en: Leak, zh: 漏水}
  device_types: [leak]
  when: {signal: wet, equals: 1}
  on_delay_s: 600
  priority: P2
  response: {kind: ticket, group_by: [], level: IV, ticket: ordinary}
  advice: {en: Look, zh: 查看}
  source: test
"""
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def manager(hub: RunningHub) -> Any:
    with hub.client("manager") as client:
        yield client


def record_a_leak(dsn: str) -> None:
    """A sensor was wet for an hour, five hours ago."""
    at = from_datetime(NOW - timedelta(hours=5))
    with connect(dsn, name="tests") as db:
        for ts, value in ((at, 1.0), (at + HOUR, 0.0)):
            reading = Reading(ESTATE, LEAK_SENSOR, "wet", ts, value, ts, 0)
            readings.append(db, [reading], received_at=ts)


def order(**other: Any) -> dict[str, Any]:
    begins = NOW - timedelta(days=1)
    return {
        "estate": ESTATE, "rules": RULE, "from": begins.isoformat(), "to": NOW.isoformat(), **other
    }  # fmt: skip


def ended(client: httpx.Client, id_: str) -> Any:
    """The run, once it no longer goes on."""
    found = client.get(f"/backtests/{id_}").json()
    return None if found["state"] == "running" else found


def test_a_manager_sees_how_the_alarms_would_differ(hub: RunningHub, manager: httpx.Client) -> None:
    record_a_leak(hub.dsn)
    begun = manager.post("/backtests", json=order())
    assert begun.status_code == 202, begun.text
    assert begun.json()["state"] == "running"
    run = eventually(lambda: ended(manager, begun.json()["id"]), what="the run ends", within_s=60)
    assert (run["state"], run["error"], run["rules"]) == ("done", "", ["leak"])
    (rule,) = run["report"]["rules"]
    assert (rule["devices"], rule["moved"], rule["reprioritised"]) == (6, 1, 1)
    (found,) = run["report"]["differences"]
    assert found["kind"] == "changed"
    begins = [datetime.fromisoformat(found[side]["raised_at"]) for side in ("current", "tried")]
    assert begins[1] - begins[0] == timedelta(seconds=595)
    with connect(hub.dsn, name="tests") as db:
        kept = db.execute("SELECT action, target, role FROM audit ORDER BY id DESC LIMIT 1")
        assert kept.fetchone() == ("rule.backtest", ESTATE, "manager")


def test_nothing_recorded_ends_the_run_with_a_sentence(manager: httpx.Client) -> None:
    id_ = manager.post("/backtests", json=order()).json()["id"]
    run = eventually(lambda: ended(manager, id_), what="the run ends", within_s=60)
    assert run["state"] == "failed"
    assert "no reading of the 6 points" in run["error"]


def test_one_runs_at_a_time_and_can_be_cancelled(manager: httpx.Client) -> None:
    first = manager.post("/backtests", json=order()).json()["id"]
    second = manager.post("/backtests", json=order())
    assert second.status_code == 409
    assert "wait for it, or cancel it" in second.json()["detail"]
    assert manager.delete(f"/backtests/{first}").json()["state"] == "cancelled"

    def begun() -> bool:
        return manager.post("/backtests", json=order()).status_code == 202

    eventually(begun, what="the next one may begin", within_s=30)


def test_a_run_that_takes_too_long_is_ended(
    manager: httpx.Client, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_a_leak(hub.dsn)
    monkeypatch.setattr(background, "LONGEST_S", 0.0)
    id_ = manager.post("/backtests", json=order()).json()["id"]
    run = eventually(lambda: ended(manager, id_), what="the run ends", within_s=60)
    assert run["state"] == "failed"
    assert "try a shorter period" in run["error"]


def test_faults_of_the_rules_are_told_with_line_and_remedy(manager: httpx.Client) -> None:
    answer = manager.post("/backtests", json=order(rules=RULE.replace("P2", "P9")))
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["value"]) == ("body.rules, line 6: priority", "P9")
    assert "P1, P2, P3, P4" in fault["remedy"]


@pytest.mark.only_looks
@pytest.mark.parametrize(
    ("other", "field", "told"),
    [
        ({"estate": "nowhere"}, "body.estate", "use one of harbour"),
        ({"to": "2020-01-01T00:00:00Z"}, "body.from", "is not before"),
        ({"from": "2020-01-01T00:00:00Z"}, "body.from", "choose at most 100"),
        ({"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"}, "body.from", "the year"),
        ({"rules": ""}, "body.rules", "at least 1"),
        ({"rules": "a: [}"}, "body.rules, line 1: ", "is no YAML"),
    ],
)
def test_what_cannot_be_tried_names_the_field(
    manager: httpx.Client, other: dict[str, Any], field: str, told: str
) -> None:
    answer = manager.post("/backtests", json=order(**other))
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["field"].startswith(field)
    assert told in fault["remedy"]


def test_an_operator_may_not_try_rules(operator: httpx.Client) -> None:
    assert operator.post("/backtests", json=order()).status_code == 403
    assert operator.get("/backtests/0123456789abcdef").status_code == 403


def test_a_run_that_nobody_knows_is_not_found(manager: httpx.Client) -> None:
    assert manager.get("/backtests/0123456789abcdef").status_code == 404
    assert manager.delete("/backtests/0123456789abcdef").status_code == 404
