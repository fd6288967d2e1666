"""The estate as a person writes it: one YAML file, buildings and devices by pattern.

`read` checks its form and `expand` turns it into the graph of `rules.estate.graph`; every fault
names its field and remedy, and all of them are told at once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rules.estate.device_patterns import DevicePart, Surroundings, expand_devices, floors_of
from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Building, Estate, Feeder, Garage, Lift, Unit, Valve
from rules.vocabulary.text import Text
from rules.written.sentences import sentences


class EstateFault(Exception):
    """The file cannot become an estate; `faults` has one sentence each, with the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _range(text: str) -> str:
    floors_of(text)
    return text


def _stops(text: str) -> str:
    """Like a range of floors, but it may begin below ground. Raises ValueError."""
    stops_of(text)
    return text


def stops_of(text: str) -> range:
    """The floors from the first to the last of `-2-18`. Raises ValueError: it is no such range."""
    found = re.fullmatch(r"(-?\d{1,3})-(-?\d{1,3})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"{text!r} is no range of floors; write one such as 1-18 or -2-18")
    return range(int(found[1]), int(found[2]) + 1)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; use an IANA name such as Asia/Shanghai") from None
    return name


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
Floors = Annotated[str, AfterValidator(_range)]
"""A range of floors such as `10-18`."""


class RiserPart(_Part):
    """A vertical pipe and the flat numbers on each floor that it feeds."""

    id: Id
    flats: list[int]


class WaterZonePart(_Part):
    """The floors that one set of booster pumps feeds."""

    id: Id
    floors: Floors


class ValvePart(_Part):
    """It closes the part of `riser` that lies in water zone `zone`."""

    id: Id
    riser: str
    zone: str
    place: Text


class LiftPart(_Part):
    """`floors` is where it stops, such as `1-18` or `-2-18`; every floor where it is left out."""

    id: Id
    name: Text
    floors: Annotated[str, AfterValidator(_stops)] | None = None


class FeederPart(_Part):
    """A power line and the flats it feeds: those of `floors`, with these numbers if given."""

    id: Id
    name: Text
    floors: Floors
    flats: list[int] | None = None


class BuildingPart(_Part):
    id: Id
    name: Text
    floors: int = Field(ge=1, le=200)
    flats_per_floor: int = Field(ge=1, le=40)
    risers: list[RiserPart]
    water_zones: list[WaterZonePart]
    valves: list[ValvePart] = []
    lifts: list[LiftPart] = []
    feeders: list[FeederPart] = []
    assembly_place: Text


class BayPart(_Part):
    """Bays go to the flats of `building` in order, or to `outside` users without a flat.

    `floor` is the basement they lie on (-1 is the first); storerooms are given in the same way.
    """

    building: str | None = None
    outside: int = Field(default=0, ge=0)
    floor: int | None = Field(default=None, ge=-9, le=9)


class GaragePart(_Part):
    id: Id
    name: Text
    bays: list[BayPart]
    storerooms: list[BayPart] = []


class EstateFile(_Part):
    """The whole file. `phone` is the control room's, as residents are told it."""

    estate: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: Text
    timezone: Annotated[str, AfterValidator(_known_zone)]
    phone: str
    buildings: list[BuildingPart]
    garages: list[GaragePart] = []
    devices: list[DevicePart]


def read(text: str) -> EstateFile:
    """The file's form from its YAML. Raises EstateFault: not YAML, or not of the form."""
    try:
        return parse(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise EstateFault([f"file: {' '.join(str(error).split())}; mend the YAML there"]) from None


def parse(data: Any) -> EstateFile:
    """Check the file's form. Raises EstateFault."""
    try:
        return EstateFile.model_validate(data)
    except ValidationError as error:
        raise EstateFault(sentences(error)) from None


def expand(file: EstateFile, types: DeviceTypes) -> Estate:
    """The graph that the file describes. Raises EstateFault: names that lead nowhere, or twice."""
    faults = [*_repeated_ids(file)]
    buildings = {b.id: Building(b.id, b.name, b.floors, b.assembly_place) for b in file.buildings}
    by_building = {b.id: list(_units(b, faults)) for b in file.buildings}
    units = {u.id: u for flats in by_building.values() for u in flats}
    lifts = {f"{b.id}-{x.id}": _lift(b, x) for b in file.buildings for x in b.lifts}
    garages = {g.id: _garage(g, by_building, faults) for g in file.garages}
    risers = {b.id: frozenset(r.id for r in b.risers) for b in file.buildings}
    around = Surroundings(buildings, risers, units, lifts, garages)
    estate = Estate(
        id=file.estate,
        name=file.name,
        timezone=file.timezone,
        phone=file.phone,
        buildings=buildings,
        units=units,
        valves={v.id: v for b in file.buildings for v in _valves(b, by_building[b.id], faults)},
        lifts=lifts,
        garages=garages,
        devices=expand_devices(file.devices, types, around, faults),
        feeders={f.id: f for b in file.buildings for f in _feeders(b, by_building[b.id], faults)},
    )
    if faults:
        raise EstateFault(faults)
    return estate


def _repeated_ids(file: EstateFile) -> Iterator[str]:
    yield from _repeated("buildings", (b.id for b in file.buildings))
    yield from _repeated("garages", (g.id for g in file.garages))
    for b in file.buildings:
        where = f"buildings.{b.id}"
        yield from _repeated(f"{where}.risers", (r.id for r in b.risers))
        yield from _repeated(f"{where}.water_zones", (z.id for z in b.water_zones))
        yield from _repeated(f"{where}.valves", (v.id for v in b.valves))
        yield from _repeated(f"{where}.lifts", (x.id for x in b.lifts))
        yield from _repeated(f"{where}.feeders", (f.id for f in b.feeders))
        yield from _repeated(f"{where}.risers.flats", (f for r in b.risers for f in r.flats))
        yield from _repeated(
            f"{where}.water_zones.floors", (f for z in b.water_zones for f in floors_of(z.floors))
        )


def _repeated(where: str, names: Iterable[str | int]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{where}: {name!r} stands {count} times; keep one"


def _units(building: BuildingPart, faults: list[str]) -> Iterator[Unit]:
    riser = {flat: r.id for r in building.risers for flat in r.flats}
    zone = {f: z.id for z in building.water_zones for f in floors_of(z.floors)}
    for floor in range(1, building.floors + 1):
        for number in range(1, building.flats_per_floor + 1):
            if number not in riser or floor not in zone:
                faults.append(
                    f"buildings.{building.id}: flat {floor:02}-{number:02} has no riser or no "
                    "water zone; name it in risers.flats and water_zones.floors"
                )
                continue
            yield Unit(
                id=f"{building.id}-{floor:02}-{number:02}",
                building=building.id,
                floor=floor,
                number=number,
                riser=riser[number],
                water_zone=zone[floor],
            )


def _valves(building: BuildingPart, units: list[Unit], faults: list[str]) -> Iterator[Valve]:
    for valve in building.valves:
        isolates = tuple(
            u.id for u in units if (u.riser, u.water_zone) == (valve.riser, valve.zone)
        )
        if not isolates:
            faults.append(
                f"buildings.{building.id}.valves.{valve.id}: no flat has riser {valve.riser!r} "
                f"and zone {valve.zone!r}; use the ids in risers and water_zones"
            )
        yield Valve(
            f"{building.id}-{valve.id}", building.id, valve.riser, valve.zone, valve.place, isolates
        )


def _lift(building: BuildingPart, lift: LiftPart) -> Lift:
    floors = stops_of(lift.floors) if lift.floors else range(1, building.floors + 1)
    return Lift(lift.id, building.id, lift.name, frozenset(floors))


def _feeders(building: BuildingPart, units: list[Unit], faults: list[str]) -> Iterator[Feeder]:
    for feeder in building.feeders:
        floors = floors_of(feeder.floors)
        feeds = tuple(
            u.id
            for u in units
            if u.floor in floors and (feeder.flats is None or u.number in feeder.flats)
        )
        if not feeds:
            faults.append(
                f"buildings.{building.id}.feeders.{feeder.id}: no flat lies on floors "
                f"{feeder.floors} with such a number; use floors and flats of the building"
            )
        yield Feeder(f"{building.id}-{feeder.id}", building.id, feeder.name, feeds)


def _garage(garage: GaragePart, units: dict[str, list[Unit]], faults: list[str]) -> Garage:
    bays = _users(garage.id, "bays", "P", garage.bays, units, faults)
    rooms = _users(garage.id, "storerooms", "S", garage.storerooms, units, faults)
    floors = {user: floor for user, floor in {**rooms, **bays}.items() if floor is not None}
    return Garage(garage.id, garage.name, tuple(bays), tuple(rooms), floors)


def _users(
    garage: str, what: str, letter: str, parts: list[BayPart], units: dict[str, list[Unit]],
    faults: list[str],
) -> dict[str, int | None]:  # fmt: skip
    """Who has a bay or a storeroom, and on which floor."""
    where = f"garages.{garage}.{what}"
    users: list[tuple[str, int | None]] = []
    for part in parts:
        flats = [u.id for u in units.get(part.building or "", [])]
        if part.building is not None and not flats:
            faults.append(f"{where}: no building {part.building!r}; use an id of buildings")
        users.extend((flat, part.floor) for flat in flats)
        for _ in range(part.outside):
            users.append((f"{garage}-{letter}{len(users) + 1:03}", part.floor))
    faults.extend(_repeated(where, (user for user, _ in users)))
    return dict(users)
