"""What the tables say of one estate now: all that an engine needs to begin without a snapshot."""

from typing import Any, LiteralString

import msgspec

from rules.conditions.absence import HEARD
from rules.records.events import DeviceStatus, Record, record_from_json
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from rules.vocabulary.reading import Row
from store.database.connection import Connection

# In this order: an alarm is in its incident, and what is open comes last, so that it counts.
_RECORDS: dict[str, LiteralString] = {
    "alarm": """
SELECT a.record::text FROM alarm a LEFT JOIN incident i ON i.id = a.incident_id
 WHERE a.estate_id = %(estate)s
   AND (a.state <> 'normal' OR i.state = 'open'
        OR (a.record->>'cleared_at')::timestamptz > %(since)s)
 ORDER BY a.state <> 'normal', a.raised_at, length(a.id), a.id
""",
    "incident": """
SELECT record::text FROM incident
 WHERE estate_id = %(estate)s
   AND (state = 'open' OR (record->>'closed_at')::timestamptz > %(since)s)
 ORDER BY state = 'open', opened_at, length(id), id
""",
    "ticket": """
SELECT record::text FROM ticket
 WHERE estate_id = %(estate)s
   AND (state NOT IN ('closed', 'cancelled')
        OR (record->>'closed_at')::timestamptz > %(since)s)
 ORDER BY opened_at, length(id), id
""",
    "notice": """
SELECT n.record::text FROM notice n JOIN incident i ON i.id = n.incident_id
 WHERE n.estate_id = %(estate)s
   AND (i.state = 'open' OR (i.record->>'closed_at')::timestamptz > %(since)s)
 ORDER BY n.requested_at, length(n.id), n.id
""",
    "callout": """
SELECT c.record::text FROM callout c JOIN incident i ON i.id = c.incident_id
 WHERE c.estate_id = %(estate)s AND i.state = 'open'
 ORDER BY c.requested_at, length(c.id), c.id
""",
    "review": """
SELECT record::text FROM review
 WHERE estate_id = %(estate)s AND (state = 'open' OR measures_open > 0)
 ORDER BY opened_at, length(id), id
""",
    "drill": """
SELECT record::text FROM drill
 WHERE estate_id = %(estate)s AND state IN ('planned', 'running', 'paused') ORDER BY made_at, id
""",
    "handover": """
SELECT record::text FROM handover
 WHERE estate_id = %(estate)s AND state = 'proposed' ORDER BY proposed_at, id
""",
    "suppression": """
SELECT record::text FROM suppression
 WHERE estate_id = %(estate)s AND ended_at IS NULL ORDER BY since_at, length(id), id
""",
    "flood": """
SELECT record::text FROM alarm_flood
 WHERE estate_id = %(estate)s AND ended_at IS NULL ORDER BY began_at, id
""",
}

_STATUSES = """
SELECT d.id, d.state, coalesce(e.at, %(now)s)
  FROM device d
  LEFT JOIN (SELECT DISTINCT ON (record->>'id') record->>'id' AS id, at FROM event
              WHERE estate_id = %(estate)s AND kind IN ('device.online', 'device.offline')
              ORDER BY record->>'id', seq DESC) e ON e.id = d.id
 WHERE d.estate_id = %(estate)s AND d.state <> 'unknown'
 ORDER BY d.id
"""

_NUMBERS = """
SELECT substring(id FROM '([a-z])[0-9]+$'), max(substring(id FROM '[0-9]+$')::bigint)
  FROM (SELECT id FROM alarm WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM incident WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM ticket WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM notice WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM callout WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM review WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM drill WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM handover WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM suppression WHERE estate_id = %(estate)s
        UNION ALL SELECT id FROM alarm_flood WHERE estate_id = %(estate)s) AS given
 GROUP BY 1
"""

# What the engine has not read yet is in the inbox still, and comes from there.
_UNREAD_FROM = """
SELECT min(at) FROM inbox
 WHERE estate_id = %(estate)s AND kind = 'readings'
   AND ((lane = 1 AND seq > %(live)s) OR (lane = 2 AND seq > %(backfill)s))
"""

_NEWEST = """
SELECT d.id, signals.name, newest.at, newest.value
  FROM device d
 CROSS JOIN LATERAL unnest(%(signals)s::text[]) AS signals (name)
 CROSS JOIN LATERAL (
       SELECT CASE quality WHEN 1 THEN received_at ELSE ts END AS at,
              coalesce(to_json(value), to_json(state)) AS value
         FROM reading
        WHERE estate_id = %(estate)s AND device_id = d.id AND signal = signals.name
          AND received_at < coalesce(%(unread_from)s::timestamptz, 'infinity')
        ORDER BY ts DESC LIMIT 1) AS newest
 WHERE d.estate_id = %(estate)s AND d.type = %(type)s
 ORDER BY d.id, signals.name
"""

