"""A recorded month of a 2,000-device estate: what `benchmarks.backtest` tries rules on.

Nine towers, each equipped as those of the sample estate. Every device reports as often as
DOMAIN section 3 says (sampling where a signal has one, else the heartbeat), in event-time order
over all devices as a gateway would store it, so that one device's readings lie scattered.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import yaml

from rules.catalogue import device_types
from rules.estate.file import expand, read
from rules.estate.graph import Device, Estate
from simulators.estate import SAMPLE
from store.database.connection import Connection

ESTATE = "benchmark"
BEGINS = "2026-10-01"
TOWERS = [f"B{n}" for n in range(1, 10)]


@dataclass(frozen=True, slots=True)
class Course:
    """How a signal goes: `base` with a daily `swing` and `noise`, and at times an abnormal `event`.

    The event lasts `for_s` seconds, once in `every_s` (0: never), at a time of its own for each
    device. `state` is what an enumerated signal says then.
    """

    signal: str
    period_s: float
    base: float = 0.0
    swing: float = 0.0
    noise: float = 0.0
    event: float = 0.0
    every_s: int = 0
    for_s: int = 0
    state: str | None = None


_DAY, _WEEK = 86_400, 604_800
_PANEL = Course("panel_state", 30, every_s=30 * _DAY, for_s=120, state="fire")
_LEAK = [
    Course("wet", 6 * 3600),
    Course("battery_pct", _DAY, base=80, noise=2),
    Course("rssi_dbm", 3600, base=-80, noise=10),
]
_LIFT = [  # on change, at most every 5 s, and a heartbeat of 60 s: 15 s over the day
    Course(signal, 15, noise=noise)
    for signal, noise in [
        ("mode", 0), ("fault_code", 0), ("alarm_button", 0), ("passenger", 0),
        ("door_closed", 0), ("door_zone", 0), ("floor", 18), ("direction", 2),
    ]
]  # fmt: skip

COURSES: dict[tuple[str, str], list[Course]] = {
    ("smoke", ""): [_PANEL],
    ("heat", ""): [_PANEL, Course("temperature_c", 10, base=24, swing=3, noise=0.5)],
    ("call_point", ""): [_PANEL],
    ("leak", ""): _LEAK,
    ("pressure", "riser"): [
        Course("pressure_mpa", 5, 0.275, 0.015, 0.012, event=0.09, every_s=3 * _DAY, for_s=150)
    ],
    ("pressure", "fire_main"): [Course("pressure_mpa", 30, 0.15, 0, 0.002, 0.06, _WEEK, 600)],
    ("flow", ""): [Course("flow_m3h", 10, 1.1, 0.9, 0.4, event=6, every_s=_WEEK, for_s=300)],
    ("pump", ""): [Course("commanded", 60), Course("running", 60)],
    ("level", "pit"): [Course("depth_pct", 10, 40, 15, 1, event=86, every_s=_WEEK, for_s=400)],
    ("level", "garage"): [Course("depth_cm", 10, 0.2, 0, 0.3)],
    ("lift", ""): _LIFT,
    ("temperature", "machine_room"): [Course("temperature_c", 60, 28, 6, 0.5)],
    ("temperature", "pipe_well"): [Course("temperature_c", 300, 15, 5, 0.5)],
    ("mains", ""): [Course("voltage_v", 1, 226, 4, 3)],
    ("rain", ""): [Course("rain_mm", 60, event=0.9, every_s=_WEEK, for_s=7200)],
    ("wind", ""): [Course("gust_ms", 3, 4, 2, 4, event=19, every_s=_WEEK, for_s=1800)],
    ("gateway", ""): [Course("uptime_s", 30, base=1000)],
}

_POINTS = """
CREATE TEMPORARY TABLE point (
    device text, seed int, signal text, period_s float8, base float8, swing float8, noise float8,
    event float8, every_s bigint, for_s bigint, state text)
"""

_ADD_POINT = "INSERT INTO point VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

_DAY_OF_READINGS = """
INSERT INTO reading (estate_id, device_id, signal, ts, received_at, value, state)
SELECT %(estate)s, device, signal, ts, ts + interval '80 milliseconds',
       CASE WHEN state IS NULL THEN round(10000 * (noise * (random() - 0.5) +
           CASE WHEN on_event THEN event ELSE base + swing * wave END)) / 10000 END,
       CASE WHEN state IS NOT NULL THEN CASE WHEN on_event THEN state ELSE 'normal' END END
  FROM (SELECT p.*, ts, sin(epoch * 2 * pi() / 86400) AS wave,
               every_s > 0 AND (epoch + seed * 7919) %% greatest(every_s, 1) < for_s AS on_event
          FROM point p
         CROSS JOIN LATERAL generate_series(
               %(day)s::timestamptz + seed * 37 %% 1000 * interval '1 millisecond',
               %(day)s::timestamptz + interval '1 day' - interval '1 microsecond',
               period_s * interval '1 second') AS ts
         CROSS JOIN LATERAL (SELECT extract(epoch FROM ts)::bigint AS epoch) AS whole) AS sampled
 ORDER BY ts
"""


def estate_file() -> str:
    """The sample estate's file with nine towers in place of its two."""
    file = yaml.safe_load(SAMPLE.read_text("utf-8"))
    tower = file["buildings"][0]
    file["estate"] = ESTATE
    file["buildings"] = [{**tower, "id": id_} for id_ in TOWERS]
    file["garages"][0]["bays"] = [{"building": id_} for id_ in TOWERS]
    for device in file["devices"]:
        if "each_building" in device:
            device["each_building"] = TOWERS
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)


def estate() -> Estate:
    return expand(read(estate_file()), device_types())


def fill(db: Connection, *, days: int) -> Iterator[int]:
    """Record `days` days; gives the number of readings of each as it is stored.

    The primary key is built afterwards and nothing is logged: how the month came in is not
    what is measured.
    """
    db.execute("ALTER TABLE reading SET UNLOGGED")
    db.execute("ALTER TABLE reading DROP CONSTRAINT reading_pkey")
    db.execute(_POINTS)
    for seed, device in enumerate(estate().devices.values()):
        for course in _courses(device):
            db.execute(_ADD_POINT, (device.id, seed, *astuple(course)))
    db.execute("ANALYZE point")
    db.commit()
    for day in range(days):
        params = {"estate": ESTATE, "begins": BEGINS, "n": day}
        row = db.execute("SELECT %(begins)s::timestamptz + %(n)s * interval '1 day'", params)
        first = row.fetchone()
        assert first is not None
        done = db.execute(_DAY_OF_READINGS, {"estate": ESTATE, "day": first[0]})
        db.commit()
        yield done.rowcount
    db.execute("SET maintenance_work_mem = '1GB'")
    db.execute("ALTER TABLE reading ADD PRIMARY KEY (estate_id, device_id, signal, ts)")
    db.commit()
    db.autocommit = True
    db.execute("VACUUM (ANALYZE) reading")


def _courses(device: Device) -> list[Course]:
    exact = COURSES.get((device.type, device.location))
    return exact if exact is not None else COURSES[device.type, ""]
