"""The five families, each from a device's message to the page that a resident reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.rig.waiting import eventually
from tests.scenarios.playing import Outcome, System

RAIN = str(Path(__file__).with_name("rain_and_garage.yaml"))

Told = dict[tuple[str, int], set[str]]
"""Template and version → households."""


@dataclass(frozen=True)
class Family:
    """What a scenario must come to; `tasks` are some that the ticket must have."""

    scenario: str
    rule: str
    priority: str
    kind: str
    level: str
    ticket_class: str
    tasks: set[str]
    told: Callable[[Outcome], Told]


FAMILIES = {
    "lift": Family(
        "07-lift-entrapment", "lift-entrapment", "P1", "lift", "III", "emergency",
        {"intercom", "call-maintainer", "release"},
        lambda o: {("LIFT", 1): o.flats("B3")},
    ),
    "leak": Family(
        "14-flat-leak", "leak", "P3", "pipe", "IV", "urgent",
        {"confirm", "close-valve", "inspect-below"},
        lambda _: {("LEAK", 1): {f"B3-{floor:02}-01" for floor in (5, 4, 3, 2)}},
    ),
    "burst": Family(
        "15-riser-burst", "pipe-burst", "P1", "pipe", "II", "emergency",
        {"close-valve", "clamp", "lift-away"},
        lambda o: {
            ("LEAK", 1): {f"B3-{floor:02}-{flat:02}" for floor in range(1, 13) for flat in (1, 2)},
            ("WATER", 1): o.flats("B3", riser="R1", water_zone="high"),
        },
    ),
    "smoke": Family(
        "02-two-detectors", "smoke-fire", "P1", "fire", "II", "emergency",
        {"verify", "call-119", "evacuate"},
        lambda o: {("FIRE", 1): o.flats("B3")},
    ),
    "rain": Family(
        RAIN, "garage-deep-water", "P1", "flood", "I", "emergency",
        {"gates", "stop-entry", "clear-people"},
        lambda o: {("FLOOD", version): o.bay_users() for version in (3, 4)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_message_becomes_alarm_ticket_and_notices_to_exactly_the_households(
    system: System, family: Family
) -> None:
    outcome = system.play(family.scenario)
    with system.stack.client("operator") as operator:
        (alarm,) = outcome.alarms(operator, rule=family.rule, first_out=True) or outcome.alarms(
            operator, rule=family.rule
        )
        assert alarm["priority"] == family.priority
        assert alarm["state"] == "unacknowledged"

        (event,) = operator.command(f"/alarms/{alarm['id']}/acknowledge")
        assert event["kind"] == "alarm.acknowledged"
        assert operator.get(f"/alarms/{alarm['id']}")["acknowledged_by"] == "operator"

        incident = operator.get(f"/incidents/{alarm['incident_id']}")
        assert (incident["kind"], incident["level"]) == (family.kind, family.level)
        assert incident["state"] == "open"
        assert incident["tickets"][0]["class"] == family.ticket_class
        assert family.tasks <= {task["id"] for task in incident["tickets"][0]["tasks"]}

        expected = {
            (*told, household): 1
            for told, households in family.told(outcome).items()
            for household in households
        }
        eventually(
            lambda: len(outcome.notices(operator)) >= len(expected),
            within_s=20,
            what="every household is told",
        )
        assert outcome.told(operator) == expected
    _residents_see_it_once(system, outcome, expected)


def _residents_see_it_once(
    system: System, outcome: Outcome, told: dict[tuple[str, int, str], int]
) -> None:
    shown = eventually(
        lambda: (found := system.webhooks.shown(outcome.estate.id))[len(told) - 1 :] and found,
        what="the webhook has them all",
    )
    by_webhook = [(n["template"], n["version"], n["household"]) for n in shown]
    assert sorted(by_webhook) == sorted(told)
    told_one = min(household for _, _, household in told)
    untold = sorted(set(outcome.estate.households) - {household for _, _, household in told})[:1]
    templates = sorted(template for template, _, household in told if household == told_one)
    assert sorted(n["template"] for n in _page(system, outcome, told_one)) == templates
    assert [_page(system, outcome, household) for household in untold] == [[]] * len(untold)


def _page(system: System, outcome: Outcome, household: str) -> list[Any]:
    token = system.stack.resident_token(outcome.estate.id, household)
    page = httpx.get(f"{system.stack.url}/api/v1/resident/{token}").json()
    return list(page["notices"])


def test_engineer_takes_the_ticket_through_and_the_operator_closes_the_incident(
    system: System,
) -> None:
    outcome = system.play("01-steam")
    with system.stack.client("operator") as operator, system.stack.client("engineer") as engineer:
        (alarm,) = outcome.alarms(operator)
        incident = operator.get(f"/incidents/{alarm['incident_id']}")
        ticket = f"/tickets/{incident['tickets'][0]['id']}"

        kinds = [
            event["kind"] for event in operator.command(f"{ticket}/dispatch", assignee="engineer")
        ]
        assert kinds == ["ticket.dispatched"]
        for verb in ("accept", "arrive", "start"):
            engineer.command(f"{ticket}/{verb}")
        for task in incident["tickets"][0]["tasks"]:
            path = f"{ticket}/tasks/{task['id']}"
            if {"photo", "headcount"} & set(task["proof_kinds"]):
                engineer.command(f"{path}/waive", reason="nothing burns")
            else:
                engineer.command(f"{path}/complete", note="seen on the spot")
        engineer.command(f"{ticket}/resolve", reason="steam from a shower")

        refused = operator.http.post(
            f"/incidents/{incident['id']}/close",
            json={"outcome": "false_alarm", "reason": "steam"},
            headers={"Idempotency-Key": "close-too-early"},
        )
        assert refused.status_code == 409
        assert refused.json()["type"].endswith("alarms-active")

        operator.command(f"/alarms/{alarm['id']}/acknowledge")
        operator.command(f"/alarms/{alarm['id']}/reset")
        closing = operator.command(
            f"/incidents/{incident['id']}/close", outcome="false_alarm", reason="steam"
        )
        assert {event["kind"] for event in closing} >= {"ticket.closed", "incident.closed"}
        assert operator.get(ticket)["state"] == "closed"
        timeline = operator.get(f"/incidents/{incident['id']}")["events"]
        assert [event["kind"] for event in timeline][:3] == [
            "alarm.raised", "incident.opened", "ticket.opened",
        ]  # fmt: skip
        assert outcome.told(operator) == {}