_HEARD = """
SELECT d.id, max(newest.received_at)
  FROM device d
 CROSS JOIN LATERAL unnest(%(signals)s::text[]) AS signals (name)
 CROSS JOIN LATERAL (
       SELECT received_at FROM reading
        WHERE estate_id = %(estate)s AND device_id = d.id AND signal = signals.name
          AND received_at < coalesce(%(unread_from)s::timestamptz, 'infinity')
        ORDER BY ts DESC LIMIT 1) AS newest
 WHERE d.estate_id = %(estate)s AND d.type = %(type)s
 GROUP BY d.id ORDER BY d.id
"""

_UNREAD_VERSION = """
SELECT min((body->>'version')::int) FROM inbox
 WHERE estate_id = %(estate)s AND lane = 0 AND seq > %(upto)s AND kind = %(kind)s
"""

_VERSIONS: dict[str, LiteralString] = {
    "estate": "SELECT version, body::text FROM estate_version WHERE estate_id = %(estate)s"
    " AND version < coalesce(%(before)s::int, version + 1) ORDER BY version DESC",
    "rulebook": "SELECT version, body::text FROM rulebook WHERE estate_id = %(estate)s"
    " AND version < coalesce(%(before)s::int, version + 1) ORDER BY version DESC",
    "roster": "SELECT version, body::text FROM roster_version WHERE estate_id = %(estate)s"
    " AND version < coalesce(%(before)s::int, version + 1) ORDER BY version DESC",
}

_PLAN = """
SELECT body->'plans'->%(plan)s FROM rulebook
 WHERE estate_id = %(estate)s AND (body->'plans'->%(plan)s->>'version')::int = %(version)s
 ORDER BY version DESC LIMIT 1
"""


def records(db: Connection, estate: str, *, since_at: Instant) -> list[Record]:
    """What is open, and what was cleared or closed since then and may come back.

    Calls are all those of open incidents.
    """
    params = {"estate": estate, "since": to_datetime(since_at)}
    return [
        record_from_json(noun, msgspec.json.decode(record))
        for noun, query in _RECORDS.items()
        for (record,) in db.execute(query, params)
    ]


def statuses(db: Connection, estate: str, *, now: Instant) -> list[DeviceStatus]:
    """Which devices are online or offline, and since when; since `now` where nobody knows."""
    rows = db.execute(_STATUSES, {"estate": estate, "now": to_datetime(now)})
    return [DeviceStatus(id_, estate, state, from_datetime(since)) for id_, state, since in rows]


def numbers(db: Connection, estate: str) -> dict[str, int]:
    """The highest number of each letter that an id of the estate has."""
    return {letter: int(number) for letter, number in db.execute(_NUMBERS, {"estate": estate})}


def newest_readings(
    db: Connection, estate: str, *, signals: dict[str, list[str]], upto: tuple[int, int, int]
) -> list[Row]:
    """The last reading of each point, and when each device was last heard (as signal `HEARD`).

    `signals` are those that each device type gives. What the inbox holds behind `upto` is left
    out.
    """
    params: dict[str, Any] = {"estate": estate, "live": upto[1], "backfill": upto[2]}
    row = db.execute(_UNREAD_FROM, params).fetchone()
    params["unread_from"] = row[0] if row else None
    found: list[Row] = []
    for type_, names in signals.items():
        of_type = {**params, "type": type_, "signals": names}
        found += [
            (device, signal, from_datetime(at), value if isinstance(value, str) else float(value))
            for device, signal, at, value in db.execute(_NEWEST, of_type)
        ]
        found += [
            (device, HEARD, from_datetime(at), 0.0) for device, at in db.execute(_HEARD, of_type)
        ]
    return found


def versions(db: Connection, estate: str, kind: str, *, upto: int) -> list[tuple[int, Any]]:
    """Versions of `kind` (estate, rulebook, roster), the newest first: number and body.

    A version that the inbox names behind entry `upto` of its lane of commands is left out.
    """
    params: dict[str, Any] = {"estate": estate, "kind": kind, "upto": upto}
    row = db.execute(_UNREAD_VERSION, params).fetchone()
    params["before"] = row[0] if row else None
    rows = db.execute(_VERSIONS[kind], params)
    return [(number, msgspec.json.decode(body)) for number, body in rows]


def plan(db: Connection, estate: str, plan_id: str, version: int) -> dict[str, Any] | None:
    """The plan as it was at its `version`, if any of the estate's rulebooks has it."""
    params = {"estate": estate, "plan": plan_id, "version": version}
    row = db.execute(_PLAN, params).fetchone()
    return dict(row[0]) if row else None
