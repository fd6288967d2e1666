"""Weather, indoor climate, mains, leak sensors and gateways: they look, and say what they see."""

from dataclasses import dataclass, field
from random import Random

from rules.vocabulary.instant import DAY, HOUR, SECOND, Instant
from simulators.devices.model import Report
from simulators.devices.surroundings import Surroundings

_BUCKET_MM = 0.2


@dataclass
class RainGauge:
    """A tipping bucket: whole tips of 0.2 mm since the last report."""

    around: Surroundings
    _fallen_mm: float = field(default=0.0, init=False)
    _last_at: Instant | None = field(default=None, init=False)

    def read(self, now: Instant) -> Report:
        since = now if self._last_at is None else self._last_at
        self._fallen_mm += self.around.rain_mm_h(now) * (now - since) / HOUR
        self._last_at = now
        tips = int(self._fallen_mm / _BUCKET_MM)
        self._fallen_mm -= tips * _BUCKET_MM
        return Report({"rain_mm": round(tips * _BUCKET_MM, 1)})


@dataclass
class Anemometer:
    """Gusts in m/s of an ordinary day: a breeze that seldom reaches 9."""

    chance: Random
    _breeze_ms: float = field(default=3.0, init=False)

    def read(self, now: Instant) -> Report:
        self._breeze_ms = min(7.0, max(0.5, self._breeze_ms + self.chance.gauss(0, 0.4)))
        return Report({"gust_ms": round(self._breeze_ms + self.chance.uniform(0, 2), 1)})


@dataclass
class PipeWellTemperature:
    """°C in a pipe well: the day's temperature, damped."""

    around: Surroundings
    chance: Random

    def read(self, now: Instant) -> Report:
        damped = 17 + 0.3 * (self.around.outdoor_c(now) - 18)
        return Report({"temperature_c": round(damped + self.chance.gauss(0, 0.1), 1)})


@dataclass
class MachineRoomTemperature:
    """°C in a lift machine room: warmer while the lifts are busy."""

    around: Surroundings
    chance: Random

    def read(self, now: Instant) -> Report:
        warm = 24 + 5 * self.around.demand(now)
        return Report({"temperature_c": round(warm + self.chance.gauss(0, 0.2), 1)})


@dataclass
class Mains:
    """Voltage of the supply: 220 V and a little, well within +7/-10 % (GB/T 12325)."""

    chance: Random

    def read(self, now: Instant) -> Report:
        return Report({"voltage_v": round(self.chance.gauss(224, 1.5), 1)})


@dataclass
class LeakSensor:
    """A dry floor, and the state of the sensor's own battery and radio."""

    chance: Random
    _battery_pct: float = field(init=False)
    _rssi_dbm: float = field(init=False)
    _last_at: Instant | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._battery_pct = self.chance.uniform(55, 100)
        self._rssi_dbm = self.chance.uniform(-90, -55)

    def read(self, now: Instant) -> Report:
        elapsed = 0 if self._last_at is None else now - self._last_at
        self._last_at = now
        self._battery_pct = max(35.0, self._battery_pct - 0.05 * elapsed / DAY)
        return Report(
            {
                "wet": False,
                "battery_pct": round(self._battery_pct, 1),
                "rssi_dbm": round(self._rssi_dbm + self.chance.gauss(0, 2)),
            }
        )


@dataclass
class WarningFeed:
    """The weather office's warnings, as long as it has issued none."""

    def read(self, now: Instant) -> Report:
        return Report(dict.fromkeys(("rain", "typhoon", "snow", "cold_wave", "heat"), "none"))


@dataclass
class FieldGateway:
    """Counts how long it has been up, from its first report on."""

    _started_at: Instant | None = field(default=None, init=False)

    def read(self, now: Instant) -> Report:
        if self._started_at is None:
            self._started_at = now
        return Report({"uptime_s": (now - self._started_at) // SECOND})
