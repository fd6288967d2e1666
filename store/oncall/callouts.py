"""Reading the calls of staff that the events add up to, and the evidence of every attempt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Raw

from rules.records.callouts import Callout
from rules.records.notices import Channel
from rules.records.nouns import record_from_json
from rules.vocabulary.instant import Instant, to_datetime
from store.database import pages, records
from store.database.connection import Connection
from store.notices.attempts import AttemptState

_OPEN = """
SELECT record::text FROM callout
 WHERE (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND state IN ('requested', 'failed', 'delivered')
 ORDER BY requested_at, id
"""

_PAGE = """
SELECT requested_at, id, record::text FROM callout
 WHERE (%(open)s::boolean IS NULL OR (state IN ('requested', 'failed', 'delivered')) = %(open)s)
   AND (%(user)s::text IS NULL OR user_id = %(user)s)
   AND (%(incident)s::text IS NULL OR incident_id = %(incident)s)
   AND (%(estate)s::text IS NULL OR estate_id = %(estate)s)
   AND (requested_at, id) < (%(at)s, %(id)s)
 ORDER BY requested_at DESC, id DESC LIMIT %(limit)s
"""

_ESTATE_OF = "SELECT estate_id FROM callout WHERE id = %(id)s"

_RECORDS = "SELECT id, record FROM callout WHERE id = ANY(%(ids)s)"

_NOTE = """
INSERT INTO callout_attempt (key, attempt, state, callout_id, channel, at, provider_id, evidence)
SELECT %(key)s, %(attempt)s, %(state)s, c.id, %(channel)s, %(at)s, %(provider_id)s, %(evidence)s
  FROM callout c WHERE c.id = ANY(%(callouts)s)
ON CONFLICT (key, attempt, state, callout_id) DO NOTHING
"""

_ATTEMPTS = """
SELECT channel, attempt, state, at, provider_id, evidence FROM callout_attempt
 WHERE callout_id = %(callout)s ORDER BY at, key, attempt
"""


@dataclass(frozen=True, slots=True)
class NewCalloutAttempt:
    """How one attempt went for each of `callouts`; `evidence` is the channel's answer."""

    key: str
    callouts: Sequence[str]
    attempt: int
    state: AttemptState
    evidence: str
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class CalloutAttempt:
    """One line of the evidence."""

    channel: Channel
    attempt: int
    state: AttemptState
    at: datetime
    provider_id: str | None
    evidence: str


def open_ones(db: Connection, estate: str | None) -> list[Raw]:
    """Every call that waits for an answer, oldest first."""
    return records.many(db, _OPEN, {"estate": estate})


def page(
    db: Connection,
    *,
    open_: bool | None,
    user: str | None,
    incident: str | None,
    estate: str | None,
    after: pages.Position | None,
    limit: int,
) -> pages.Page:
    """Calls by the time they were asked for, newest first."""
    params = {"open": open_, "user": user, "incident": incident, "estate": estate}
    return pages.page(db, _PAGE, params, after=after, limit=limit)


def estate_of(db: Connection, callout_id: str) -> str | None:
    return records.estate(db, _ESTATE_OF, {"id": callout_id})


def by_id(db: Connection, ids: Collection[str]) -> dict[str, Callout]:
    """These calls as they stand, by their ids."""
    found = {}
    for id_, record in db.execute(_RECORDS, {"ids": list(ids)}):
        callout = record_from_json("callout.requested", record)
        assert isinstance(callout, Callout)
        found[id_] = callout
    return found


def note(
    db: Connection, channel: Channel, attempts: Sequence[NewCalloutAttempt], *, at: Instant
) -> int:
    """Keep the evidence; gives how many lines of it are new."""
    new = 0
    for a in attempts:
        params = {
            "key": a.key, "attempt": a.attempt, "state": a.state, "channel": channel,
            "at": to_datetime(at), "provider_id": a.provider_id, "evidence": a.evidence,
            "callouts": list(a.callouts),
        }  # fmt: skip
        new += db.execute(_NOTE, params).rowcount
    return new


def attempts(db: Connection, callout_id: str) -> list[CalloutAttempt]:
    """Everything that was tried for one call, oldest first."""
    return [CalloutAttempt(*row) for row in db.execute(_ATTEMPTS, {"callout": callout_id})]
