"""Devices as the estate's file writes them: singly, or by a pattern for each floor, flat, riser.

The parts of the form that name places live here too, since a pattern is checked against them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from pydantic import BaseModel, ConfigDict

from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Building, Device, Garage, Lift, Unit
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

_DEVICE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_LOWEST_FLOOR = -9


class DevicePart(BaseModel):
    """One device, or a pattern of them: it repeats for each of every `each_` field's values.

    `{building}`, `{floor}`, `{flat}`, `{riser}` and `{lift}` stand for the values in force. In
    `id` they are lower-case and a floor has two digits, elsewhere as people say them: with
    `each_floor: 1-18` and `each_flat: [1, 2]`, `b3-{floor}-{flat}-kitchen` gives
    `b3-05-01-kitchen`, and `{floor}F-{flat}` gives `5F-01`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: str
    place: Text
    location: str = ""
    building: str | None = None
    floor: int | None = None
    riser: str | None = None
    zone: str | None = None
    lift: str | None = None
    garage: str | None = None
    each_building: tuple[str, ...] = ()
    each_floor: str | None = None
    each_flat: tuple[int, ...] = ()
    each_riser: tuple[str, ...] = ()
    each_lift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device's place may name. `risers` has the ids of each building's risers."""

    buildings: Mapping[str, Building]
    risers: Mapping[str, frozenset[str]]
    units: Mapping[str, Unit]
    lifts: Mapping[str, Lift]
    garages: Mapping[str, Garage]


def floors_of(text: str) -> range:
    """`10-18` as range(10, 19). Raises ValueError: not of that form, or upside down."""
    match = re.fullmatch(r"(-?\d+)-(-?\d+)", text)
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError(f"floors {text!r}: write a range such as 1-18")
    return range(int(match[1]), int(match[2]) + 1)


def expand_devices(
    parts: list[DevicePart], types: DeviceTypes, around: Surroundings, faults: list[str]
) -> dict[str, Device]:
    """Every device by id, in the file's order. What is wrong is appended to `faults`."""
    found: dict[str, Device] = {}
    for part in parts:
        if part.type not in types.by_id:
            faults.append(
                f"devices.{part.id}: type {part.type!r} is unknown; "
                f"use one of {', '.join(sorted(types.by_id))}"
            )
        try:
            devices = list(_devices(part, types, around.units))
        except KeyError as error:
            faults.append(
                f"devices.{part.id}: {{{error.args[0]}}} has no value; set {error.args[0]} "
                f"or each_{error.args[0]}"
            )
            continue
        except (ValueError, IndexError, AttributeError) as error:
            faults.append(f"devices.{part.id}: {error}")
            continue
        for device in devices:
            faults.extend(f"devices.{device.id}: {f}" for f in _faults(device, found, around))
            found[device.id] = device
    return found


def _devices(part: DevicePart, types: DeviceTypes, units: Mapping[str, Unit]) -> Iterator[Device]:
    type_ = types.by_id.get(part.type)
    floors = list(floors_of(part.each_floor)) if part.each_floor else [part.floor]
    for building, floor, flat, riser, lift in product(
        part.each_building or [part.building],
        floors,
        part.each_flat or [None],
        part.each_riser or [part.riser],
        part.each_lift or [part.lift],
    ):
        names = _names(building=building, floor=floor, flat=flat, riser=riser, lift=lift)
        unit_id = None if flat is None else f"{building}-{floor or 0:02}-{flat:02}"
        unit = units.get(unit_id or "")
        yield Device(
            id=_device_id(part.id, names, floor),
            type=part.type,
            location=part.location,
            place=Place(
                text=part.place.fill(**names),
                building=building,
                floor=floor,
                unit=unit_id,
                riser=riser or (unit.riser if unit else None),
                zone=part.zone.format_map(names) if part.zone else None,
                lift=lift,
                garage=part.garage.format_map(names) if part.garage else None,
            ),
            heartbeat_s=type_.heartbeat_s if type_ else 0,
            lateness_s=type_.lateness_s if type_ else 0,
        )


def _names(*, flat: int | None, **values: str | int | None) -> dict[str, str]:
    names = {name: str(value) for name, value in values.items() if value is not None}
    return names if flat is None else {**names, "flat": f"{flat:02}"}


def _device_id(pattern: str, names: dict[str, str], floor: int | None) -> str:
    lower = {name: value.lower() for name, value in names.items()}
    return pattern.format_map(lower if floor is None else {**lower, "floor": f"{floor:02}"})


def _faults(device: Device, found: Mapping[str, Device], around: Surroundings) -> Iterator[str]:
    place = device.place
    if device.id in found:
        yield "the id stands twice; rename one"
    if not _DEVICE_ID.fullmatch(device.id):
        yield "an id has 1 to 64 of a-z, 0-9, - _ . and starts with a letter or a digit"
    if place.garage is not None and place.garage not in around.garages:
        yield f"no garage {place.garage!r}; {_use(around.garages)}"
    if place.building is None:
        if (place.floor, place.unit, place.riser, place.lift) != (None, None, None, None):
            yield "floor, flat, riser and lift need a building; set building or each_building"
        return
    building = around.buildings.get(place.building)
    if building is None:
        yield f"no building {place.building!r}; {_use(around.buildings)}"
        return
    if place.floor is not None and not _LOWEST_FLOOR <= place.floor <= building.floors:
        yield f"floor {place.floor}: {building.id} has floors up to {building.floors}"
    if place.unit is not None and place.unit not in around.units:
        yield f"no flat {place.unit!r}; {building.id} ends before it"
    risers = around.risers[building.id]
    if place.riser is not None and place.riser not in risers:
        yield f"no riser {place.riser!r} in {building.id}; {_use(risers)}"
    lift = around.lifts.get(f"{building.id}-{place.lift}")
    if place.lift is not None and (lift is None or lift.building != building.id):
        lifts = [lift.id for lift in around.lifts.values() if lift.building == building.id]
        yield f"no lift {place.lift!r} in {building.id}; {_use(lifts)}"


def _use(names: Mapping[str, object] | frozenset[str] | list[str]) -> str:
    return f"use one of {', '.join(sorted(names))}" if names else "the estate has none, add it"
