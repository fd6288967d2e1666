"""The history of readings: reading it, and on plain PostgreSQL its daily roll-up."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from rules.vocabulary.reading import Row
from store.database.connection import Connection
from store.database.pages import Position

_OF_SIGNAL = """
SELECT ts, coalesce(to_json(value), to_json(state)), quality, estate_id FROM reading
 WHERE device_id = %(device)s AND signal = %(signal)s
   AND estate_id IN (SELECT %(estate)s::text UNION SELECT estate_id FROM device
                      WHERE id = %(device)s)
   AND (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND ts >= %(from)s AND ts < %(to)s AND (ts, estate_id) > (%(after_ts)s, %(after_estate)s)
 ORDER BY ts, estate_id LIMIT %(limit)s
"""

_NEWEST = """
SELECT p.device, p.signal, newest.at, newest.value
  FROM unnest(%(devices)s::text[], %(signals)s::text[]) AS p (device, signal)
 CROSS JOIN LATERAL (
       SELECT CASE quality WHEN 1 THEN received_at ELSE ts END AS at,
              coalesce(to_json(value), to_json(state)) AS value
         FROM reading
        WHERE estate_id = %(estate)s AND device_id = p.device AND signal = p.signal
          AND ts >= %(since)s
        ORDER BY ts DESC LIMIT 1) AS newest
"""

_ROLL_UP = """
INSERT INTO reading_daily
    (estate_id, device_id, signal, day, readings, minimum, mean, maximum)
SELECT estate_id, device_id, signal, date_trunc('day', ts, 'UTC') AS day,
       count(*), min(value), avg(value), max(value)
  FROM reading WHERE ts >= date_trunc('day', %(since)s::timestamptz, 'UTC') AND ts < %(now)s
 GROUP BY estate_id, device_id, signal, day
ON CONFLICT (estate_id, device_id, signal, day) DO UPDATE
   SET readings = excluded.readings, minimum = excluded.minimum, mean = excluded.mean,
       maximum = excluded.maximum
"""


@dataclass(frozen=True, slots=True)
class HistoricReading:
    """`quality` is 0 for good, 1 where the device's clock was off."""

    ts_at: Instant
    value: float | str
    quality: int
    estate: str


def newest(
    db: Connection, *, estate: str, points: Sequence[tuple[str, str]], since: Instant
) -> list[Row]:
    """The last reading of each point (device, signal), at the time to decide by.

    A point that has said nothing since `since` is left out.
    """
    params = {
        "estate": estate,
        "devices": [device for device, _ in points],
        "signals": [signal for _, signal in points],
        "since": to_datetime(since),
    }
    rows = db.execute(_NEWEST, params)
    return [
        (device, signal, from_datetime(at), value if isinstance(value, str) else float(value))
        for device, signal, at, value in rows
    ]


def of_signal(
    db: Connection,
    *,
    estate: str | None,
    device: str,
    signal: str,
    from_at: Instant,
    to_at: Instant,
    after: Position | None,
    limit: int,
) -> list[HistoricReading]:
    """Readings of one signal from `from_at` to before `to_at`, oldest first, behind `after`.

    A position's id is the estate: several may have a device of this id.
    """
    params = {
        "estate": estate,
        "device": device,
        "signal": signal,
        "from": to_datetime(from_at),
        "to": to_datetime(to_at),
        "after_ts": to_datetime(after.at) if after else "-infinity",
        "after_estate": after.id if after else "",
        "limit": limit,
    }
    return [
        HistoricReading(from_datetime(ts), value, quality, estate)
        for ts, value, quality, estate in db.execute(_OF_SIGNAL, params)
    ]


def roll_up(db: Connection, *, since_at: Instant, now: Instant) -> int:
    """Work out the days from that of `since_at` on again; gives the number of rows written.

    For plain PostgreSQL: TimescaleDB keeps `reading_daily` itself.
    """
    params = {"since": to_datetime(since_at), "now": to_datetime(now)}
    return db.execute(_ROLL_UP, params).rowcount
