"""A small estate for tests, one tower of three floors with two flats each, and its leaks."""

from pathlib import Path

from hub.versions.estate import ImportReport, import_estate
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from store.database.connection import connect
from store.engine import inbox
from store.engine.inbox import Lane

ESTATE = "harbour"
LEAK_SENSOR = "b1-02-01-kitchen-leak"

YAML = """\
estate: harbour
name: {en: Harbour Court, zh: 海港苑}
timezone: Asia/Shanghai
phone: 010-5550-0100
buildings:
  - id: B1
    name: {en: Building 1, zh: 1号楼}
    floors: 3
    flats_per_floor: 2
    assembly_place: {en: the lawn, zh: 草坪}
    risers:
      - {id: R1, flats: [1, 2]}
    water_zones:
      - {id: low, floors: 1-3}
    valves:
      - {id: V1, riser: R1, zone: low, place: {en: Pump room, zh: 泵房}}
    lifts:
      - {id: L1, name: {en: Lift 1, zh: 1号电梯}}
garages:
  - id: G1
    name: {en: Garage, zh: 车库}
    bays:
      - {building: B1}
      - {outside: 2}
devices:
  - id: "b1-{floor}-{flat}-kitchen-leak"
    type: leak
    location: kitchen
    building: B1
    each_floor: 1-3
    each_flat: [1, 2]
    place: {en: "kitchen of {floor}-{flat}", zh: "{floor}-{flat}厨房"}
  - id: b1-mains
    type: mains
    building: B1
    place: {en: Switch room, zh: 配电室}
"""


def settle(dsn: str, folder: Path, *, now: Instant, yaml: str = YAML) -> ImportReport:
    """Import the estate."""
    path = folder / "estate.yaml"
    path.write_text(yaml, "utf-8")
    return import_estate(dsn, path, by="system", now=now)


def leak(dsn: str, *, now: Instant, device: str = LEAK_SENSOR) -> None:
    """A sensor has been wet for 15 seconds: an alarm, an incident, a ticket, notices below."""
    rows: list[tuple[str, str, Instant, float | str]] = [
        (device, "wet", now - 15 * SECOND, 1.0),
        (device, "wet", now, 1.0),
    ]
    with connect(dsn, name="tests") as db:
        batch = ReadingBatch(now, rows)
        inbox.append(db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=batch, at=now)


def dry(dsn: str, *, now: Instant, device: str = LEAK_SENSOR) -> None:
    """The sensor is dry again; its alarm is over when that has held for a minute."""
    rows: list[tuple[str, str, Instant, float | str]] = [(device, "wet", now, 0.0)]
    with connect(dsn, name="tests") as db:
        batch = ReadingBatch(now, rows)
        inbox.append(db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=batch, at=now)
