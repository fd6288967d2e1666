"""The estate's YAML form: what it grows into, and how it speaks of its faults."""

from typing import Any

import pytest

from rules.catalogue import device_types
from rules.estate.file import EstateFault, expand, parse, read
from rules.estate.graph import Estate

BUILDING = {
    "id": "B1",
    "name": {"en": "Building 1", "zh": "1号楼"},
    "floors": 3,
    "flats_per_floor": 2,
    "assembly_place": {"en": "gate", "zh": "大门"},
    "risers": [{"id": "R1", "flats": [1]}, {"id": "R2", "flats": [2]}],
    "water_zones": [{"id": "low", "floors": "1-2"}, {"id": "high", "floors": "3-3"}],
    "lifts": [{"id": "L1", "name": {"en": "Lift 1", "zh": "1号电梯"}}],
}
SMOKE = {
    "id": "{building}-{floor}-smoke",
    "type": "smoke",
    "each_building": ["B1"],
    "each_floor": "1-3",
    "zone": "{floor}F",
    "place": {"en": "{floor}F corridor", "zh": "{floor}层走廊"},
}


def form(**changes: Any) -> dict[str, Any]:
    return {
        "estate": "small",
        "name": {"en": "Small", "zh": "小"},
        "timezone": "Asia/Shanghai",
        "phone": "1",
        "buildings": [BUILDING],
        "devices": [],
        **changes,
    }


def device(**changes: Any) -> dict[str, Any]:
    return {"id": "x", "type": "leak", "place": {"en": "a", "zh": "b"}, **changes}


def grown(**changes: Any) -> Estate:
    return expand(parse(form(**changes)), device_types())


def faults(**changes: Any) -> list[str]:
    with pytest.raises(EstateFault) as caught:
        grown(**changes)
    return caught.value.faults


def test_each_flat_gets_its_riser_and_water_zone() -> None:
    unit = grown().units["B1-03-02"]
    assert (unit.floor, unit.number, unit.riser, unit.water_zone) == (3, 2, "R2", "high")


def test_a_valve_isolates_the_flats_of_its_riser_and_zone() -> None:
    valve = {"id": "V", "riser": "R1", "zone": "low", "place": {"en": "a", "zh": "b"}}
    estate = grown(buildings=[{**BUILDING, "valves": [valve]}])
    assert estate.valves["B1-V"].isolates == ("B1-01-01", "B1-02-01")


def test_a_device_pattern_repeats_on_each_floor_with_its_zone_and_place() -> None:
    estate = grown(devices=[SMOKE])
    assert list(estate.devices) == ["b1-01-smoke", "b1-02-smoke", "b1-03-smoke"]
    place = estate.devices["b1-02-smoke"].place
    assert (place.building, place.floor, place.zone, place.text.zh) == ("B1", 2, "2F", "2层走廊")


def test_a_device_in_a_flat_takes_the_riser_of_the_flat() -> None:
    part = device(id="b1-{floor}-{flat}", building="B1", each_floor="2-2", each_flat=[2])
    place = grown(devices=[part]).devices["b1-02-02"].place
    assert (place.unit, place.riser) == ("B1-02-02", "R2")


def test_bays_belong_to_the_flats_first_and_then_to_outside_users() -> None:
    garage = {
        "id": "G",
        "name": {"en": "G", "zh": "库"},
        "bays": [{"building": "B1"}, {"outside": 2}],
    }
    users = grown(garages=[garage]).garages["G"].users
    assert users == (*(f"B1-{f:02}-{n:02}" for f in (1, 2, 3) for n in (1, 2)), "G-P007", "G-P008")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"phone": None}, "phone: "),
        ({"phones": "1"}, "phones: is not a field here"),
        ({"timezone": "+08:00"}, "timezone: "),
        ({"name": {"en": "x", "zh": "y", "fr": "z"}}, "name.fr: is not a field here"),
        ({"name": {"en": "x"}}, "name.zh: is missing; add it"),
        (
            {"buildings": [{**BUILDING, "water_zones": [{"id": "low", "floors": "3-1"}]}]},
            "buildings.0.water_zones.0.floors: ",
        ),
        ({"buildings": [{**BUILDING, "floors": 4}]}, "flat 04-01 has no riser or no water zone"),
        ({"buildings": [BUILDING, BUILDING]}, "buildings: 'B1' stands 2 times"),
        (
            {"buildings": [{**BUILDING, "risers": [{"id": "R1", "flats": [1, 2, 2]}]}]},
            "risers.flats: 2 stands 2 times",
        ),
        (
            {
                "buildings": [
                    {
                        **BUILDING,
                        "valves": [
                            {
                                "id": "V",
                                "riser": "R9",
                                "zone": "low",
                                "place": {"en": "a", "zh": "b"},
                            }
                        ],
                    }
                ]
            },
            "no flat has riser 'R9'",
        ),
        (
            {
                "garages": [
                    {"id": "G", "name": {"en": "G", "zh": "库"}, "bays": [{"building": "B9"}]}
                ]
            },
            "garages.G.bays: no building 'B9'",
        ),
        ({"devices": [device(type="sonar")]}, "devices.x: type 'sonar' is unknown; use one of "),
        ({"devices": [device(), device()]}, "devices.x: the id stands twice"),
        ({"devices": [device(id="X")]}, "devices.X: an id has 1 to 64 of a-z"),
        ({"devices": [device(building="B9")]}, "devices.x: no building 'B9'; use one of B1"),
        ({"devices": [device(floor=2)]}, "devices.x: floor, flat, riser and lift need a building"),
        ({"devices": [device(building="B1", floor=9)]}, "devices.x: floor 9: B1 has floors up"),
        (
            {"devices": [device(building="B1", riser="R9")]},
            "no riser 'R9' in B1; use one of R1, R2",
        ),
        ({"devices": [device(building="B1", lift="L9")]}, "no lift 'L9' in B1; use one of L1"),
        ({"devices": [device(garage="G")]}, "devices.x: no garage 'G'"),
        (
            {"devices": [device(building="B1", floor=1, each_flat=[7])]},
            "devices.x: no flat 'B1-01-07'",
        ),
        ({"devices": [device(id="x-{floor}")]}, "{floor} has no value; set floor or each_floor"),
        ({"devices": [device(id="x-{")]}, "devices.x-{: "),
        ({"devices": [device(building="B1", each_floor="1..3")]}, "write a range such as 1-18"),
    ],
)
def test_a_fault_names_its_field_and_the_remedy(changes: dict[str, Any], expected: str) -> None:
    assert any(expected in fault for fault in faults(**changes)), faults(**changes)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(devices=[device(type="sonar"), device(id="y", building="B9")])) == 2


def test_a_file_that_is_not_yaml_is_refused_with_the_line() -> None:
    with pytest.raises(EstateFault, match="line 2"):
        read("estate: x\nname: [")
