"""Who is affected, and why: pure functions over the estate's graph, one per audience.

Each gives household ids with the wave in which they are told, 0 first, and the reason as a code
(`code` or `code:id`), which the console puts into words (DOMAIN section 4).
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from rules.estate.graph import Estate, Garage, Unit, Valve
from rules.vocabulary.place import Place

Audience = Literal[
    "fire", "building", "leak", "burst", "shut_off", "lift", "power", "weather", "freezing",
    "flood", "garage_users",
]  # fmt: skip


class Why(NamedTuple):
    """When a household is told, and what concerns it."""

    wave: int
    reason: str


Affected = dict[str, Why]
"""Household id → why."""

LEAK_FLOORS_BELOW = 3
"""A leak reaches the flat itself and three floors below it (DOMAIN 4.3)."""

ADDED = Why(0, "added")
"""A person put the household on the list."""


def affected(audience: Audience, estate: Estate, place: Place) -> Affected:
    """The households of `audience` for something at `place`; empty where it concerns none."""
    return _AUDIENCES[audience](estate, place)


def valves_for(estate: Estate, place: Place) -> list[Valve]:
    """The valves to close for water at `place`: those of its riser, in its zone if it has one."""
    unit = estate.units.get(place.unit or "")
    zone = unit.water_zone if unit else place.zone
    return [
        valve
        for valve in estate.valves.values()
        if valve.building == place.building
        and valve.riser == place.riser
        and zone in (None, valve.water_zone)
    ]


def _units(estate: Estate, place: Place) -> list[Unit]:
    return estate.units_by_building.get(place.building or "", [])


def _fire(estate: Estate, place: Place) -> Affected:
    """Fire floor and its neighbours, then the floors above, then the rest of the building."""
    floor = place.floor
    if floor is None:
        return _building(estate, place)
    return {unit.id: _by_fire(unit.floor, floor) for unit in _units(estate, place)}


def _by_fire(floor: int, fire_floor: int) -> Why:
    if floor == fire_floor:
        return Why(0, "fire_floor")
    if abs(_storey(floor) - _storey(fire_floor)) <= 1:
        return Why(0, "neighbour_floor")
    return Why(1, "above") if floor > fire_floor else Why(2, "rest_of_building")


def _storey(floor: int) -> int:
    """A number that also counts on from the first basement, -1, to the ground floor, 1."""
    return floor if floor > 0 else floor + 1


def _building(estate: Estate, place: Place) -> Affected:
    return {unit.id: Why(0, f"building:{unit.building}") for unit in _units(estate, place)}


def _leak(estate: Estate, place: Place) -> Affected:
    """The leaking flat, then the same column three floors down."""
    source = estate.units.get(place.unit or "")
    if source is None:
        return {}
    return {
        unit.id: Why(0, "source") if unit.id == source.id else Why(1, "below")
        for unit in _units(estate, place)
        if unit.number == source.number
        and source.floor - LEAK_FLOORS_BELOW <= unit.floor <= source.floor
    }


def _burst(estate: Estate, place: Place) -> Affected:
    """All flats on the riser from the burst downwards, and the building's basement rooms."""
    if place.riser is None:
        return {}
    wet = [
        unit
        for unit in _units(estate, place)
        if unit.riser == place.riser and (place.floor is None or unit.floor <= place.floor)
    ]
    flats = {u.id: Why(0, "source" if u.floor == place.floor else "below") for u in wet}
    return _storerooms(estate, {unit.id for unit in _units(estate, place)}) | flats


def _shut_off(estate: Estate, place: Place) -> Affected:
    """Exactly the flats that the valves to close leave dry."""
    return {
        unit: Why(0, f"valve:{valve.id}")
        for valve in valves_for(estate, place)
        for unit in valve.isolates
    }


def _lift(estate: Estate, place: Place) -> Affected:
    """The floors that the lift serves; the whole building where it is not known."""
    lift = estate.lifts.get(f"{place.building}-{place.lift}")
    if lift is None:
        return _building(estate, place)
    return {
        unit.id: Why(0, f"lift:{place.building}-{lift.id}")
        for unit in _units(estate, place)
        if unit.floor in lift.floors
    }


def _power(estate: Estate, place: Place) -> Affected:
    """What the feeder feeds; the whole building where none is named."""
    feeder = estate.feeders.get(f"{place.building}-{place.zone}")
    if feeder is None:
        return _building(estate, place)
    return {unit: Why(0, f"feeder:{feeder.id}") for unit in feeder.feeds}


def _weather(estate: Estate, _: Place) -> Affected:
    """Every flat, the top floors first (DOMAIN 4.5)."""
    return {
        unit.id: Why(0, "top_floor") if _is_on_top(estate, unit) else Why(1, "estate")
        for unit in estate.units.values()
    }


def _freezing(estate: Estate, _: Place) -> Affected:
    """Flats with more outside wall than others: on top, and at the ends of a floor (DOMAIN 4.6)."""
    last = {
        building: max(unit.number for unit in units)
        for building, units in estate.units_by_building.items()
    }
    found: Affected = {}
    for unit in estate.units.values():
        if _is_on_top(estate, unit):
            found[unit.id] = Why(0, "top_floor")
        elif unit.number in (1, last[unit.building]):
            found[unit.id] = Why(0, "end_flat")
    return found


def _is_on_top(estate: Estate, unit: Unit) -> bool:
    return unit.floor == estate.buildings[unit.building].floors


def _flood(estate: Estate, place: Place) -> Affected:
    """Bay and storeroom users at the water's level or under it, and the ground-floor flats above.

    Where a bay's floor is not known, its user is told as well (DOMAIN 4.4).
    """
    found: Affected = {}
    for garage in _garages(estate, place):
        housed = {estate.units[u].building for u in garage.users if u in estate.units}
        ground = [u for u in estate.units.values() if u.floor == 1 and u.building in housed]
        found |= {unit.id: Why(0, "ground_floor") for unit in ground}
        for what, users in (("storeroom", garage.storerooms), ("bay", garage.users)):
            why = Why(0, f"{what}:{garage.id}")
            found |= {user: why for user in users if _is_reached(garage, user, place.floor)}
    return found


def _is_reached(garage: Garage, user: str, water_floor: int | None) -> bool:
    floor = garage.floors.get(user)
    return floor is None or water_floor is None or floor <= water_floor


def _garages(estate: Estate, place: Place) -> Iterable[Garage]:
    """The garage at `place`, or every garage where the place names none."""
    named = estate.garages.get(place.garage or "")
    return [named] if named else estate.garages.values()


def _storerooms(estate: Estate, households: set[str]) -> Affected:
    """Those of `households` that have a storeroom, which lies in the basement."""
    return {
        user: Why(1, f"storeroom:{garage.id}")
        for garage in estate.garages.values()
        for user in garage.storerooms
        if user in households
    }


def _garage_users(estate: Estate, place: Place) -> Affected:
    garages = _garages(estate, place)
    return {user: Why(0, f"bay:{garage.id}") for garage in garages for user in garage.users}


_AUDIENCES: dict[Audience, Callable[[Estate, Place], Affected]] = {
    "fire": _fire,
    "building": _building,
    "leak": _leak,
    "burst": _burst,
    "shut_off": _shut_off,
    "lift": _lift,
    "power": _power,
    "weather": _weather,
    "freezing": _freezing,
    "flood": _flood,
    "garage_users": _garage_users,
}
