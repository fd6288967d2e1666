"""The evidence of every attempt to reach a household: append-only, kept as long as its notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.instant import Instant, to_datetime
from rules.notices import Channel
from store.connection import Connection

_ADD = """
INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at, provider_id, evidence)
SELECT a.key, a.attempt, a.state, n.id, %(channel)s, %(at)s, a.provider_id, a.evidence
  FROM unnest(%(keys)s::text[], %(attempts)s::int[], %(states)s::text[], %(notices)s::text[],
              %(provider_ids)s::text[], %(evidence)s::text[])
    AS a (key, attempt, state, notice_id, provider_id, evidence)
  JOIN notice n ON n.id = a.notice_id
ON CONFLICT (key, attempt, state) DO NOTHING
"""

_OF_NOTICE = """
SELECT channel, attempt, state, at, provider_id, evidence FROM notice_attempt
 WHERE notice_id = %(notice)s ORDER BY at, key, attempt
"""

_LAST = "SELECT notice_id, max(attempt) FROM notice_attempt WHERE key = %(key)s GROUP BY notice_id"

AttemptState = Literal["sent", "skipped", "retried", "failed", "delivered", "answered"]
"""`sent`: the provider took it, which is not that anybody has it; `skipped`: nothing to send."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """How one attempt went. `evidence` is the channel's answer, `provider_id` its own number."""

    key: str
    notice_id: str
    attempt: int
    state: AttemptState
    evidence: str
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the evidence."""

    channel: Channel
    attempt: int
    state: AttemptState
    at: datetime
    provider_id: str | None
    evidence: str


def add(db: Connection, channel: Channel, attempts: Sequence[NewAttempt], *, at: Instant) -> None:
    """Note attempts of one channel; those of a notice that is gone are left out."""
    if not attempts:
        return
    db.execute(
        _ADD,
        {
            "channel": channel,
            "at": to_datetime(at),
            "keys": [a.key for a in attempts],
            "attempts": [a.attempt for a in attempts],
            "states": [a.state for a in attempts],
            "notices": [a.notice_id for a in attempts],
            "provider_ids": [a.provider_id for a in attempts],
            "evidence": [a.evidence for a in attempts],
        },
    )


def of_notice(db: Connection, notice_id: str) -> list[Attempt]:
    """Everything that was tried, oldest first."""
    return [Attempt(*row) for row in db.execute(_OF_NOTICE, {"notice": notice_id})]


def last(db: Connection, key: str) -> tuple[str, int] | None:
    """The notice and the number of the last attempt with this key; None: there was none."""
    row = db.execute(_LAST, {"key": key}).fetchone()
    return (str(row[0]), int(row[1])) if row else None
