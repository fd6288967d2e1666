"""What the calendar did: one row per job and due time, which makes each run happen once."""

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.database.connection import Connection

_LEAD = "SELECT pg_try_advisory_lock(%(lock)s)"

_ALIVE = "SELECT 1"

_DONE = "SELECT 1 FROM calendar_run WHERE job = %(job)s AND due_at = %(due)s"

_LAST = "SELECT max(due_at) FROM calendar_run WHERE job = %(job)s"

_ADD = """
INSERT INTO calendar_run (job, due_at, ended_at, result)
VALUES (%(job)s, %(due)s, %(now)s, %(result)s)
ON CONFLICT (job, due_at) DO UPDATE SET ended_at = excluded.ended_at, result = excluded.result
"""

_LEADER_LOCK = 0x6761_7463  # "gatc"


def try_to_lead(db: Connection) -> bool:
    """Become the one calendar for as long as the connection lives; False where another is."""
    row = db.execute(_LEAD, {"lock": _LEADER_LOCK}).fetchone()
    return bool(row and row[0])


def check_leading(db: Connection) -> None:
    """Raises what `LOST` names: the connection is gone, and the leadership with it."""
    db.execute(_ALIVE)


def is_done(db: Connection, job: str, *, due_at: Instant) -> bool:
    return db.execute(_DONE, {"job": job, "due": to_datetime(due_at)}).fetchone() is not None


def last_due(db: Connection, job: str) -> Instant | None:
    """For which due time the job ran last."""
    row = db.execute(_LAST, {"job": job}).fetchone()
    return from_datetime(row[0]) if row and row[0] else None


def record(db: Connection, job: str, *, due_at: Instant, now: Instant, result: str) -> None:
    """Note that the job ran for `due_at` and ended at `now`."""
    params = {"job": job, "due": to_datetime(due_at), "now": to_datetime(now), "result": result}
    db.execute(_ADD, params)
