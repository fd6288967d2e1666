"""The estate's weather, the residents' habits and the water's cycles, as functions of time.

Devices that watch the same thing (a sump's level and its pumps) agree because they ask here.
"""

import math
from dataclasses import dataclass
from datetime import tzinfo

from rules.vocabulary.instant import HOUR, MINUTE, Instant, to_datetime
from simulators.devices.model import dice

_SHOWER_SLOT = 4 * HOUR
_SUMP_PERIOD, _SUMP_PUMPING = 50 * MINUTE, 4 * MINUTE
_SUMP_LOW_PCT, _SUMP_HIGH_PCT = 20.0, 55.0
_BOOSTER_PERIOD, _BOOSTER_RUN = 12 * MINUTE, 7 * MINUTE


@dataclass(frozen=True, slots=True)
class Cycle:
    """One pump's part in a repeating cycle: whether it runs, and when that changes."""

    running: bool
    changes_at: Instant


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a seed decides about an estate's time; `zone` is the estate's time zone."""

    seed: int
    zone: tzinfo

    def hour(self, now: Instant) -> float:
        """The local time of day in hours, 0 to 24."""
        local = to_datetime(now).astimezone(self.zone)
        return local.hour + local.minute / 60 + local.second / 3600

    def demand(self, now: Instant) -> float:
        """How much water and how many lifts are in use, 0 to 1: peaks at 07:30 and 19:30."""
        hour = self.hour(now)
        morning, evening = (math.exp(-(((hour - peak) / 2) ** 2)) for peak in (7.5, 19.5))
        midday = 0.4 * math.exp(-(((hour - 13) / 4) ** 2))
        return min(1.0, 0.05 + 0.8 * morning + 0.9 * evening + midday)

    def rain_mm_h(self, now: Instant) -> float:
        """Intensity of the rain in mm/h: now and then a shower of up to an hour, never a storm."""
        slot = now // _SHOWER_SLOT
        chance = dice(self.seed, "shower", slot)
        if chance.random() > 0.3:
            return 0.0
        length = chance.uniform(20, 60) * MINUTE
        start = slot * _SHOWER_SLOT + chance.random() * (_SHOWER_SLOT - length)
        passed = (now - start) / length
        return chance.uniform(2, 9) * math.sin(math.pi * passed) ** 2 if 0 < passed < 1 else 0.0

    def outdoor_c(self, now: Instant) -> float:
        """Air temperature in °C, warmest at 15:00."""
        return 18 + 5 * math.cos((self.hour(now) - 15) / 12 * math.pi)

    def sump_pct(self, building: str, now: Instant) -> float:
        """Level of the building's sump in %: it fills slowly and is pumped out at the top."""
        _, phase = self._sump(building, now)
        filling = _SUMP_PERIOD - _SUMP_PUMPING
        span = _SUMP_HIGH_PCT - _SUMP_LOW_PCT
        if phase < filling:
            return _SUMP_LOW_PCT + span * phase / filling
        return _SUMP_HIGH_PCT - span * (phase - filling) / _SUMP_PUMPING

    def sump_pump(self, building: str, number: int, now: Instant) -> Cycle:
        """Sump pump 1 or 2 of the building: they take turns."""
        turn, phase = self._sump(building, now)
        pumping_from = _SUMP_PERIOD - _SUMP_PUMPING
        running = turn % 2 == number - 1 and phase >= pumping_from
        next_edge = pumping_from if phase < pumping_from else _SUMP_PERIOD
        return Cycle(running, now + next_edge - phase)

    def booster(self, building: str, zone: str, now: Instant) -> Cycle:
        """The booster pump of a water zone: it runs while the pressure vessel fills."""
        shift = dice(self.seed, building, zone, "booster").randrange(_BOOSTER_PERIOD)
        phase = (now + shift) % _BOOSTER_PERIOD
        running = phase < _BOOSTER_RUN
        return Cycle(running, now + (_BOOSTER_RUN if running else _BOOSTER_PERIOD) - phase)

    def _sump(self, building: str, now: Instant) -> tuple[int, Instant]:
        shift = dice(self.seed, building, "sump").randrange(_SUMP_PERIOD)
        return divmod(now + shift, _SUMP_PERIOD)
