"""The sample estate, as the step knows it after its import."""

from functools import cache
from typing import Any

import yaml

from rules.catalogue import device_types, rulebook
from rules.estate.file import expand, parse
from rules.estate.graph import Device
from rules.state.inputs import EstateChanged
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from simulators.estate import SAMPLE

START: Instant = 1_782_864_000 * SECOND


@cache
def file() -> dict[str, Any]:
    """The estate's file, as data that nobody changes."""
    body: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    return body


@cache
def few(*devices: str) -> dict[str, Any]:
    """The estate's file with these of its devices alone: bound many times as fast."""
    known = expand(parse(file()), device_types()).devices
    return {**file(), "devices": [_singly(known[id_]) for id_ in devices]}


def riverside(*devices: str) -> State:
    """A state in which nothing has been heard yet; of all devices, or of these alone."""
    state = State.empty("riverside", rulebook())
    step(state, EstateChanged(1, few(*devices) if devices else file()), START)
    return state


def _singly(device: Device) -> dict[str, Any]:
    """A device as the file writes one that stands for itself."""
    place = device.place
    in_flat = {} if place.unit is None else {"each_flat": [int(place.unit.rpartition("-")[2])]}
    where = {
        "building": place.building, "floor": place.floor, "zone": place.zone, "lift": place.lift,
        "garage": place.garage, "riser": None if in_flat else place.riser,
    }  # fmt: skip
    return {
        "id": device.id, "type": device.type, "location": device.location,
        "place": {"en": place.text.en, "zh": place.text.zh}, **in_flat,
        **{name: value for name, value in where.items() if value is not None},
    }  # fmt: skip
