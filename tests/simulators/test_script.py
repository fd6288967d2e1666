"""The script of a drill: what the rules would make of a scenario, without any system."""

import pytest

from simulators.errors import ScenarioFault
from simulators.estate import estate_body, load_estate
from simulators.scenarios import load_scenario
from simulators.script import Script, script_of

ESTATE = load_estate()


def script(scenario: str, building: str | None = None) -> Script:
    return script_of(load_scenario(scenario), ESTATE, estate_body(), building=building)


def test_two_detectors_are_two_alarms_of_the_fire_plan_at_level_ii() -> None:
    found = script("02-two-detectors")
    assert (found.plan, found.level, found.place.building) == ("FIRE", "II", "B3")
    assert [(i.after_s, i.device) for i in found.injections] == [
        (0, "b3-10-corridor-smoke"), (90, "b3-10-lobby-smoke"),
    ]  # fmt: skip
    assert {i.value for i in found.injections} == {"fire"}


def test_scenario_of_another_building_has_no_script() -> None:
    with pytest.raises(ScenarioFault, match="building B5"):
        script("02-two-detectors", "B5")


def test_burst_is_played_with_the_leaks_it_brings() -> None:
    found = script("15-riser-burst")
    assert found.plan == "PIPE"
    assert len(found.injections) > 10
    times = [i.after_s for i in found.injections]
    assert times == sorted(times)
