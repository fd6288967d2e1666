"""The estate's graph: buildings, floors, flats, risers, valves, lifts, garages and devices.

It holds no personal data: a household is an id (that of its flat, or of its parking bay).
Grown by `rules.estate.file` from the YAML form, which is what an `estate` input carries.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rules.vocabulary.place import Place
from rules.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class Unit:
    """A flat: `number` is its column on the floor (1, 2, …), `riser` the pipe that feeds it."""

    id: str
    building: str
    floor: int
    number: int
    riser: str
    water_zone: str


@dataclass(frozen=True, slots=True)
class Valve:
    """Closing it leaves the flats `isolates` (unit ids, by its riser and zone) dry."""

    id: str
    building: str
    riser: str
    water_zone: str
    place: Text
    isolates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """`floors` are those it stops at; a basement is negative."""

    id: str
    building: str
    name: Text
    floors: frozenset[int]


@dataclass(frozen=True, slots=True)
class Feeder:
    """A power line of a building; without it the flats `feeds` are dark."""

    id: str
    building: str
    name: Text
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Garage:
    """`users` are the households that have a bay in it, `storerooms` those with a room there.

    `floors` is the floor of a household's bay, where the estate says it.
    """

    id: str
    name: Text
    users: tuple[str, ...]
    storerooms: tuple[str, ...] = ()
    floors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Building:
    id: str
    name: Text
    floors: int
    assembly_place: Text


@dataclass(frozen=True, slots=True)
class Device:
    """`location` says what it watches where the rules care: `kitchen`, `lift_pit`, `garage`, …

    `heartbeat_s` is its type's: the longest silence of a healthy one, in seconds; `lateness_s`
    how long its readings wait for earlier ones.
    """

    id: str
    type: str
    location: str
    place: Place
    heartbeat_s: float
    lateness_s: float = 0


@dataclass(frozen=True)
class Estate:
    """All of one property, by id. Look-ups that rules need are worked out once."""

    id: str
    name: Text
    timezone: str
    phone: str
    buildings: dict[str, Building]
    units: dict[str, Unit]
    valves: dict[str, Valve]
    lifts: dict[str, Lift]
    garages: dict[str, Garage]
    devices: dict[str, Device]
    feeders: dict[str, Feeder] = field(default_factory=dict)

    @staticmethod
    def nothing(estate_id: str) -> "Estate":
        """An estate before its first import: no buildings, no devices."""
        return Estate(estate_id, Text("", ""), "UTC", "", {}, {}, {}, {}, {}, {})

    @cached_property
    def units_by_building(self) -> dict[str, list[Unit]]:
        """Flats of each building, by floor, then by number."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in sorted(self.units.values(), key=lambda u: (u.floor, u.number)):
            found[unit.building].append(unit)
        return found

    @cached_property
    def _by_place(self) -> dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], list[Device]]]:
        return {}

    def devices_by_place(
        self, type_: str, fields: tuple[str, ...]
    ) -> dict[tuple[Any, ...], list[Device]]:
        """Devices of `type_` by the values of these fields of their place, each in order of id.

        Worked out once for each type and fields: binding rules asks for it device by device.
        """
        if (found := self._by_place.get((type_, fields))) is None:
            found = defaultdict(list)
            for device in self.devices_by_type.get(type_, []):
                found[tuple(getattr(device.place, name) for name in fields)].append(device)
            self._by_place[type_, fields] = found
        return found

    @cached_property
    def devices_by_type(self) -> dict[str, list[Device]]:
        """Devices of each type, in order of id."""
        found: dict[str, list[Device]] = defaultdict(list)
        for device in sorted(self.devices.values(), key=lambda d: d.id):
            found[device.type].append(device)
        return found

    @cached_property
    def households(self) -> tuple[str, ...]:
        """Every household: those of the flats, and those that only rent a bay or a storeroom."""
        garages = self.garages.values()
        users = {user for garage in garages for user in (*garage.users, *garage.storerooms)}
        return tuple(sorted(users | self.units.keys()))
