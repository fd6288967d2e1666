"""Who is affected: exactly those, and nobody who was affected is lost when the estate grows."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.catalogue import device_types
from rules.estate.affected import Audience, affected, valves_for
from rules.estate.file import expand, parse
from rules.estate.graph import Estate
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text
from tests.rules.riverside import riverside

WORDS = {"en": "x", "zh": "字"}
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
BEYOND_THE_BUILDING: tuple[Audience, ...] = ("weather", "freezing", "flood", "garage_users")
RIVERSIDE = riverside().estate


def house(name: str, floors: int, flats: int, split: int) -> dict[str, Any]:
    """A tower whose riser R1 feeds the first flat of each floor and R2 the others."""
    zones = [{"id": "low", "floors": f"1-{split}"}]
    if split < floors:
        zones.append({"id": "high", "floors": f"{split + 1}-{floors}"})
    risers = [{"id": "R1", "flats": [1]}, {"id": "R2", "flats": list(range(2, flats + 1))}]
    valves = [
        {"id": f"{riser['id']}-{zone['id']}", "riser": riser["id"], "zone": zone["id"]}
        for riser in risers
        for zone in zones
    ]
    return {
        "id": name, "name": WORDS, "floors": floors, "flats_per_floor": flats,
        "risers": risers, "water_zones": zones, "assembly_place": WORDS,
        "valves": [{**valve, "place": WORDS} for valve in valves],
        "lifts": [{"id": "L1", "name": WORDS}, {"id": "L2", "name": WORDS, "floors": "-1-3"}],
        "feeders": [{"id": "F1", "name": WORDS, "floors": f"1-{split}"}],
    }  # fmt: skip


def estate(*houses: dict[str, Any], outside: int = 0) -> Estate:
    bays = [*({"building": h["id"], "floor": -1} for h in houses), {"outside": outside}]
    rooms = [{"building": houses[0]["id"]}, {"outside": outside, "floor": -2}]
    file = {
        "estate": "grown", "name": WORDS, "timezone": "UTC", "phone": "1",
        "buildings": list(houses), "devices": [],
        "garages": [{"id": "G", "name": WORDS, "bays": bays, "storerooms": rooms}],
    }  # fmt: skip
    return expand(parse(file), device_types())


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Somewhere in the smallest tower A, known more or less exactly."""
    floor = draw(st.integers(1, 3) | st.none())
    number = draw(st.integers(1, 3) | st.none())
    known = floor is not None and number is not None
    unit = f"A-{floor:02}-{number:02}" if known else None
    riser = draw(st.sampled_from(["R1", "R2", None]))
    zone = draw(st.sampled_from(["low", "high", "F1", None]))
    lift = draw(st.sampled_from(["L1", "L2", None]))
    return Place(Text("x", "字"), "A", floor, unit, riser, zone, lift, draw(_garages))


_garages = st.sampled_from(["G", None])
_sizes = st.tuples(st.integers(3, 6), st.integers(3, 4), st.integers(1, 3))


@given(st.sampled_from(AUDIENCES), places(), _sizes, st.integers(0, 3), st.integers(0, 5))
def test_households_that_join_take_nobody_off_the_list(
    audience: Audience, place: Place, size: tuple[int, int, int], more: int, outside: int
) -> None:
    """Only a flat that is no longer on top, or at an end, is not exposed to frost any more."""
    floors, flats, split = size
    more = 0 if audience == "freezing" else more
    before = estate(house("A", floors, flats, split))
    after = estate(
        house("A", floors + more, flats + more, split), house("B", 2, 3, 1), outside=outside
    )
    assert affected(audience, before, place).keys() <= affected(audience, after, place).keys()


@given(st.sampled_from(AUDIENCES), places(), _sizes)
def test_nobody_outside_the_building_is_told_of_what_happens_in_it(
    audience: Audience, place: Place, size: tuple[int, int, int]
) -> None:
    whole = estate(house("A", *size), house("B", 4, 3, 2))
    found = affected(audience, whole, place).keys()
    assert found <= set(whole.households)
    if audience not in BEYOND_THE_BUILDING:
        assert all(whole.units[unit].building == "A" for unit in found)


@given(places(), _sizes)
def test_shut_off_is_exactly_what_the_closed_valves_leave_dry(
    place: Place, size: tuple[int, int, int]
) -> None:
    whole = estate(house("A", *size), house("B", 4, 3, 2))
    dry = {unit for valve in valves_for(whole, place) for unit in valve.isolates}
    assert affected("shut_off", whole, place).keys() == dry
    for valve in valves_for(whole, place):
        assert set(valve.isolates) == {
            unit.id
            for unit in whole.units.values()
            if (unit.building, unit.riser, unit.water_zone)
            == (valve.building, valve.riser, valve.water_zone)
        }


def at(**place: Any) -> Place:
    return Place(Text("x", "字"), building="B3", **place)


