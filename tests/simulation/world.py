"""The true course of a simulated estate: which devices report what, and what is really wrong when.

Everything comes from one seeded source of chance, so the same seed gives the same world.
"""

from dataclasses import dataclass
from random import Random

from rules.estate.graph import Device, Estate
from rules.vocabulary.instant import SECOND, Instant, from_rfc3339
from rules.vocabulary.reading import Value

START: Instant = from_rfc3339("2026-07-01T00:00:00Z")
LASTS_S = 30 * 60
PERIOD_S = 10
"""Each device reports this often; on a change at once."""

Signals = dict[str, Value]


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a device of `type` at `location`.

    `must` are the rules that have to raise an alarm, each with its delay in seconds; `may` those
    that are allowed to, as the same readings, or those of a neighbour, can make them true.
    Numbers of the normal state vary by up to `noise`.
    """

    type: str
    location: str
    normal: Signals
    abnormal: Signals
    must: dict[str, int]
    may: frozenset[str] = frozenset()
    times: int = 2
    noise: float = 0.0


_LIFT: Signals = {
    "mode": 1.0, "fault_code": 0.0, "alarm_button": 0.0, "passenger": 0.0, "door_closed": 1.0,
    "door_zone": 1.0,
}  # fmt: skip
_TRAPPED: Signals = {**_LIFT, "fault_code": 4.0, "passenger": 1.0, "door_zone": 0.0}
_PRESSURE = frozenset({"pressure-low", "pressure-loss", "pipe-burst"})
_RAIN = frozenset({"rain-blue", "rain-yellow", "rain-orange"})

TROUBLES = (
    Trouble("leak", "kitchen", {"wet": 0.0}, {"wet": 1.0}, {"leak": 5}),
    Trouble("leak", "bathroom", {"wet": 0.0}, {"wet": 1.0}, {"leak": 5}),
    Trouble("leak", "lift_pit", {"wet": 0.0}, {"wet": 1.0}, {"leak-critical-room": 5}),
    Trouble(
        "smoke", "corridor", {"panel_state": "normal"}, {"panel_state": "fire"}, {"smoke-fire": 0}
    ),
    Trouble(
        "smoke", "lobby", {"panel_state": "normal"}, {"panel_state": "pre_alarm"},
        {"smoke-pre-alarm": 30},
    ),
    Trouble(
        "call_point", "corridor", {"panel_state": "normal"}, {"panel_state": "fault"},
        {"fire-device-fault": 100},
    ),
    Trouble(
        "pressure", "riser", {"pressure_mpa": 0.28}, {"pressure_mpa": 0.03},
        {"pressure-very-low": 10}, _PRESSURE, noise=0.005,
    ),
    # 80 mm at most: rain-red at 100 mm would mean that a duplicate was added up.
    Trouble(
        "rain", "roof", {"rain_mm": 0.0}, {"rain_mm": 2.5}, {"rain-30mm-1h": 160}, _RAIN, times=1
    ),
    Trouble(
        "level", "garage", {"depth_cm": 0.0}, {"depth_cm": 8.0}, {"garage-water": 30}, times=1
    ),
    Trouble("lift", "lift", _LIFT, _TRAPPED, {"lift-entrapment": 60}),
)  # fmt: skip
DEVICES_OF_EACH = 5


@dataclass(frozen=True)
class Episode:
    """`device` is in `trouble` from `start` to `end`, true time."""

    device: Device
    trouble: Trouble
    start: Instant
    end: Instant


@dataclass(frozen=True)
class Report:
    """What a device measured at true time `at`."""

    at: Instant
    device: str
    signals: Signals


@dataclass(frozen=True)
class World:
    """All episodes, and all reports in order of true time."""

    episodes: tuple[Episode, ...]
    reports: tuple[Report, ...]


def make_world(estate: Estate, chance: Random) -> World:
    """Some devices of every kind, most of them in trouble once or twice."""
    episodes: list[Episode] = []
    reports: list[Report] = []
    for trouble in TROUBLES:
        fitting = [
            device
            for device in estate.devices.values()
            if (device.type, device.location) == (trouble.type, trouble.location)
        ]
        for device in chance.sample(fitting, min(DEVICES_OF_EACH, len(fitting))):
            mine = _episodes(device, trouble, chance)
            episodes += mine
            reports += _reports(device, trouble, mine, chance)
    return World(tuple(episodes), tuple(sorted(reports, key=lambda r: (r.at, r.device))))


def _episodes(device: Device, trouble: Trouble, chance: Random) -> list[Episode]:
    """Up to `times` episodes, far enough apart that the first one's alarm has cleared."""
    found = []
    at_s = chance.uniform(60, 400)
    for _ in range(chance.randint(0, trouble.times)):
        lasts_s = chance.uniform(180, 300)
        start = START + round(at_s * SECOND)
        found.append(Episode(device, trouble, start, start + round(lasts_s * SECOND)))
        at_s += lasts_s + chance.uniform(200, 400)
    return found


def _reports(
    device: Device, trouble: Trouble, episodes: list[Episode], chance: Random
) -> list[Report]:
    first = START + chance.randrange(PERIOD_S * SECOND)
    regular = range(first, START + LASTS_S * SECOND, PERIOD_S * SECOND)
    changes = [at for episode in episodes for at in (episode.start, episode.end)]
    return [
        Report(at, device.id, _signals(trouble, episodes, at, chance))
        for at in sorted({*regular, *changes})
    ]


def _signals(trouble: Trouble, episodes: list[Episode], at: Instant, chance: Random) -> Signals:
    if any(episode.start <= at < episode.end for episode in episodes):
        return trouble.abnormal
    return {
        name: value + chance.uniform(-1, 1) * trouble.noise if isinstance(value, float) else value
        for name, value in trouble.normal.items()
    }
