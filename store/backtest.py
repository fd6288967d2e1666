"""Reading recorded history in bulk: whole series of many points, packed by the server."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from sys import byteorder
from typing import Any

from rules.instant import Instant, to_datetime
from rules.readings import Value
from store.connection import Connection

_SESSION = ("SET max_parallel_workers_per_gather = 0", "SET jit = off")
"""The caller divides the work itself, and leaves the other cores to the engine."""

# A row for each reading would cost the client more than judging it: the server packs each series
# into two byte strings, in the binary form of timestamptz and float8. A state travels as its
# place in the list of states, from 1.
_SERIES = """
SELECT p.number, packed.times, packed.numbers, packed.is_state, packed.clock_off
  FROM unnest(%(devices)s::text[], %(signals)s::text[]) WITH ORDINALITY
       AS p (device, signal, number)
 CROSS JOIN LATERAL (
       SELECT string_agg(timestamptz_send(at), '') AS times,
              string_agg(float8send(number), '') AS numbers,
              bool_or(is_state) AS is_state, bool_or(clock_off) AS clock_off
         FROM (SELECT CASE quality WHEN 1 THEN received_at ELSE ts END AS at,
                      coalesce(value, array_position(%(states)s::text[], state)) AS number,
                      state IS NOT NULL AS is_state, quality = 1 AS clock_off
                 FROM reading
                WHERE estate_id = %(estate)s AND device_id = p.device AND signal = p.signal
                  AND ts >= %(from)s AND ts < %(to)s
                ORDER BY ts) AS one_by_one
        WHERE number IS NOT NULL) AS packed
 WHERE packed.times IS NOT NULL
"""

_POSTGRES_EPOCH: Instant = 946_684_800_000_000  # 2000-01-01, as an Instant


@dataclass(frozen=True, slots=True)
class Series:
    """A point's readings, oldest first. `point` is its place in the question.

    `times` are microseconds since 2000. `clock_off`: some are those of arrival, as the device's
    clock was off, so that they may be out of order.
    """

    point: int
    times: Sequence[int]
    values: Sequence[Value]
    clock_off: bool

    def samples(self, number: int) -> Iterator[tuple[Instant, int, Value]]:
        """(the time to decide by, `number`, value) in order of that time."""
        times = map(_POSTGRES_EPOCH.__add__, self.times)
        found = zip(times, repeat(number, len(self.times)), self.values, strict=True)
        return iter(sorted(found, key=itemgetter(0))) if self.clock_off else found


def prepare(db: Connection) -> None:
    """Set a connection up that is only used here."""
    for statement in _SESSION:
        db.execute(statement)
    db.commit()


def series(
    db: Connection,
    *,
    estate: str,
    points: Sequence[tuple[str, str]],
    states: Sequence[str],
    from_at: Instant,
    to_at: Instant,
) -> Iterator[Series]:
    """The readings of `points` (device, signal) from `from_at` to before `to_at`.

    One point after the other, so that memory holds one at a time; a point without any is left
    out. `states` are all the states that an enumerated signal of theirs may have; others are
    passed over.
    """
    params = {
        "estate": estate,
        "devices": [device for device, _ in points],
        "signals": [signal for _, signal in points],
        "states": list(states),
        "from": to_datetime(from_at),
        "to": to_datetime(to_at),
    }
    with db.cursor(binary=True) as cursor:
        for number, times, numbers, is_state, clock_off in cursor.stream(_SERIES, params):
            values: Sequence[Value] = _unpacked("d", numbers)
            if is_state:
                values = [states[int(place) - 1] for place in values]
            yield Series(number - 1, _unpacked("q", times), values, clock_off)


def _unpacked(kind: str, data: bytes) -> Any:
    found = array(kind, data)
    if byteorder == "little":
        found.byteswap()
    return found
