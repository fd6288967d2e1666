"""Devices of the estates' graphs, with the state that events gave them."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from store.database.connection import Connection

_PAGE = """
SELECT estate_id, id, type, building, floor, unit, riser, zone, state, body FROM device
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (%(type)s::text IS NULL OR type = %(type)s)
   AND (%(building)s::text IS NULL OR building = %(building)s)
   AND (%(floor)s::int IS NULL OR floor = %(floor)s)
   AND (estate_id, id) > (%(after_estate)s, %(after_id)s)
 ORDER BY estate_id, id LIMIT %(limit)s
"""

_ESTATES_OF = "SELECT estate_id FROM device WHERE id = %(id)s ORDER BY estate_id"

_OFFLINE = """
SELECT count(*) FROM device
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s) AND state = 'offline'
"""

_BODIES = "SELECT id, body FROM device WHERE estate_id = %(estate)s"

_REPLACE = """
INSERT INTO device (estate_id, id, type, building, floor, unit, riser, zone, body)
SELECT %(estate)s, d->>'id', d->>'type', d->'place'->>'building', (d->'place'->>'floor')::int,
       d->'place'->>'unit', d->'place'->>'riser', d->'place'->>'zone', d
  FROM jsonb_array_elements(%(devices)s::jsonb) AS d
ON CONFLICT (estate_id, id) DO UPDATE
   SET type = excluded.type, building = excluded.building, floor = excluded.floor,
       unit = excluded.unit, riser = excluded.riser, zone = excluded.zone, body = excluded.body
"""

_REMOVE_OTHERS = "DELETE FROM device WHERE estate_id = %(estate)s AND NOT id = ANY(%(ids)s)"


DeviceState = Literal["unknown", "online", "offline"]


@dataclass(frozen=True, slots=True)
class Device:
    """A device as lists show it; `body` is its part of the estate's graph."""

    estate: str
    id: str
    type: str
    building: str | None
    floor: int | None
    unit: str | None
    riser: str | None
    zone: str | None
    state: DeviceState
    body: dict[str, Any]


def page(
    db: Connection,
    *,
    estate: str | None,
    type_: str | None,
    building: str | None,
    floor: int | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Device]:
    """Devices by estate and id, behind `after` (estate, id)."""
    behind = after or ("", "")
    params = {
        "estate": estate,
        "type": type_,
        "building": building,
        "floor": floor,
        "after_estate": behind[0],
        "after_id": behind[1],
        "limit": limit,
    }
    return [Device(*row) for row in db.execute(_PAGE, params)]


def estates_of(db: Connection, device_id: str) -> list[str]:
    """The estates that have a device of this id: it is unique within each only."""
    return [row[0] for row in db.execute(_ESTATES_OF, {"id": device_id})]


def count_offline(db: Connection, estate: str | None) -> int:
    row = db.execute(_OFFLINE, {"estate": estate}).fetchone()
    return int(row[0]) if row else 0


def bodies(db: Connection, estate_id: str) -> dict[str, dict[str, Any]]:
    """Every device of the estate by id, as its graph has it."""
    return dict(db.execute(_BODIES, {"estate": estate_id}).fetchall())


def replace_all(db: Connection, estate_id: str, devices: list[dict[str, Any]]) -> None:
    """Make these (the JSON of `rules.estate.graph.Device`) the estate's devices.

    A known device keeps its state. Readings of one that is gone stay in the history.
    """
    encoded = msgspec.json.encode(devices).decode()
    db.execute(_REPLACE, {"estate": estate_id, "devices": encoded})
    ids = [device["id"] for device in devices]
    db.execute(_REMOVE_OTHERS, {"estate": estate_id, "ids": ids})
