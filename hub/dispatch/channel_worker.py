"""Takes what is due from the outbox, has a channel send it, and records how that went.

The outcome and the report to the engine commit together. Death between sending and recording
makes the row due again when its lease ends, with the same key: at least once from here, once at
a receiver that knows the key.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Generic, Literal, Protocol, TypeVar

import structlog

from hub.clock import Clock
from hub.dispatch.backoff import next_attempt
from hub.dispatch.channel import (
    Channel,
    Message,
    NothingToSend,
    Outcome,
    Retry,
    Sent,
    Undeliverable,
)
from hub.dispatch.outbox_thread import OutboxThread
from hub.dispatch.provider_rate import ProviderRate
from hub.metrics import SENDINGS
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency
from rules.state.inputs import CalloutDelivery, Delivery, Fault
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


@dataclass(frozen=True, slots=True)
class Pace:
    """Which urgencies a worker serves; those that are `urgent` find room at every provider."""

    urgencies: Sequence[str]
    urgent: bool


@dataclass(frozen=True, slots=True)
class Attempted:
    """How one attempt went, as both sides keep the evidence of it."""

    attempt: int
    state: AttemptState
    evidence: str
    provider_id: str | None


D = TypeVar("D", bound=Claimed)
C = TypeVar("C")


class Side(Protocol[D, C]):
    """What differs between notices to households and calls of staff.

    `D` is a claimed row, `C` what it carries and to whom.
    """

    kind: str
    """Of the inbox entries that tell the engine."""
    paces: Sequence[Pace]
    """Each is served by a worker of its own."""

    def claim(
        self, db: Connection, channel: str, *, now: Instant, lease_us: int, limit: int,
        urgencies: Sequence[str],
    ) -> list[D]: ...  # fmt: skip

    def contents(self, db: Connection, deliveries: Sequence[D]) -> dict[str, C]:
        """What each carries, by its key; without those whose matter is gone."""
        ...

    def written(self, delivery: D, content: C) -> Message | Outcome:
        """The message; or why it is not to go out any more."""
        ...

    def urgency(self, delivery: D) -> Urgency: ...

    def keep(
        self, db: Connection, channel: ChannelName, tried: list[tuple[D, Attempted]], now: Instant
    ) -> None:
        """Keep the evidence of each attempt."""
        ...

    def report(
        self, channel: ChannelName, reported: Reported, deliveries: list[D], now: Instant
    ) -> Delivery | CalloutDelivery:
        """What the engine is told."""
        ...


class ChannelWorker(OutboxThread, Generic[D, C]):
    """Serves one channel of one side, at one pace. Several of a channel share its rows.

    `rate` is how fast the channel's provider takes messages; None: as fast as it answers.
    """

    def __init__(
        self,
        pool: Pool,
        channel: Channel,
        side: Side[D, C],
        pace: Pace,
        *,
        clock: Clock,
        random: Random,
        rate: ProviderRate | None = None,
    ) -> None:
        super().__init__(channel.name)
        self._pool = pool
        self._channel = channel
        self._side = side
        self._pace = pace
        self._clock = clock
        self._random = random
        self._rate = rate
        self._broken = False

    def dispatch(self) -> int:
        """Send one batch of what is due; gives how many rows that was."""
        now, limit = self._clock(), self._channel.at_once
        if self._rate is not None:
            limit = self._rate.take(limit, now=now, urgent=self._pace.urgent)
        if limit == 0:
            return 0
        lease_us = round(self._channel.patience_s * SECOND)
        with self._pool.connection() as db:
            deliveries = self._side.claim(
                db, self._channel.name, now=now, lease_us=lease_us, limit=limit,
                urgencies=self._pace.urgencies,
            )  # fmt: skip
            contents = self._side.contents(db, deliveries) if deliveries else {}
        if self._rate is not None:
            self._rate.give_back(limit - len(deliveries))
        if deliveries:
            outcomes = self._send_all(deliveries, contents)
            with self._pool.connection() as db:
                self._record(db, outcomes)
        return len(deliveries)

    def _send_all(self, deliveries: Sequence[D], contents: dict[str, C]) -> list[tuple[D, Outcome]]:
        given = [contents.get(delivery.key) for delivery in deliveries]
        if len(deliveries) == 1:
            return [(deliveries[0], self._send(deliveries[0], given[0]))]
        with ThreadPoolExecutor(WORKERS, thread_name_prefix=self._channel.name) as pool:
            return list(zip(deliveries, pool.map(self._send, deliveries, given), strict=True))

    def _send(self, delivery: D, content: C | None) -> Outcome:
        if content is None:
            return Undeliverable("what it was about is gone")
        try:
            message = self._side.written(delivery, content)
            return self._channel.send(message) if isinstance(message, Message) else message
        except Exception as fault:
            log.exception("channel_failed", channel=self._channel.name, key=delivery.key)
            return Retry(f"fault: {type(fault).__name__}")

    def _record(self, db: Connection, outcomes: list[tuple[D, Outcome]]) -> None:
        now = self._clock()
        done: dict[str, str] = {}
        lost: dict[str, str] = {}
        reports: dict[tuple[str, Reported], list[D]] = defaultdict(list)
        tried = [(delivery, _attempted(delivery, outcome)) for delivery, outcome in outcomes]
        self._side.keep(db, self._channel.name, tried, now)
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
                        self._side.urgency(delivery),
                        delivery.attempts,
                        now=now,
                        random=self._random,
                    )
                    if again is not None:
                        outbox.retry(db, delivery.key, evidence=evidence, next_at=again)
                    else:
                        lost[delivery.key] = evidence
                        reports[delivery.estate_id, "failed"].append(delivery)
                case Undeliverable(evidence):
                    lost[delivery.key] = evidence
                    reports[delivery.estate_id, "failed"].append(delivery)
            SENDINGS.labels(self._channel.name, type(outcome).__name__).inc()
        outbox.done(db, done, now=now)
        outbox.give_up(db, lost, now=now)
        for (estate, reported), deliveries in sorted(reports.items()):
            news = self._side.report(self._channel.name, reported, deliveries, now)
            inbox.append(
                db, estate_id=estate, lane=Lane.LIVE, kind=self._side.kind, body=news, at=now
            )
        self._report_fault(db, outcomes, now)

    def _report_fault(
        self, db: Connection, outcomes: list[tuple[D, Outcome]], now: Instant
    ) -> None:
        """A channel that begins to raise is a system alarm, once until it works again."""
        faults = {
            delivery.estate_id: outcome.evidence
            for delivery, outcome in outcomes
            if isinstance(outcome, Retry) and outcome.evidence.startswith("fault: ")
        }
        if faults and not self._broken:
            for estate, evidence in sorted(faults.items()):
                fault = Fault(f"channel/{self._channel.name}", evidence)
                inbox.append(
                    db, estate_id=estate, lane=Lane.COMMANDS, kind="fault", body=fault, at=now
                )
        self._broken = bool(faults)


def _attempted(delivery: Claimed, outcome: Outcome) -> Attempted:
    provider_id = outcome.provider_id if isinstance(outcome, Sent) else None
    return Attempted(delivery.attempts, _STATE[type(outcome)], outcome.evidence, provider_id)


_STATE: dict[type, AttemptState] = {
    Sent: "sent", NothingToSend: "skipped", Retry: "retried", Undeliverable: "failed",
}  # fmt: skip