@pytest.mark.parametrize(
    ("audience", "place", "waves"),
    [
        ("fire", at(floor=10), {0: 12, 1: 28, 2: 32}),
        ("fire", at(floor=1), {0: 8, 1: 64}),
        ("fire", at(floor=18), {0: 8, 2: 64}),
        ("fire", at(floor=-1), {0: 4, 1: 68}),
        ("fire", at(floor=-2), {1: 72}),
        ("fire", at(), {0: 72}),
        ("building", at(lift="L1"), {0: 72}),
        ("leak", at(floor=5, unit="B3-05-01", riser="R1"), {0: 1, 1: 3}),
        ("leak", at(floor=1, unit="B3-01-01", riser="R1"), {0: 1}),
        ("leak", at(floor=-1), {}),
        ("burst", at(floor=12, riser="R1"), {0: 24}),
        ("burst", at(riser="R1"), {0: 36}),
        ("burst", at(floor=12), {}),
        ("shut_off", at(floor=12, riser="R1", zone="high"), {0: 18}),
        ("shut_off", at(riser="R1"), {0: 36}),
        ("shut_off", at(), {}),
        ("garage_users", at(garage="G"), {0: 200}),
        ("garage_users", at(), {0: 200}),
        ("flood", at(garage="G"), {0: 200}),
        ("lift", at(lift="L1"), {0: 72}),
        ("lift", at(lift="L9"), {0: 72}),
        ("power", at(), {0: 72}),
        ("weather", at(), {0: 8, 1: 136}),
        ("freezing", at(), {0: 8 + 68}),
    ],
)
def test_number_of_households_by_wave(
    audience: Audience, place: Place, waves: dict[int, int]
) -> None:
    found = [why.wave for why in affected(audience, RIVERSIDE, place).values()]
    assert {wave: found.count(wave) for wave in set(found)} == waves


def test_burst_and_its_shut_off_concern_thirty_six_flats_together() -> None:
    place = at(floor=12, riser="R1", zone="high")
    union = affected("burst", RIVERSIDE, place) | affected("shut_off", RIVERSIDE, place)
    assert len(union) == 36


def test_unknown_building_concerns_nobody() -> None:
    place = Place(Text("x", "字"), building="B9", floor=3, riser="R1", unit="B9-03-01")
    for audience in set(AUDIENCES) - set(BEYOND_THE_BUILDING):
        assert affected(audience, RIVERSIDE, place) == {}


def reasons(audience: Audience, whole: Estate, place: Place) -> dict[str, str]:
    return {id_: why.reason for id_, why in affected(audience, whole, place).items()}


def test_every_household_is_told_with_the_reason_that_concerns_it() -> None:
    fire = reasons("fire", RIVERSIDE, at(floor=10))
    assert [fire[f"B3-{floor:02}-01"] for floor in (10, 9, 11, 12, 8)] == [
        "fire_floor", "neighbour_floor", "neighbour_floor", "above", "rest_of_building",
    ]  # fmt: skip
    leak = reasons("leak", RIVERSIDE, at(floor=5, unit="B3-05-01", riser="R1"))
    assert leak == {"B3-05-01": "source", **{f"B3-0{n}-01": "below" for n in (2, 3, 4)}}
    shut = reasons("shut_off", RIVERSIDE, at(riser="R1", zone="high"))
    assert set(shut.values()) == {"valve:B3-R1-high"}
    assert set(reasons("flood", RIVERSIDE, at(garage="G")).values()) == {"bay:G"}


def test_lift_feeder_and_water_concern_whom_they_serve() -> None:
    tower = house("A", 6, 3, 2)
    whole = estate(tower, outside=2)
    place = Place(Text("x", "字"), "A", lift="L2", zone="F1", riser="R1", floor=-1)
    assert {whole.units[u].floor for u in affected("lift", whole, place)} == {1, 2, 3}
    assert set(reasons("power", whole, place).values()) == {"feeder:A-F1"}
    assert {whole.units[u].floor for u in affected("power", whole, place)} == {1, 2}
    burst = reasons("burst", whole, replace(place, floor=2))
    assert burst["A-02-01"] == "source"
    assert burst["A-01-01"] == "below"
    assert burst["A-06-03"] == "storeroom:G", "it has a room in the basement"


def test_water_reaches_the_bays_at_its_level_and_under_it() -> None:
    body = {"id": "G", "name": WORDS, "bays": [{"outside": 2, "floor": -1}, {"outside": 3}]}
    rooms = [{"outside": 2, "floor": -2}]
    file = {
        "estate": "deep", "name": WORDS, "timezone": "UTC", "phone": "1", "buildings": [],
        "devices": [], "garages": [{**body, "storerooms": rooms}],
    }  # fmt: skip
    whole = expand(parse(file), device_types())
    place = Place(Text("x", "字"), floor=-2, garage="G")
    assert reasons("flood", whole, place) == {
        "G-S001": "storeroom:G", "G-S002": "storeroom:G",
        "G-P003": "bay:G", "G-P004": "bay:G", "G-P005": "bay:G",
    }  # fmt: skip
    assert len(affected("flood", whole, replace(place, floor=-1))) == 7
