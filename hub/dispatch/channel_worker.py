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
from hub.dispatch.channel import NothingToSend, Outcome, Retry, Sent, Undeliverable, Way
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.provider_rate import ProviderRate
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

Reported = Literal["delivered", "failed"]


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


class ChannelWorker(OutboxThread, Generic[E, L]):
    """Serves one channel. Several of a channel share its rows without overlap.

    What a row carries, and whom a report is for, the heirs know. `rate` is how fast the
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
        rate: ProviderRate | None,
    ) -> None:
        super().__init__(way.name)
        self._pool = pool
        self._way = way
        self._clock = clock
        self._random = random
        self._urgent = urgent
        self._rate = rate
        self._broken = False

    @abstractmethod
    def _claim(self, db: Connection, *, now: Instant, lease_us: int, limit: int) -> list[E]: ...

    @abstractmethod
    def _contents(self, db: Connection, deliveries: Sequence[E]) -> dict[str, L]:
        """What each delivery carries, by its key; without those whose matter is gone."""

    @abstractmethod
    def _hand_over(self, delivery: E, content: L) -> Outcome:
        """Send it, unless it is not to go out any more."""

    @abstractmethod
    def _urgency(self, delivery: E) -> Urgency: ...

    @abstractmethod
    def _note(self, db: Connection, outcomes: list[tuple[E, Outcome]], now: Instant) -> None:
        """Keep the evidence of each attempt."""

    @abstractmethod
    def _report(
        self, db: Connection, estate: str, reported: Reported, deliveries: list[E], now: Instant
    ) -> None:
        """Tell the engine."""

    def dispatch(self) -> int:
        """Send one batch of what is due; gives how many rows that was."""
        now, limit = self._clock(), self._way.at_once
        if self._rate is not None:
            limit = self._rate.take(limit, now=now, urgent=self._urgent)
        if limit == 0:
            return 0
        lease_us = round(self._way.patience_s * SECOND)
        with self._pool.connection() as db:
            deliveries = self._claim(db, now=now, lease_us=lease_us, limit=limit)
            contents = self._contents(db, deliveries) if deliveries else {}
        if self._rate is not None:
            self._rate.give_back(limit - len(deliveries))
        if deliveries:
            outcomes = self._send_all(deliveries, contents)
            with self._pool.connection() as db:
                self._record(db, outcomes)
        return len(deliveries)

    def _send_all(self, deliveries: Sequence[E], contents: dict[str, L]) -> list[tuple[E, Outcome]]:
        given = [contents.get(delivery.key) for delivery in deliveries]
        if len(deliveries) == 1:
            return [(deliveries[0], self._send(deliveries[0], given[0]))]
        with ThreadPoolExecutor(WORKERS, thread_name_prefix=self._way.name) as pool:
            return list(zip(deliveries, pool.map(self._send, deliveries, given), strict=True))

    def _send(self, delivery: E, content: L | None) -> Outcome:
        if content is None:
            return Undeliverable("what it was about is gone")
        try:
            return self._hand_over(delivery, content)
        except Exception as fault:
            log.exception("channel_failed", channel=self._way.name, key=delivery.key)
            return Retry(f"fault: {type(fault).__name__}")

    def _record(self, db: Connection, outcomes: list[tuple[E, Outcome]]) -> None:
        now = self._clock()
        done: dict[str, str] = {}
        lost: dict[str, str] = {}
        reports: dict[tuple[str, Reported], list[E]] = defaultdict(list)
        self._note(db, outcomes, now)
        for delivery, outcome in outcomes:
            match outcome:
                case Sent(evidence, _, receipt_follows):
                    done[delivery.key] = evidence
                    if not receipt_follows:
                        reports[delivery.estate_id, "delivered"].append(delivery)
                case NothingToSend(evidence):
                    done[delivery.key] = evidence
                case Retry(evidence):
                    again = next_attempt(
                        self._urgency(delivery), delivery.attempts, now=now, random=self._random
                    )
                    if again is not None:
                        outbox.retry(db, delivery.key, evidence=evidence, next_at=again)
                    else:
                        lost[delivery.key] = evidence
                        reports[delivery.estate_id, "failed"].append(delivery)
                case Undeliverable(evidence):
                    lost[delivery.key] = evidence
                    reports[delivery.estate_id, "failed"].append(delivery)
            SENDINGS.labels(self._way.name, type(outcome).__name__).inc()
        outbox.done(db, done, now=now)
        outbox.give_up(db, lost, now=now)
        for (estate, reported), deliveries in sorted(reports.items()):
            self._report(db, estate, reported, deliveries, now)
        self._report_fault(db, outcomes, now)

    def _report_fault(
        self, db: Connection, outcomes: list[tuple[E, Outcome]], now: Instant
    ) -> None:
        """A channel that begins to raise is a system alarm, once until it works again."""
        faults = {
            delivery.estate_id: outcome.evidence
            for delivery, outcome in outcomes
            if isinstance(outcome, Retry) and outcome.evidence.startswith("fault: ")
        }
        if faults and not self._broken:
            for estate, evidence in sorted(faults.items()):
                fault = Fault(f"channel/{self._way.name}", evidence)
                inbox.append(
                    db, estate_id=estate, lane=Lane.COMMANDS, kind="fault", body=fault, at=now
                )
        self._broken = bool(faults)


STATE: dict[type, AttemptState] = {
    Sent: "sent", NothingToSend: "skipped", Retry: "retried", Undeliverable: "failed",
}  # fmt: skip
"""What an outcome is called in the evidence."""
