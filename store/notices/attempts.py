"""The evidence of every attempt to reach a household: append-only, kept as long as its notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.records.notices import Channel
from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

_ADD = """
INSERT INTO notice_attempt (key, attempt, state, notice_id, channel, at, provider_id, evidence,
                            contact)
SELECT a.key, a.attempt, a.state, n.id, %(channel)s, %(at)s, a.provider_id, a.evidence, a.contact
  FROM unnest(%(keys)s::text[], %(attempts)s::int[], %(states)s::text[], %(notices)s::text[],
              %(provider_ids)s::text[], %(evidence)s::text[], %(contacts)s::int[])
    AS a (key, attempt, state, notice_id, provider_id, evidence, contact)
  JOIN notice n ON n.id = a.notice_id
ON CONFLICT (key, attempt, state) DO NOTHING
"""

_OF_NOTICE = """
SELECT channel, contact, attempt, state, at, provider_id, evidence FROM notice_attempt
 WHERE notice_id = %(notice)s ORDER BY at, key, attempt
"""

_LAST = """
SELECT last.notice_id, last.attempt, last.channel, last.contact,
       last.contact IS NULL OR coalesce(c.relation = 'resident', false)
  FROM (SELECT notice_id, attempts AS attempt, channel, contact FROM outbox
         WHERE key = %(key)s AND attempts > 0
         UNION ALL
        SELECT notice_id, attempt, channel, contact FROM notice_attempt WHERE key = %(key)s
         ORDER BY attempt DESC LIMIT 1) last
  JOIN notice n ON n.id = last.notice_id
  LEFT JOIN household_contact c ON c.estate_id = n.estate_id
       AND c.household_id = n.household_id AND c.n = last.contact
"""

AttemptState = Literal["sent", "skipped", "retried", "failed", "delivered", "answered"]
"""`sent`: the provider took it, which is not that anybody has it; `skipped`: nothing to send."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """How one attempt went. `evidence` is the channel's answer, `provider_id` its own number.

    `contact` is the household's contact whom it was for, by number; None: the household.
    """

    key: str
    notice_id: str
    attempt: int
    state: AttemptState
    evidence: str
    provider_id: str | None = None
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the evidence."""

    channel: Channel
    contact: int | None
    attempt: int
    state: AttemptState
    at: datetime
    provider_id: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """What a provider's later report is about. `to_resident`: whom it went to lives there."""

    notice_id: str
    attempt: int
    channel: Channel
    contact: int | None
    to_resident: bool


def add(db: Connection, channel: Channel, attempts: Sequence[NewAttempt], *, at: Instant) -> int:
    """Note attempts of one channel; gives how many are new.

    Those of a notice that is gone are left out.
    """
    if not attempts:
        return 0
    return db.execute(
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
            "contacts": [a.contact for a in attempts],
        },
    ).rowcount


def of_notice(db: Connection, notice_id: str) -> list[Attempt]:
    """Everything that was tried, oldest first."""
    return [Attempt(*row) for row in db.execute(_OF_NOTICE, {"notice": notice_id})]


def last(db: Connection, key: str) -> LastAttempt | None:
    """The last attempt with this key, even if it is still under way; None: there was none."""
    row = db.execute(_LAST, {"key": key}).fetchone()
    return LastAttempt(*row) if row else None
