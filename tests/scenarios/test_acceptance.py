"""The numbered acceptance scenarios that devices alone can play: how much comes of each."""

from collections import Counter
from dataclasses import dataclass

import pytest

from tests.scenarios.playing import System
from tests.waiting import eventually


@dataclass(frozen=True)
class Expected:
    """How often each rule raised an alarm, the kinds and levels of the incidents, and how many
    households were told."""

    alarms: dict[str, int]
    incidents: list[tuple[str, str, bool]]
    households: int = 0
    first_wave: int = 0


EXPECTED = {
    "01-steam": Expected({"smoke-fire": 1}, [("fire", "IV", False)]),
    "02-two-detectors": Expected({"smoke-fire": 2}, [("fire", "II", True)], 72, 12),
    "04-same-detector-twice": Expected({"smoke-fire": 1}, [("fire", "IV", False)]),
    "05-call-point-and-smoke": Expected({"smoke-fire": 2}, [("fire", "II", True)], 72, 12),
    "07-lift-entrapment": Expected({"lift-entrapment": 1}, [("lift", "III", True)], 72, 72),
    "10-lift-inspection": Expected({"lift-entrapment": 1}, [("lift", "III", True)], 72, 72),
    "14-flat-leak": Expected({"leak": 1}, [("pipe", "IV", True)], 4, 1),
    "26-fire-duplicates": Expected({"smoke-fire": 1}, [("fire", "IV", False)]),
}


@pytest.mark.parametrize("scenario", EXPECTED)
def test_scenario_comes_to_what_the_acceptance_table_says(system: System, scenario: str) -> None:
    expected = EXPECTED[scenario]
    outcome = system.play(scenario)
    with system.stack.client() as operator:
        alarms = outcome.alarms(operator)
        rules = [alarm["rule"] for alarm in alarms]
        assert {rule: rules.count(rule) for rule in rules} == expected.alarms
        found = [(i["kind"], i["level"], i["confirmed"]) for i in outcome.incidents(operator)]
        assert found == expected.incidents
        assert len(outcome.tickets(operator)) == 1
        eventually(
            lambda: len(outcome.notices(operator)) >= expected.households,
            within_s=20,
            what="every household is told",
        )
        notices = outcome.notices(operator)
    assert len(notices) == len({notice["household"] for notice in notices}) == expected.households
    assert sum(notice["wave"] == 0 for notice in notices) == expected.first_wave


def test_burst_is_one_alarm_with_the_pressure_first_out_and_its_leaks_in_the_same_incident(
    system: System,
) -> None:
    outcome = system.play("15-riser-burst")
    with system.stack.client() as operator:
        (burst,) = outcome.alarms(operator, rule="pipe-burst")
        incidents = outcome.incidents(operator)
        assert [(i["kind"], i["level"]) for i in incidents] == [("pipe", "II")]
        first = operator.get(f"/alarms/{incidents[0]['first_out']}")
        assert first["signal"] == "pressure_mpa"
        # The last sensor gets wet as the playing ends: its alarm is five seconds away.
        leaks = eventually(
            lambda: (found := outcome.alarms(operator, rule="leak"))[39:] and found,
            what="forty leaks",
        )
        assert len(leaks) == 40
        assert {leak["incident_id"] for leak in leaks} == {burst["incident_id"]}
        (ticket,) = outcome.tickets(operator)
        assert ticket["class"] == "emergency"
        told = outcome.told(operator)
        assert Counter(template for template, _, _ in told) == {"LEAK": 24, "WATER": 18}
        assert len({household for _, _, household in told}) == 36


def test_every_recorded_course_replays_to_the_same_events(system: System) -> None:
    outcome = system.play("02-two-detectors")
    assert outcome.ledger.replays_exactly()
