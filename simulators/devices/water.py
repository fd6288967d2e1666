"""Water supply and drainage: pressure, flow, levels and pumps."""

from dataclasses import dataclass, field
from random import Random

from rules.vocabulary.instant import Instant
from simulators.devices.model import Report
from simulators.devices.surroundings import Cycle, Surroundings


@dataclass
class RiserPressure:
    """Pressure of one riser in one zone, MPa: lower while people use water, higher while boosted.

    It wanders by a few thousandths, as a gauge does, and stays well inside its limits.
    """

    around: Surroundings
    building: str
    zone: str
    chance: Random
    _drift: float = field(default=0.0, init=False)

    def read(self, now: Instant) -> Report:
        self._drift = 0.9 * self._drift + self.chance.gauss(0, 0.0008)
        boosted = self.around.booster(self.building, self.zone, now).running
        pressure = 0.285 - 0.02 * self.around.demand(now) + (0.006 if boosted else 0.0)
        return Report({"pressure_mpa": round(pressure + self._drift, 4)})


@dataclass
class FireMainPressure:
    """Static pressure of the fire main at the roof, MPa: nobody draws from it."""

    chance: Random

    def read(self, now: Instant) -> Report:
        return Report({"pressure_mpa": round(0.15 + self.chance.gauss(0, 0.0005), 4)})


@dataclass
class RiserFlow:
    """Flow of one riser in one zone, m³/h: 36 people's habits, almost nothing at night."""

    around: Surroundings
    chance: Random

    def read(self, now: Instant) -> Report:
        flow = 2.2 * self.around.demand(now) * self.chance.uniform(0.9, 1.1)
        return Report({"flow_m3h": round(flow, 3)})


@dataclass
class Booster:
    """A zone's booster pump: it does what it is commanded."""

    around: Surroundings
    building: str
    zone: str

    def read(self, now: Instant) -> Report:
        return _pump_report(self.around.booster(self.building, self.zone, now))


@dataclass
class SumpPump:
    """Pump 1 or 2 of a building's sump."""

    around: Surroundings
    building: str
    number: int

    def read(self, now: Instant) -> Report:
        return _pump_report(self.around.sump_pump(self.building, self.number, now))


@dataclass
class SumpLevel:
    """How full a building's sump is, in %."""

    around: Surroundings
    building: str
    chance: Random

    def read(self, now: Instant) -> Report:
        level = self.around.sump_pct(self.building, now) + self.chance.gauss(0, 0.3)
        return Report({"depth_pct": round(level, 1)})


@dataclass
class GarageLevel:
    """Water on the garage's floor, in cm: dry but for the sensor's own noise."""

    chance: Random

    def read(self, now: Instant) -> Report:
        return Report({"depth_cm": round(max(0.0, self.chance.gauss(-0.2, 0.2)), 1)})


def _pump_report(cycle: Cycle) -> Report:
    signals = {"commanded": cycle.running, "running": cycle.running}
    return Report(dict(signals), due_at=cycle.changes_at)
