"""Who is affected: pure functions over the estate's graph, one per audience (DOMAIN section 4).

Each gives household ids with the wave in which they are told, 0 first.
"""

from collections.abc import Callable

from rules.estate import Estate, Unit, Valve
from rules.places import Place
from rules.rulebook import Audience

Affected = dict[str, int]
"""Household id → wave."""

LEAK_FLOORS_BELOW = 3
"""A leak reaches the flat itself and three floors below it (DOMAIN 4.3)."""


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
    if place.floor is None:
        return _building(estate, place)
    waves: Affected = {}
    for unit in _units(estate, place):
        if abs(_storey(unit.floor) - _storey(place.floor)) <= 1:
            waves[unit.id] = 0
        else:
            waves[unit.id] = 1 if unit.floor > place.floor else 2
    return waves


def _storey(floor: int) -> int:
    """A number that also counts on from the first basement, -1, to the ground floor, 1."""
    return floor if floor > 0 else floor + 1


def _building(estate: Estate, place: Place) -> Affected:
    return {unit.id: 0 for unit in _units(estate, place)}


def _leak(estate: Estate, place: Place) -> Affected:
    """The leaking flat, then the same column three floors down."""
    source = estate.units.get(place.unit or "")
    if source is None:
        return {}
    return {
        unit.id: 0 if unit.id == source.id else 1
        for unit in _units(estate, place)
        if unit.number == source.number
        and source.floor - LEAK_FLOORS_BELOW <= unit.floor <= source.floor
    }


def _burst(estate: Estate, place: Place) -> Affected:
    """All flats on the riser from the burst downwards."""
    if place.riser is None:
        return {}
    return {
        unit.id: 0
        for unit in _units(estate, place)
        if unit.riser == place.riser and (place.floor is None or unit.floor <= place.floor)
    }


def _shut_off(estate: Estate, place: Place) -> Affected:
    """Exactly the flats that the valves to close leave dry."""
    return {unit: 0 for valve in valves_for(estate, place) for unit in valve.isolates}


def _garage_users(estate: Estate, place: Place) -> Affected:
    """Bay users of the garage at `place`, or of every garage where the place names none."""
    garages = estate.garages
    concerned = [garages[place.garage]] if place.garage in garages else list(garages.values())
    return {user: 0 for garage in concerned for user in garage.users}


_AUDIENCES: dict[Audience, Callable[[Estate, Place], Affected]] = {
    "fire": _fire,
    "building": _building,
    "leak": _leak,
    "burst": _burst,
    "shut_off": _shut_off,
    "garage_users": _garage_users,
}
