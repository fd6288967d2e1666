"""The engine's side of the inbox: owning an estate, reading its lanes, recording each batch."""

from dataclasses import dataclass

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection
from store.engine.inbox import Lane

_OWN = "SELECT pg_try_advisory_lock(%(class)s, hashtext(%(estate)s))"

_GIVE_UP = "SELECT pg_advisory_unlock(%(class)s, hashtext(%(estate)s))"

_ESTATES = "SELECT id FROM estate ORDER BY id"

_LAST = """
SELECT no, now, upto, ahead FROM batch WHERE estate_id = %(estate)s ORDER BY no DESC LIMIT 1
"""

_HEADS = "SELECT estate_id, lane, seq FROM inbox_head"

# A lane is read only where the lower ones ran dry.
_NEXT_ENTRIES = """
WITH command AS MATERIALIZED (
    SELECT lane, seq, kind, body FROM inbox
     WHERE estate_id = %(estate)s AND lane = 0 AND seq > %(after0)s
     ORDER BY seq LIMIT %(limit0)s
), live AS MATERIALIZED (
    SELECT lane, seq, kind, body FROM inbox
     WHERE estate_id = %(estate)s AND lane = 1 AND seq > %(after1)s
       AND (SELECT count(*) FROM command) < %(limit0)s
     ORDER BY seq LIMIT %(limit1)s
), backfill AS MATERIALIZED (
    SELECT lane, seq, kind, body FROM inbox
     WHERE estate_id = %(estate)s AND lane = 2 AND seq > %(after2)s
       AND (SELECT count(*) FROM command) < %(limit0)s
       AND (SELECT count(*) FROM live) < %(limit1)s
     ORDER BY seq LIMIT %(limit2)s
)
SELECT lane, seq, kind, body::text
  FROM (TABLE command UNION ALL TABLE live UNION ALL TABLE backfill) AS found
 ORDER BY lane, seq
"""

_ENTRIES_OF_BATCH = """
SELECT lane, seq, kind, body::text FROM inbox
 WHERE estate_id = %(estate)s
   AND (   (lane = 0 AND seq > %(after0)s AND seq <= %(upto0)s)
        OR (lane = 1 AND seq > %(after1)s AND seq <= %(upto1)s)
        OR (lane = 2 AND seq > %(after2)s AND seq <= %(upto2)s))
 ORDER BY lane, seq
"""

_BATCHES_AFTER = """
SELECT no, now, upto, ahead FROM batch WHERE estate_id = %(estate)s AND no > %(no)s ORDER BY no
"""

_REACHES_BACK = """
SELECT NOT EXISTS (
           SELECT FROM inbox_head h
            WHERE h.estate_id = %(estate)s AND h.seq > 0 AND NOT EXISTS (
                  SELECT FROM inbox i
                   WHERE i.estate_id = h.estate_id AND i.lane = h.lane AND i.seq = 1))
   AND coalesce((SELECT min(no) = 1 FROM batch WHERE estate_id = %(estate)s), true)
"""

_RECORD = """
INSERT INTO batch (estate_id, no, now, upto, ahead, first_seq, last_seq)
VALUES (%(estate)s, %(no)s, %(now)s, %(upto)s, %(ahead)s, %(first)s, %(last)s)
"""

_LATEST_SNAPSHOT = """
SELECT s.batch_no, b.now, b.upto, b.ahead, s.state
  FROM snapshot s JOIN batch b ON b.estate_id = s.estate_id AND b.no = s.batch_no
 WHERE s.estate_id = %(estate)s AND s.batch_no <= %(upto_no)s
 ORDER BY s.batch_no DESC LIMIT 1
"""

_SAVE_SNAPSHOT = """
INSERT INTO snapshot (estate_id, batch_no, state, created_at)
VALUES (%(estate)s, %(no)s, %(state)s, %(now)s)
ON CONFLICT (estate_id, batch_no) DO UPDATE SET state = EXCLUDED.state
"""

_DROP_SNAPSHOTS = """
DELETE FROM snapshot
 WHERE estate_id = %(estate)s AND batch_no NOT IN (
    SELECT batch_no FROM snapshot
     WHERE estate_id = %(estate)s ORDER BY batch_no DESC LIMIT %(keep)s)
   AND batch_no NOT IN (
    SELECT min(batch_no) FROM snapshot
     WHERE estate_id = %(estate)s AND created_at > %(now)s::timestamptz - interval '1 day'
     GROUP BY date_trunc('hour', created_at))
"""

LOCK_CLASS = 0x656E67  # "eng"
"""Of the advisory locks by which engines own estates."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One inbox entry as stored; `body` is JSON."""

    lane: int
    seq: int
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One engine transaction: its `now`, and by lane the last entry that had then been read.

    `ahead` is by how many microseconds `now` was ahead of the clock.
    """

    no: int
    now: Instant
    upto: tuple[int, int, int]
    ahead: Instant = 0


NONE_YET = Batch(no=0, now=0, upto=(0, 0, 0))
"""Before an estate's first batch."""


