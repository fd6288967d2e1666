"""Takes what is due from the outbox, has a channel send it, and records how that went.

The outcome and the report to the engine commit together. Death between sending and recording
makes the row due again when its lease ends, with the same key: at least once from here, once at
a receiver that knows the key.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Generic, Literal, Protocol, TypeVar

import structlog

from hub.clock import Clock
from hub.dispatch.backoff import next_attempt
from hub.dispatch.channel import Hopeless, NothingToSend, Outcome, Sent, TryAgain, Way
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.provider_rate import Bucket
from hub.metrics import SENDINGS
from rules.records.notices import Urgency
from rules.state.inputs import Fault
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import Connection, Pool
from store.engine import inbox
from store.engine.inbox import Lane
from store.notices import outbox
from store.notices.attempts import AttemptState

log = structlog.get_logger(__name__)

WORKERS = 16

Fate = Literal["delivered", "failed"]


class Claimed(Protocol):
    """One claimed row of the outbox."""

    @property
    def key(self) -> str: ...
    @property
    def estate_id(self) -> str: ...
    @property
    def attempts(self) -> int: ...


E = TypeVar("E", bound=Claimed)
L = TypeVar("L")


class Courier(OutboxThread, Generic[E, L]):
    """Serves one channel. Several of a channel share its rows without overlap.

    What a row carries, and whom a report is for, the heirs know. `bucket` is how fast the
    channel's provider takes messages; None: as fast as it answers.
    """

    def __init__(
        self,
        pool: Pool,
        way: Way,
        *,
        clock: Clock,
        random: Random,
        urgent: bool,
        bucket: Bucket | None,
    ) -> None:
        super().__init__(way.name)
        self._pool = pool
        self._way = way
        self._clock = clock
        self._random = random
        self._urgent = urgent
        self._bucket = bucket
        self._broken = False

    @abstractmethod
    def _claim(self, db: Connection, *, now: Instant, lease_us: int, limit: int) -> list[E]: ...

    @abstractmethod
    def _letters(self, db: Connection, errands: Sequence[E]) -> dict[str, L]:
        """What each errand carries, by its key; without those whose matter is gone."""

    @abstractmethod
    def _hand_over(self, errand: E, letter: L) -> Outcome:
        """Send it, unless it is not to go out any more."""

    @abstractmethod
    def _urgency(self, errand: E) -> Urgency: ...

    @abstractmethod
    def _note(self, db: Connection, outcomes: list[tuple[E, Outcome]], now: Instant) -> None:
        """Keep the evidence of each attempt."""

    @abstractmethod
    def _report(
        self, db: Connection, estate: str, fate: Fate, errands: list[E], now: Instant
    ) -> None:
        """Tell the engine."""

    def dispatch(self) -> int:
        """Send one batch of what is due; gives how many rows that was."""
        now, limit = self._clock(), self._way.at_once
        if self._bucket is not None:
            limit = self._bucket.take(limit, now=now, urgent=self._urgent)
        if limit == 0:
            return 0
        lease_us = round(self._way.patience_s * SECOND)
        with self._pool.connection() as db:
            errands = self._claim(db, now=now, lease_us=lease_us, limit=limit)
            letters = self._letters(db, errands) if errands else {}
        if self._bucket is not None:
            self._bucket.give_back(limit - len(errands))
        if errands:
            outcomes = self._send_all(errands, letters)
            with self._pool.connection() as db:
                self._record(db, outcomes)
        return len(errands)

    def _send_all(self, errands: Sequence[E], letters: dict[str, L]) -> list[tuple[E, Outcome]]:
        given = [letters.get(errand.key) for errand in errands]
        if len(errands) == 1:
            return [(errands[0], self._send(errands[0], given[0]))]
        with ThreadPoolExecutor(WORKERS, thread_name_prefix=self._way.name) as pool:
            return list(zip(errands, pool.map(self._send, errands, given), strict=True))

    def _send(self, errand: E, letter: L | None) -> Outcome:
        if letter is None:
            return Hopeless("what it was about is gone")
        try:
            return self._hand_over(errand, letter)
        except Exception as fault:
            log.exception("channel_failed", channel=self._way.name, key=errand.key)
            return TryAgain(f"fault: {type(fault).__name__}")

    def _record(self, db: Connection, outcomes: list[tuple[E, Outcome]]) -> None:
        now = self._clock()
        done: dict[str, str] = {}
        lost: dict[str, str] = {}
        reports: dict[tuple[str, Fate], list[E]] = defaultdict(list)
        self._note(db, outcomes, now)
        for errand, outcome in outcomes:
            match outcome:
                case Sent(evidence, _, receipt_follows):
                    done[errand.key] = evidence
                    if not receipt_follows:
                        reports[errand.estate_id, "delivered"].append(errand)
                case NothingToSend(evidence):
                    done[errand.key] = evidence
                case TryAgain(evidence):
                    again = next_attempt(
                        self._urgency(errand), errand.attempts, now=now, random=self._random
                    )
                    if again is not None:
                        outbox.retry(db, errand.key, evidence=evidence, next_at=again)
                    else:
                        lost[errand.key] = evidence
                        reports[errand.estate_id, "failed"].append(errand)
                case Hopeless(evidence):
                    lost[errand.key] = evidence
                    reports[errand.estate_id, "failed"].append(errand)
            SENDINGS.labels(self._way.name, type(outcome).__name__).inc()
        outbox.done(db, done, now=now)
        outbox.give_up(db, lost, now=now)
        for (estate, fate), errands in sorted(reports.items()):
            self._report(db, estate, fate, errands, now)
        self._report_fault(db, outcomes, now)

    def _report_fault(
        self, db: Connection, outcomes: list[tuple[E, Outcome]], now: Instant
    ) -> None:
        """A channel that begins to raise is a system alarm, once until it works again."""
        faults = {
            errand.estate_id: outcome.evidence
            for errand, outcome in outcomes
            if isinstance(outcome, TryAgain) and outcome.evidence.startswith("fault: ")
        }
        if faults and not self._broken:
            for estate, evidence in sorted(faults.items()):
                fault = Fault(f"channel/{self._way.name}", evidence)
                inbox.append(
                    db, estate_id=estate, lane=Lane.COMMANDS, kind="fault", body=fault, at=now
                )
        self._broken = bool(faults)


STATE: dict[type, AttemptState] = {
    Sent: "sent", NothingToSend: "skipped", TryAgain: "retried", Hopeless: "failed",
}  # fmt: skip
"""What an outcome is called in the evidence."""
