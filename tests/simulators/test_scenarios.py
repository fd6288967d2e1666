"""Scenario files: what they become on the wire, and how their faults are told."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from rules.catalogue import device_types
from rules.vocabulary.instant import MINUTE, SECOND
from simulators.errors import ScenarioFault
from simulators.estate import load_estate
from simulators.scenario import Scenario
from simulators.scenarios import load_scenario, scenario_names
from simulators.timeline import Message, Timeline, timeline

ESTATE = load_estate()
LEAK = "b3-05-01-kitchen-leak"


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    form = {"name": {"en": "test", "zh": "测试"}, "steps": list(steps), **more}
    return Scenario.model_validate(form)


def played(*steps: dict[str, Any], **more: Any) -> Timeline:
    return timeline(scenario(*steps, **more), ESTATE, device_types())


def values(line: Timeline, signal: str) -> list[tuple[float, Any]]:
    return [(m.at / SECOND, m.signals[signal]) for m in line.messages if signal in m.signals]


def in_file(folder: Path, text: str) -> str:
    path = folder / "scenario.yaml"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_plays_on_the_sample_estate(name: str) -> None:
    line = timeline(load_scenario(name), ESTATE, device_types())
    assert line.messages
    assert [m.at for m in line.messages] == sorted(m.at for m in line.messages)


def test_the_acceptance_scenarios_that_devices_alone_can_play_are_shipped() -> None:
    numbers = {load_scenario(name).domain for name in scenario_names()} - {None}
    assert numbers == {1, 2, 4, 5, 7, 10, 13, 14, 15, 25, 26}


def test_acceptance_scenarios_are_short_enough_to_be_live_when_played_at_once() -> None:
    for name in scenario_names():
        if load_scenario(name).domain is not None:
            line = timeline(load_scenario(name), ESTATE, device_types())
            assert line.end < 10 * MINUTE, name


def test_the_burst_scenario_falls_by_0_12_mpa_in_20_s_and_wets_forty_sensors() -> None:
    line = timeline(load_scenario("15-riser-burst"), ESTATE, device_types())
    pressures = dict(values(line, "pressure_mpa"))
    assert pressures[60] - pressures[80] == pytest.approx(0.12)
    wet = {m.device: m.at for m in line.messages if "wet" in m.signals}
    assert len(wet) == 40
    assert max(wet.values()) - min(wet.values()) == 6 * MINUTE


def test_a_ramp_goes_straight_from_one_value_to_the_other() -> None:
    line = played(
        {
            "at": "1s",
            "device": "b3-r1-low-pressure",
            "signals": {"pressure_mpa": {"from": 0.3, "to": 0.1}},
            "times": 5,
            "every": "2s",
        }
    )
    assert values(line, "pressure_mpa") == [(1, 0.3), (3, 0.25), (5, 0.2), (7, 0.15), (9, 0.1)]


def test_a_list_of_values_is_taken_in_turn() -> None:
    step = {
        "at": "0s",
        "device": LEAK,
        "signals": {"wet": [True, False]},
        "times": 3,
        "every": "1s",
    }
    assert values(played(step), "wet") == [(0, True), (1, False), (2, True)]


def test_several_devices_follow_each_other_over_the_spread() -> None:
    devices = "b3-{12-10}-01-kitchen-leak"
    line = played({"at": "1m", "device": devices, "signals": {"wet": True}, "spread": "20s"})
    assert [(m.at / SECOND, m.device[:5]) for m in line.messages] == [
        (60, "b3-12"),
        (70, "b3-11"),
        (80, "b3-10"),
    ]


def test_copies_are_the_same_message() -> None:
    line = played({"at": "0s", "device": LEAK, "signals": {"wet": True}, "copies": 5})
    assert line.messages == (Message(0, LEAK, {"wet": True}),) * 5


def test_a_device_repeats_its_last_word_at_half_its_heartbeat_until_the_end() -> None:
    line = played(
        {"at": "0s", "device": "b3-10-call-point", "signals": {"panel_state": "fire", "seq": 7}},
        {"at": "20s", "device": "b3-10-call-point", "signals": {"panel_state": "normal"}},
        until="40s",
    )
    assert [(m.at / SECOND, m.signals) for m in line.messages] == [
        (0, {"panel_state": "fire", "seq": 7}),
        (15, {"panel_state": "fire"}),
        (20, {"panel_state": "normal"}),
        (35, {"panel_state": "normal"}),
    ]


def test_rain_that_has_been_reported_does_not_fall_twice() -> None:
    line = played({"at": "0s", "device": "rain-gauge", "signals": {"rain_mm": 3}}, until="90s")
    assert values(line, "rain_mm") == [(0, 3), (30, 0), (60, 0), (90, 0)]


def test_a_device_that_went_offline_repeats_nothing() -> None:
    line = played(
        {"at": "0s", "device": "b3-mains", "signals": {"voltage_v": 220}},
        {"at": "10s", "device": "b3-mains", "status": "offline"},
        until="5m",
    )
    assert [(m.at / SECOND, m.status) for m in line.messages] == [(0, None), (10, "offline")]


def test_a_scenario_may_say_what_is_expected_of_it() -> None:
    expect = {
        "at": "10s",
        "incidents": [{"count": 1, "where": {"kind": "pipe", "level": "II"}}],
        "notices": [{"count": 36, "distinct": "household"}],
    }
    step = {"at": "0s", "device": LEAK, "signals": {"wet": True}}
    (expectation,) = scenario(step, expect=[expect]).expect
    assert expectation.incidents[0].where == {"kind": "pipe", "level": "II"}
    assert (expectation.notices[0].count, expectation.notices[0].distinct) == (36, "household")


def test_an_outage_keeps_messages_back_with_the_times_at_which_they_were_measured() -> None:
    line = played(
        {"at": "10s", "device": LEAK, "signals": {"wet": True}},
        {"at": "20s", "device": LEAK, "signals": {"wet": False}},
        {"at": "30s", "device": "b3-mains", "signals": {"voltage_v": 220}},
        outages=[{"devices": "b3-{05,06}-01-kitchen-leak", "from": "5s", "to": "1m"}],
    )
    told = [(m.sent_at / SECOND, m.at / SECOND, m.device) for m in line.messages if not m.repeated]
    assert told == [(30, 30, "b3-mains"), (60, 10, LEAK), (60, 20, LEAK)]
    assert line.end == MINUTE


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"starts": 180}, 'write hours and minutes in quotes, such as "03:00"'),
        ({"starts": "25:00"}, "write hours and minutes in quotes"),
        ({"outages": [{"devices": LEAK, "from": "2m", "to": "1m"}]}, "`to` is not after `from`"),
        (
            {"commands": [{"at": "0s", "role": "operator", "post": "/alarms/{id}/acknowledge"}]},
            "{id} in the path and `of` go together",
        ),
        (
            {"expect": [{"notices": [{"count": 1, "are": "B3-01-01"}]}]},
            "`are` lists the values of a field; name it as `distinct`",
        ),
    ],
)
def test_what_belongs_to_acceptance_tests_is_checked_too(more: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(fault)):
        scenario({"at": "0s", "device": LEAK, "signals": {"wet": True}}, **more)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"device": "b9-l1"}, "steps.0: no device 'b9-l1' in estate riverside"),
        ({"signals": {"dry": True}}, f"steps.0: {LEAK} has no signal 'dry'; use one of "),
        ({"signals": {"wet": 7}}, f"steps.0: {LEAK}.wet: value 7: send true or false"),
    ],
)
def test_a_step_that_the_estate_cannot_play_is_named(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ScenarioFault) as caught:
        played({"at": "0s", "device": LEAK, "signals": {"wet": True}} | changes)
    assert any(each.startswith(fault) for each in caught.value.faults), caught.value.faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"at": "soon"}, "write a number and a unit, such as 250ms"),
        ({"at": "-1s"}, "greater than or equal to 0"),
        ({"signals": {}}, "give either signals or status"),
        ({"status": "online"}, "give either signals or status"),
        ({"times": 3}, "times and every go together"),
        ({"signals": {"wet": []}}, "signals.wet: the list is empty"),
    ],
)
def test_a_step_without_sense_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        scenario({"at": "0s", "device": LEAK, "signals": {"wet": True}} | changes)


def test_a_file_with_a_misspelt_field_names_it(tmp_path: Path) -> None:
    step = {"at": "0s", "device": LEAK, "signls": {"wet": True}}
    form = {"name": {"en": "x", "zh": "x"}, "steps": [step]}
    with pytest.raises(ScenarioFault, match=r"steps\.0\.signls: is not a field here"):
        load_scenario(in_file(tmp_path, yaml.safe_dump(form)))


def test_a_file_that_is_not_yaml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFault, match="line 2"):
        load_scenario(in_file(tmp_path, "name: x\nsteps: ["))


def test_an_unknown_scenario_is_answered_with_those_that_ship() -> None:
    with pytest.raises(ScenarioFault, match=r"no such file; name one, or one of .*15-riser-burst"):
        load_scenario("nothing")


def test_the_forty_leaks_come_from_the_twelfth_floor_downwards() -> None:
    line = timeline(load_scenario("15-riser-burst"), ESTATE, device_types())
    floors = Counter(m.device[3:5] for m in line.messages if "wet" in m.signals)
    assert floors == {f"{floor:02}": 4 for floor in range(3, 13)}
