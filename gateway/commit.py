"""The one transaction that makes a batch of messages durable, all of it or nothing."""

from dataclasses import dataclass
from typing import Any

from gateway.errors import ConflictingReading
from gateway.intake import CLOCK_ERROR_SIGNAL, Intake
from gateway.message import Message
from rules.vocabulary.instant import SECOND, Instant, to_rfc3339
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, pipelined
from store.engine import inbox
from store.engine.inbox import Lane
from store.readings import dead_letters, readings

LATE = 600 * SECOND
"""Readings older than this go to the backfill lane (DOMAIN section 2, ingest rules)."""

_Entry = tuple[str, Lane, str, Any]
"""(estate, lane, kind, body) of an inbox entry."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit stored. `refused` are the messages that went to the dead letters, by reason."""

    live: int
    late: int
    repeated: int
    refused: list[tuple[Message, str]]


def commit(db: Connection, intake: Intake, *, now: Instant) -> Receipt:
    """Store readings and dead letters, and tell the estates' inboxes what is new.

    Raises store.engine.inbox.UnknownEstate: an estate is gone since the registry was read;
    nothing was stored.
    """
    with pipelined(db):
        appended = readings.append(db, intake.readings, received_at=now)
        for index, stored in appended.conflicts:
            reading = intake.readings[index]
            if reading.signal != CLOCK_ERROR_SIGNAL:  # our own measurement, not the device's word
                intake.refuse(intake.sources[index], _conflict(reading, stored))
        dead_letters.append(db, [letter for _, letter in intake.letters])
        rows = _rows([intake.readings[index] for index in appended.fresh], now)
        for estate, lane, kind, body in _entries(rows, intake, now):
            inbox.append(db, estate_id=estate, lane=lane, kind=kind, body=body, at=now)
    fresh = len(appended.fresh)
    late = sum(len(batch) for (_, lane), batch in rows.items() if lane == Lane.BACKFILL)
    return Receipt(
        live=fresh - late,
        late=late,
        repeated=len(intake.readings) - fresh - len(appended.conflicts),
        refused=[(message, letter.reason) for message, letter in intake.letters],
    )


def _rows(fresh: list[readings.Reading], now: Instant) -> dict[tuple[str, Lane], list[Row]]:
    rows: dict[tuple[str, Lane], list[Row]] = {}
    late_before = now - LATE
    for reading in fresh:
        lane = Lane.BACKFILL if reading.at < late_before else Lane.LIVE
        row = (reading.device, reading.signal, reading.at, reading.value)
        rows.setdefault((reading.estate, lane), []).append(row)
    return rows


def _entries(rows: dict[tuple[str, Lane], list[Row]], intake: Intake, now: Instant) -> list[_Entry]:
    """In the order of (estate, lane), as the append locks demand; statuses first."""
    entries: list[_Entry] = [
        (estate, Lane.LIVE, "status", status) for estate, status in intake.statuses
    ]
    entries += [
        (estate, lane, "readings", ReadingBatch(received_at=now, rows=batch))
        for (estate, lane), batch in rows.items()
    ]
    return sorted(entries, key=lambda entry: entry[:2])


def _conflict(reading: readings.Reading, stored: object) -> ConflictingReading:
    return ConflictingReading(
        f"signal {reading.signal!r} at {to_rfc3339(reading.ts)}: {reading.value!r}, but "
        f"{stored!r} is stored, and stays; give each measurement a time of its own"
    )
