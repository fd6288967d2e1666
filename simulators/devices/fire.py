"""Fire detectors and call points at rest: the panel's word and, of detectors, the temperature."""

from dataclasses import dataclass, field
from random import Random

from rules.vocabulary.instant import Instant
from simulators.devices.model import Report


@dataclass
class Detector:
    """A smoke or heat detector in a quiet place; the air warms and cools by tenths of a degree."""

    chance: Random
    _room_c: float = field(init=False)

    def __post_init__(self) -> None:
        self._room_c = self.chance.uniform(20, 25)

    def read(self, now: Instant) -> Report:
        self._room_c = min(27.0, max(18.0, self._room_c + self.chance.gauss(0, 0.05)))
        return Report({"panel_state": "normal", "temperature_c": round(self._room_c, 1)})


@dataclass
class CallPoint:
    """A manual call point that nobody has pressed."""

    def read(self, now: Instant) -> Report:
        return Report({"panel_state": "normal"})