def own(db: Connection, estate_id: str) -> bool:
    """Become the estate's one engine for as long as `db` is connected; False: another one is."""
    row = db.execute(_OWN, {"class": LOCK_CLASS, "estate": estate_id}).fetchone()
    return bool(row and row[0])


def give_up(db: Connection, estate_id: str) -> None:
    """Be the estate's engine no longer: another one may, and whoever asks sees that it has none."""
    db.execute(_GIVE_UP, {"class": LOCK_CLASS, "estate": estate_id})


def estates(db: Connection) -> list[str]:
    """Ids of all estates."""
    return [row[0] for row in db.execute(_ESTATES)]


def heads(db: Connection) -> list[tuple[str, int, int]]:
    """How far every estate's inbox goes: (estate, lane, seq)."""
    return db.execute(_HEADS).fetchall()


def last(db: Connection, estate_id: str) -> Batch:
    """The estate's newest batch."""
    row = db.execute(_LAST, {"estate": estate_id}).fetchone()
    return _batch(row) if row else NONE_YET


def after(db: Connection, estate_id: str, no: int) -> list[Batch]:
    """All batches behind `no`, in order."""
    return [_batch(row) for row in db.execute(_BATCHES_AFTER, {"estate": estate_id, "no": no})]


def reaches_back(db: Connection, estate_id: str) -> bool:
    """Whether the estate's inbox and batches are kept from the very first one."""
    row = db.execute(_REACHES_BACK, {"estate": estate_id}).fetchone()
    return bool(row and row[0])


def next_entries(
    db: Connection, estate_id: str, upto: tuple[int, int, int], limits: tuple[int, int, int]
) -> list[Entry]:
    """The next entries, lower lanes first; a lane is read only where the lower ones ran dry.

    So a backlog never delays a live reading, and readings never delay a command.
    """
    params: dict[str, object] = {"estate": estate_id}
    for lane in Lane:
        params[f"after{lane}"] = upto[lane]
        params[f"limit{lane}"] = limits[lane]
    return [Entry(*row) for row in db.execute(_NEXT_ENTRIES, params)]


def entries_of(db: Connection, estate_id: str, before: Batch, batch: Batch) -> list[Entry]:
    """What `batch` read, `before` being the batch in front of it, in the order it was stepped."""
    params: dict[str, object] = {"estate": estate_id}
    for lane in Lane:
        params[f"after{lane}"] = before.upto[lane]
        params[f"upto{lane}"] = batch.upto[lane]
    return [Entry(*row) for row in db.execute(_ENTRIES_OF_BATCH, params)]


def record(db: Connection, estate_id: str, batch: Batch, seqs: tuple[int, int] | None) -> None:
    """Write `batch`; `seqs` are the first and last number of its events, None without events.

    Raises psycopg.errors.UniqueViolation: another engine recorded this batch, so this one is no
    longer the owner.
    """
    db.execute(
        _RECORD,
        {
            "estate": estate_id,
            "no": batch.no,
            "now": to_datetime(batch.now),
            "upto": list(batch.upto),
            "ahead": batch.ahead,
            "first": seqs[0] if seqs else None,
            "last": seqs[1] if seqs else None,
        },
    )


def latest_snapshot(db: Connection, estate_id: str, *, upto_no: int) -> tuple[Batch, bytes] | None:
    """The newest snapshot taken at or before batch `upto_no`, with that batch."""
    params = {"estate": estate_id, "upto_no": upto_no}
    row = db.execute(_LATEST_SNAPSHOT, params).fetchone()
    return (_batch(row[:4]), bytes(row[4])) if row else None


def save_snapshot(db: Connection, estate_id: str, batch: Batch, state: bytes, *, keep: int) -> None:
    """Store the state after `batch`, and drop all but the newest `keep`, and one an hour of a day.

    What an hour's first one knows, a version of the program may read that cannot read the newest.
    """
    params = {"estate": estate_id, "no": batch.no, "now": to_datetime(batch.now), "state": state}
    db.execute(_SAVE_SNAPSHOT, params)
    db.execute(_DROP_SNAPSHOTS, {**params, "keep": keep})


def _batch(row: tuple[object, ...]) -> Batch:
    no, now, upto, ahead = row
    return Batch(no, from_datetime(now), tuple(upto), ahead)  # type: ignore[arg-type]


def listen(db: Connection) -> None:
    """Ask to be woken by every append; `db` must be in autocommit mode."""
    db.execute("LISTEN gatehouse_inbox")


def woken(db: Connection, *, within_s: float) -> set[str]:
    """The estates whose inboxes were appended to, waiting `within_s` seconds for the first."""
    return {notify.payload for notify in db.notifies(timeout=within_s, stop_after=1)}
