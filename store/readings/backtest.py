"""Reading recorded history in bulk: the series of many points at once, packed by the server."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from operator import itemgetter, le
from sys import byteorder
from typing import Any

from rules.vocabulary.instant import Instant, to_datetime
from rules.vocabulary.reading import Value
from store.database.connection import Connection

# The readings of one point lie scattered over the whole time in question, as they came in between
# those of all others. An index scan fetches a page for each; a bitmap scan each page once, which
# took a quarter of the time. The caller divides the work itself, so no parallel workers.
_SESSION = (
    "SET enable_indexscan = off",
    "SET max_parallel_workers_per_gather = 0",
    "SET work_mem = '128MB'",
    "SET jit = off",
)

# A row for each reading would cost the client more than judging it: the server packs each series
# into two byte strings, in the binary form of timestamptz and float8. A state travels as its
# place in the list of states, from 1.
_SERIES = """
SELECT device_id, signal,
       string_agg(timestamptz_send(CASE quality WHEN 1 THEN received_at ELSE ts END), ''),
       string_agg(float8send(coalesce(value, array_position(%(states)s::text[], state))), ''),
       bool_or(state IS NOT NULL)
  FROM reading
 WHERE estate_id = %(estate)s AND device_id = ANY(%(devices)s::text[])
   AND signal = ANY(%(signals)s::text[]) AND ts >= %(from)s AND ts < %(to)s
   AND (state IS NULL OR state = ANY(%(states)s::text[]))
 GROUP BY device_id, signal
"""

_POSTGRES_EPOCH: Instant = 946_684_800_000_000  # 2000-01-01, as an Instant


@dataclass(frozen=True, slots=True)
class Series:
    """The readings of one point, in the order in which they were stored.

    `times` are those to decide by, in microseconds since 2000: the device's, or that of arrival
    where its clock was off.
    """

    times: Sequence[int]
    values: Sequence[Value]

    def samples(self, number: int) -> Iterator[tuple[Instant, int, Value]]:
        """(time, `number`, value) in order of time."""
        times = map(_POSTGRES_EPOCH.__add__, self.times)
        found = zip(times, repeat(number, len(self.times)), self.values, strict=True)
        in_order = all(map(le, self.times, islice(self.times, 1, None)))
        return found if in_order else iter(sorted(found, key=itemgetter(0)))


def prepare(db: Connection) -> None:
    """Set a connection up that is only used here."""
    for statement in _SESSION:
        db.execute(statement)


def series(
    db: Connection,
    *,
    estate: str,
    points: Sequence[tuple[str, str]],
    states: Sequence[str],
    from_at: Instant,
    to_at: Instant,
) -> dict[tuple[str, str], Series]:
    """The readings from `from_at` to before `to_at` of `points` (device, signal) that have any.

    All are in memory at once, 16 bytes a reading. `states` are all the states that an enumerated
    signal of theirs may have; others are passed over.
    """
    params = {
        "estate": estate,
        "devices": sorted({device for device, _ in points}),
        "signals": sorted({signal for _, signal in points}),
        "states": list(states),
        "from": to_datetime(from_at),
        "to": to_datetime(to_at),
    }
    found: dict[tuple[str, str], Series] = {}
    with db.cursor(binary=True) as cursor:
        for device, signal, times, numbers, is_state in cursor.execute(_SERIES, params):
            values: Sequence[Value] = _unpacked("d", numbers)
            if is_state:
                values = [states[int(place) - 1] for place in values]
            found[device, signal] = Series(_unpacked("q", times), values)
    return found


def _unpacked(kind: str, data: bytes) -> Any:
    found = array(kind, data)
    if byteorder == "little":
        found.byteswap()
    return found
