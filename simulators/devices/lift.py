"""A lift that answers calls: waiting, travelling, standing with its doors open."""

from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

from rules.vocabulary.instant import SECOND, Instant, seconds
from simulators.devices.model import Report
from simulators.devices.surroundings import Surroundings

_FLOOR_S = 1.5
_DOORS_OPEN_S = 7.0
_SPEAKS_EVERY_S = 4.0
_NORMAL_MODE, _NO_FAULT = 1, 0


class _Phase(Enum):
    WAITING = auto()
    TRAVELLING = auto()
    DOORS_OPEN = auto()


@dataclass
class Lift:
    """Serves floors 1 to `floors`. Half its trips start or end at the ground floor."""

    around: Surroundings
    floors: int
    chance: Random
    _phase: _Phase = field(default=_Phase.WAITING, init=False)
    _floor: int = field(init=False)
    _target: int = field(init=False)
    _passenger: bool = field(default=False, init=False)
    _since: Instant = field(default=0, init=False)
    _until: Instant | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._floor = self._target = self.chance.randint(1, self.floors)

    def read(self, now: Instant) -> Report:
        if self._until is None:
            self._enter(_Phase.WAITING, now, self._wait_s(now))
        while self._until is not None and self._until <= now:
            self._advance(self._until)
        travelling = self._phase is _Phase.TRAVELLING
        direction = (self._target > self._floor) - (self._target < self._floor)
        return Report(
            {
                "mode": _NORMAL_MODE,
                "fault_code": _NO_FAULT,
                "alarm_button": False,
                "passenger": self._passenger,
                "door_closed": self._phase is not _Phase.DOORS_OPEN,
                "door_zone": not travelling,
                "floor": self._passing(now) if travelling else self._floor,
                "direction": direction if travelling else 0,
            },
            due_at=self._due_at(now),
        )

    def _advance(self, at: Instant) -> None:
        if self._phase is _Phase.WAITING:
            self._passenger = False
            self._depart(at)
        elif self._phase is _Phase.TRAVELLING:
            self._floor = self._target
            self._enter(_Phase.DOORS_OPEN, at, _DOORS_OPEN_S)
        elif self._passenger:
            self._passenger = False
            self._enter(_Phase.WAITING, at, self._wait_s(at))
        else:
            self._passenger = True
            self._depart(at)

    def _depart(self, at: Instant) -> None:
        others = [floor for floor in range(1, self.floors + 1) if floor != self._floor]
        to_ground = self._floor != 1 and self.chance.random() < 0.5
        self._target = 1 if to_ground else self.chance.choice(others)
        self._enter(_Phase.TRAVELLING, at, _FLOOR_S * abs(self._target - self._floor) + 2)

    def _enter(self, phase: _Phase, at: Instant, for_s: float) -> None:
        self._phase, self._since, self._until = phase, at, at + seconds(for_s)

    def _wait_s(self, at: Instant) -> float:
        return 15 + self.chance.expovariate(1 / (300 - 240 * self.around.demand(at)))

    def _passing(self, now: Instant) -> int:
        passed = min(
            int((now - self._since) / (_FLOOR_S * SECOND)), abs(self._target - self._floor)
        )
        return self._floor + passed * (1 if self._target > self._floor else -1)

    def _due_at(self, now: Instant) -> Instant | None:
        if self._phase is not _Phase.TRAVELLING or self._until is None:
            return self._until
        return min(self._until, now + seconds(_SPEAKS_EVERY_S))
