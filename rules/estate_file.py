"""The estate as a person writes it: one YAML file, buildings and devices by pattern.

`expand` turns it into the graph of `rules.estate`; every fault names its field and remedy.
"""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rules.device_types import DeviceTypes
from rules.estate import Building, Device, Estate, Garage, Lift, Unit, Valve
from rules.places import Place
from rules.text import Text


class EstateFault(Exception):
    """The file cannot become an estate; `faults` has one sentence each, with the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_ID = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")
_DEVICE_ID = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,63}$")


class RiserPart(_Part):
    """A vertical pipe and the flat numbers on each floor that it feeds."""

    id: str = _ID
    flats: list[int]


class WaterZonePart(_Part):
    """`floors` is a range such as `10-18`."""

    id: str = _ID
    floors: str


class ValvePart(_Part):
    id: str = _ID
    riser: str
    zone: str
    place: Text


class LiftPart(_Part):
    id: str = _ID
    name: Text


class BuildingPart(_Part):
    id: str = _ID
    name: Text
    floors: int = Field(ge=1, le=200)
    flats_per_floor: int = Field(ge=1, le=40)
    risers: list[RiserPart]
    water_zones: list[WaterZonePart]
    valves: list[ValvePart] = []
    lifts: list[LiftPart] = []
    assembly_place: Text


class BayPart(_Part):
    """Bays go to the flats of `building` in order, or to `outside` users without a flat."""

    building: str | None = None
    outside: int = Field(default=0, ge=0)


class GaragePart(_Part):
    id: str = _ID
    name: Text
    bays: list[BayPart]


class DevicePart(_Part):
    """One device, or a pattern of them.

    `each_floor: 1-18` and `each_flat: [1, 2]` repeat it; `{floor}` and `{flat}` in `id` and
    `place` stand for two digits, so `b3-{floor}-{flat}-kitchen` gives `b3-05-01-kitchen`.
    """

    id: str
    type: str
    location: str = ""
    building: str | None = None
    each_floor: str | None = None
    each_flat: list[int] | None = None
    floor: int | None = None
    riser: str | None = None
    zone: str | None = None
    lift: str | None = None
    garage: str | None = None
    place: Text


class EstateFile(_Part):
    """The whole file. `phone` is the control room's, as residents are told it."""

    estate: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: Text
    timezone: str
    phone: str
    buildings: list[BuildingPart]
    garages: list[GaragePart] = []
    devices: list[DevicePart]


def parse(data: Any) -> EstateFile:
    """Check the file's form. Raises EstateFault."""
    try:
        return EstateFile.model_validate(data)
    except ValidationError as error:
        raise EstateFault(
            [
                f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']} (got {e['input']!r:.80})"
                for e in error.errors()
            ]
        ) from None


def expand(file: EstateFile, types: DeviceTypes) -> Estate:
    """The graph that the file describes. Raises EstateFault: names that lead nowhere, twice."""
    faults: list[str] = []
    units = {u.id: u for b in file.buildings for u in _units(b, faults)}
    devices = _devices(file, types, units, faults)
    estate = Estate(
        id=file.estate,
        name=file.name,
        timezone=file.timezone,
        phone=file.phone,
        buildings={b.id: Building(b.id, b.name, b.floors, b.assembly_place) for b in file.buildings},
        units=units,
        valves={v.id: v for b in file.buildings for v in _valves(b, units, faults)},
        lifts={f"{b.id}-{x.id}": Lift(x.id, b.id, x.name) for b in file.buildings for x in b.lifts},
        garages={g.id: Garage(g.id, g.name, tuple(_users(g, units, faults))) for g in file.garages},
        devices=devices,
    )
    if faults:
        raise EstateFault(faults)
    return estate


def floors_of(text: str) -> range:
    """`10-18` as range(10, 19). Raises ValueError: not of that form."""
    match = re.fullmatch(r"(-?\d+)-(-?\d+)", text)
    if match is None:
        raise ValueError(f"floors {text!r}: write a range such as 1-18")
    return range(int(match[1]), int(match[2]) + 1)


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


def _valves(
    building: BuildingPart, units: dict[str, Unit], faults: list[str]
) -> Iterator[Valve]:
    for valve in building.valves:
        isolates = tuple(
            u.id
            for u in units.values()
            if (u.building, u.riser, u.water_zone) == (building.id, valve.riser, valve.zone)
        )
        if not isolates:
            faults.append(
                f"buildings.{building.id}.valves.{valve.id}: no flat has riser {valve.riser!r} "
                f"and zone {valve.zone!r}; use the ids in risers and water_zones"
            )
        yield Valve(
            f"{building.id}-{valve.id}", building.id, valve.riser, valve.zone, valve.place, isolates
        )


def _users(garage: GaragePart, units: dict[str, Unit], faults: list[str]) -> Iterator[str]:
    bay = 0
    for part in garage.bays:
        flats = [u.id for u in units.values() if u.building == part.building]
        if part.building is not None and not flats:
            faults.append(f"garages.{garage.id}.bays: no building {part.building!r}")
        yield from flats
        bay += len(flats)
        for _ in range(part.outside):
            bay += 1
            yield f"{garage.id}-P{bay:03}"


def _devices(
    file: EstateFile, types: DeviceTypes, units: dict[str, Unit], faults: list[str]
) -> dict[str, Device]:
    found: dict[str, Device] = {}
    buildings = {b.id: b for b in file.buildings}
    for part in file.devices:
        if part.type not in types.by_id:
            faults.append(
                f"devices.{part.id}: type {part.type!r} is unknown; "
                f"use one of {', '.join(sorted(types.by_id))}"
            )
        if part.building is not None and part.building not in buildings:
            faults.append(f"devices.{part.id}: no building {part.building!r}")
            continue
        for device in _expand_device(part, units):
            if device.id in found:
                faults.append(f"devices.{part.id}: id {device.id!r} stands twice; rename one")
            if not _DEVICE_ID.match(device.id):
                faults.append(f"devices.{part.id}: id {device.id!r}: use a-z, 0-9, - _ . only")
            found[device.id] = device
    return found


def _expand_device(part: DevicePart, units: dict[str, Unit]) -> Iterator[Device]:
    floors = floors_of(part.each_floor) if part.each_floor else [part.floor]
    for floor in floors:
        for flat in part.each_flat or [None]:
            names = {"floor": f"{floor:02}" if floor is not None else "", "flat": f"{flat or 0:02}"}
            unit = units.get(f"{part.building}-{floor:02}-{flat:02}") if floor and flat else None
            yield Device(
                id=part.id.format_map(names),
                type=part.type,
                location=part.location,
                place=Place(
                    text=part.place.fill(**names),
                    building=part.building,
                    floor=floor,
                    unit=unit.id if unit else None,
                    riser=part.riser or (unit.riser if unit else None),
                    zone=part.zone.format_map(names) if part.zone else None,
                    lift=part.lift,
                    garage=part.garage,
                ),
            )
