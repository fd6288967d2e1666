"""The sample estate is the model that the acceptance scenarios count on."""

from collections import Counter
from pathlib import Path

import pytest

from rules.estate.graph import Estate
from simulators.errors import EstateNotLoadable
from simulators.estate import load_estate


@pytest.fixture(scope="module")
def estate() -> Estate:
    return load_estate()


def test_each_tower_has_eighteen_floors_of_four_flats(estate: Estate) -> None:
    for building in ("B3", "B5"):
        per_floor = Counter(unit.floor for unit in estate.units_by_building[building])
        assert per_floor == dict.fromkeys(range(1, 19), 4)


def test_closing_the_upper_valve_of_r1_leaves_eighteen_flats_dry(estate: Estate) -> None:
    flats = [estate.units[unit] for unit in estate.valves["B3-R1-high"].isolates]
    assert len(flats) == 18
    assert {(flat.floor, flat.number) for flat in flats} == {
        (floor, number) for floor in range(10, 19) for number in (1, 2)
    }


def test_every_flat_is_behind_exactly_one_valve(estate: Estate) -> None:
    behind = Counter(unit for valve in estate.valves.values() for unit in valve.isolates)
    assert behind == dict.fromkeys(estate.units, 1)


def test_the_garage_has_two_hundred_users_with_every_flat_among_them(estate: Estate) -> None:
    users = estate.garages["G"].users
    assert len(users) == len(set(users)) == 200
    assert estate.units.keys() <= set(users)


def test_every_bay_user_is_a_household_of_the_estate(estate: Estate) -> None:
    users = {user for garage in estate.garages.values() for user in garage.users}
    assert users <= set(estate.households)


def test_riser_r1_has_forty_eight_leak_sensors_up_to_the_twelfth_floor(estate: Estate) -> None:
    places = [d.place for d in estate.devices.values() if d.type == "leak"]
    found = [
        p for p in places if p.building == "B3" and p.riser == "R1" and p.floor in range(1, 13)
    ]
    assert len(found) == 48


def test_every_floor_has_two_smoke_detectors_and_a_call_point_in_its_fire_zone(
    estate: Estate,
) -> None:
    zones = Counter(
        (d.place.building, d.place.zone, d.type)
        for d in estate.devices.values()
        if d.type in ("smoke", "call_point")
    )
    for building in ("B3", "B5"):
        for floor in range(1, 19):
            assert zones[building, f"{floor}F", "smoke"] == 2
            assert zones[building, f"{floor}F", "call_point"] == 1


def test_every_riser_has_a_pressure_and_a_flow_in_each_water_zone(estate: Estate) -> None:
    points = Counter(
        (d.type, d.place.building, d.place.riser, d.place.zone)
        for d in estate.devices.values()
        if d.location == "riser"
    )
    assert points == {
        (kind, building, riser, zone): 1
        for kind in ("pressure", "flow")
        for building in ("B3", "B5")
        for riser in ("R1", "R2")
        for zone in ("low", "high")
    }


def test_an_estate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EstateNotLoadable, match="check the path"):
        load_estate(tmp_path / "none.yaml")
