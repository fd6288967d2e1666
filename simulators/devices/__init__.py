"""Device models, one pure state machine per family; `models` has one for each device.

They may import `rules` and each other. What is at rest here comes to life by a scenario.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.estate.graph import Device, Estate
from simulators.devices.fire import CallPoint, Detector
from simulators.devices.lift import Lift
from simulators.devices.model import Model, Report, Signals, dice
from simulators.devices.sensors import (
    Anemometer,
    FieldGateway,
    LeakSensor,
    MachineRoomTemperature,
    Mains,
    PipeWellTemperature,
    RainGauge,
    WarningFeed,
)
from simulators.devices.surroundings import Surroundings
from simulators.devices.water import (
    Booster,
    FireMainPressure,
    GarageLevel,
    RiserFlow,
    RiserPressure,
    SumpLevel,
    SumpPump,
)
from simulators.errors import EstateNotLoadable

__all__ = ["Model", "Report", "Signals", "models"]


def models(estate: Estate, seed: int) -> dict[str, Model]:
    """A model for every device of the estate, by device id; the same seed gives the same ones.

    Raises EstateNotLoadable: the time zone is unknown here, or no model fits a device.
    """
    try:
        around = Surroundings(seed, ZoneInfo(estate.timezone))
    except ZoneInfoNotFoundError:
        raise EstateNotLoadable(
            f"timezone {estate.timezone!r}: no such zone on this machine; "
            "correct it, or install the tzdata package"
        ) from None
    return {device.id: _model(device, estate, around) for device in estate.devices.values()}


def _model(device: Device, estate: Estate, around: Surroundings) -> Model:
    building = device.place.building or ""
    zone = device.place.zone or ""
    chance = dice(around.seed, device.id)
    match device.type, device.location:
        case (("smoke" | "heat"), _):
            return Detector(chance)
        case "call_point", _:
            return CallPoint()
        case "leak", _:
            return LeakSensor(chance)
        case "pressure", "fire_main":
            return FireMainPressure(chance)
        case "pressure", _:
            return RiserPressure(around, building, zone, chance)
        case "flow", _:
            return RiserFlow(around, chance)
        case "pump", "pit":
            return SumpPump(around, building, 2 if device.id.endswith("2") else 1)
        case "pump", _:
            return Booster(around, building, zone)
        case "level", "pit":
            return SumpLevel(around, building, chance)
        case "level", _:
            return GarageLevel(chance)
        case "lift", _:
            floors = estate.buildings[building].floors if building else 10
            return Lift(around, floors, chance)
        case "temperature", "machine_room":
            return MachineRoomTemperature(around, chance)
        case "temperature", _:
            return PipeWellTemperature(around, chance)
        case "rain", _:
            return RainGauge(around)
        case "wind", _:
            return Anemometer(chance)
        case "mains", _:
            return Mains(chance)
        case "warning", _:
            return WarningFeed()
        case "gateway", _:
            return FieldGateway()
    raise EstateNotLoadable(
        f"device {device.id}: type {device.type!r} has no model; leave it out of the simulation"
    )
