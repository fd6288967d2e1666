"""A history put into a database, as the gateway, the hub and the engine of its version left it."""

import msgspec

from rules.catalogue import device_types
from rules.estate.file import expand, parse
from rules.vocabulary.instant import to_datetime
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from store.estate import estates
from tests.histories.history import History, Took

_EVENT = """
INSERT INTO event (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, lane, inbox_seq,
                   record)
VALUES (%(seq)s, %(estate)s, %(no)s, %(kind)s, %(at)s, %(now)s, %(by)s, %(reason)s, %(lane)s,
        %(inbox_seq)s, %(record)s::json)
"""


def store(dsn: str, history: History) -> str:
    """All of `history` but its snapshot; gives the id of its estate, which is new there."""
    imported, now = history.imported, history.batches[0].batch.now
    estate = expand(parse(imported.body), device_types())
    with connect(dsn, name="history") as db:
        estates.save(db, estates.Estate(estate.id, estate.name, estate.timezone), now=now)
        version = estates.Version(imported.version, imported.body)
        estates.add_version(db, estate.id, version, by="system", now=now)
        seq = 0
        for took in history.batches:
            _keep(db, estate.id, took, seq)
            seq += len(took.events)
    return estate.id


def keep_snapshot(dsn: str, estate: str, history: History) -> None:
    """The snapshot that the engine of the history's version took."""
    batch = history.batches[history.snapshot_no - 1].batch
    with connect(dsn, name="history") as db:
        batches.save_snapshot(db, estate, batch, history.snapshot, keep=1)


def _keep(db: Connection, estate: str, took: Took, seq: int) -> None:
    now = took.batch.now
    for entry in took.entries:
        body = msgspec.Raw(entry.body.encode())
        inbox.append(
            db, estate_id=estate, lane=Lane(entry.lane), kind=entry.kind, body=body, at=now
        )
    rows = [
        {
            **event._asdict(),
            "seq": n,
            "estate": estate,
            "no": took.batch.no,
            "now": to_datetime(now),
        }
        for n, event in enumerate(took.events, seq + 1)
    ]
    if rows:
        db.cursor().executemany(_EVENT, rows)
    batches.record(db, estate, took.batch, (seq + 1, seq + len(rows)) if rows else None)
