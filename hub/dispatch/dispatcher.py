"""Takes what is due from the outbox, has a channel send it, and records how that went.

The outcome and the report to the engine (an inbox entry of kind `delivery`) commit together.
Death between sending and recording makes the row due again when its lease ends, with the same
key: at least once from here, once at a receiver that knows the key.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import structlog
from psycopg_pool import PoolTimeout

from hub.clock import Clock
from hub.dispatch.backoff import next_attempt
from hub.dispatch.bucket import Bucket
from hub.dispatch.channel import (
    Channel,
    Hopeless,
    Message,
    NothingToSend,
    Outcome,
    Sent,
    TryAgain,
)
from hub.metrics import SENDINGS
from hub.sealed_contacts import opened
from hub.sealing import Sealer
from rules.events import record_from_json
from rules.inputs import Delivery, Fault
from rules.instant import SECOND, Instant
from rules.notices import Notice, NoticeState, Urgency
from store import attempts, household_contacts, households, inbox, notices, outbox
from store.attempts import AttemptState, NewAttempt
from store.connection import LOST, Connection, Pool
from store.household_contacts import SealedContact
from store.households import Reach
from store.outbox import Errand

log = structlog.get_logger(__name__)

WORKERS = 16
URGENT: tuple[Urgency, ...] = ("N1",)
OTHER: tuple[Urgency, ...] = ("N2", "N3", "N4")
LANES = (URGENT, OTHER)
"""Each is served by a dispatcher of its own, so that danger to life waits for nothing else."""
_LANE_OF_DELIVERIES = 1
_LANE_OF_FAULTS = 0
_POLL_S = 1.0
_PAUSE_AFTER_FAULT_S = 2.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What an errand carries, and the sealed contact whom it goes to; None: the household."""

    notice: Notice
    reach: Reach
    contact: SealedContact | None


class Dispatcher:
    """Serves one channel, `urgencies` only. Several of a channel share its rows without overlap.

    `sealer` opens a contact when the message to it is sent, and not before. `bucket` is how fast
    the channel's provider takes messages; None: as fast as it answers.
    """

    def __init__(
        self,
        pool: Pool,
        channel: Channel,
        *,
        clock: Clock,
        random: Random,
        sealer: Sealer,
        urgencies: tuple[Urgency, ...] = URGENT + OTHER,
        bucket: Bucket | None = None,
    ) -> None:
        self._pool = pool
        self._channel = channel
        self._clock = clock
        self._random = random
        self._sealer = sealer
        self._urgencies = urgencies
        self._bucket = bucket
        self._due = threading.Event()
        self._broken = False

    def wake(self) -> None:
        """Look at the outbox now: something was written to it."""
        self._due.set()

    def run(self, stop: threading.Event) -> None:
        """Dispatch until `stop` is set, through every fault and loss of the database."""
        while not stop.is_set():
            try:
                busy = self.dispatch()
            except (*LOST, PoolTimeout) as lost:
                log.warning("dispatch_waits", channel=self._channel.name, reason=str(lost).strip())
                stop.wait(_PAUSE_AFTER_FAULT_S)
                continue
            except Exception:
                log.exception("dispatch_failed", channel=self._channel.name)
                stop.wait(_PAUSE_AFTER_FAULT_S)
                continue
            if not busy:
                self._due.wait(_POLL_S)
                self._due.clear()

    def dispatch(self) -> int:
        """Send one batch of what is due; gives how many rows that was."""
        now, limit = self._clock(), self._channel.at_once
        if self._bucket is not None:
            limit = self._bucket.take(limit, now=now, urgent=self._urgencies == URGENT)
        if limit == 0:
            return 0
        with self._pool.connection() as db:
            errands = outbox.claim(
                db,
                self._channel.name,
                now=now,
                lease_us=round(self._channel.patience_s * SECOND),
                limit=limit,
                urgencies=self._urgencies,
            )
            letters = _letters(db, errands)
        if self._bucket is not None:
            self._bucket.give_back(limit - len(errands))
        if errands:
            outcomes = self._send_all(errands, letters)
            with self._pool.connection() as db:
                self._record(db, outcomes)
        return len(errands)

    def _send_all(
        self, errands: Sequence[Errand], letters: dict[str, Letter]
    ) -> list[tuple[Errand, Outcome]]:
        if len(errands) == 1:
            return [(errands[0], self._send(errands[0], letters.get(errands[0].key)))]
        with ThreadPoolExecutor(WORKERS, thread_name_prefix=self._channel.name) as pool:
            given = [letters.get(errand.key) for errand in errands]
            outcomes = pool.map(self._send, errands, given)
            return list(zip(errands, outcomes, strict=True))

    def _send(self, errand: Errand, letter: Letter | None) -> Outcome:
        if letter is None:
            return Hopeless("the notice is gone")
        notice = letter.notice
        if notice.drill:
            return NothingToSend("a drill never reaches residents")
        if notice.state == "withdrawn":
            return NothingToSend("withdrawn")
        if errand.unless_reached and notice.reached_by is not None:
            return NothingToSend(f"reached already by {notice.reached_by}")
        try:
            return self._channel.send(self._message(errand, letter))
        except Exception as fault:
            log.exception("channel_failed", channel=self._channel.name, key=errand.key)
            return TryAgain(f"fault: {type(fault).__name__}")

    def _message(self, errand: Errand, letter: Letter) -> Message:
        """Raises hub.sealing.CannotOpen."""
        contact = opened(self._sealer, letter.contact) if letter.contact else None
        language = (contact.language if contact else None) or letter.reach.language
        return Message(
            errand.key, letter.notice, language, errand.attempts, contact,
            slowly="elderly_alone" in letter.reach.needs,
        )  # fmt: skip

    def _record(self, db: Connection, outcomes: list[tuple[Errand, Outcome]]) -> None:
        now = self._clock()
        done: dict[str, str] = {}
        lost: dict[str, str] = {}
        reports: dict[tuple[str, NoticeState], list[str]] = defaultdict(list)
        tried = [_attempt(errand, outcome) for errand, outcome in outcomes]
        attempts.add(db, self._channel.name, tried, at=now)
        for errand, outcome in outcomes:
            match outcome:
                case Sent(evidence, _, receipt_follows):
                    done[errand.key] = evidence
                    if not receipt_follows:
                        reports[errand.estate_id, "delivered"].append(errand.notice_id)
                case NothingToSend(evidence):
                    done[errand.key] = evidence
                case TryAgain(evidence):
                    again = next_attempt(
                        errand.urgency, errand.attempts, now=now, random=self._random
                    )
                    if again is not None:
                        outbox.retry(db, errand.key, evidence=evidence, next_at=again)
                    else:
                        lost[errand.key] = evidence
                        reports[errand.estate_id, "failed"].append(errand.notice_id)
                case Hopeless(evidence):
                    lost[errand.key] = evidence
                    reports[errand.estate_id, "failed"].append(errand.notice_id)
            SENDINGS.labels(self._channel.name, type(outcome).__name__).inc()
        outbox.done(db, done, now=now)
        outbox.give_up(db, lost, now=now)
        self._report(db, reports, now)
        self._report_fault(db, outcomes, now)

    def _report(
        self, db: Connection, reports: dict[tuple[str, NoticeState], list[str]], now: Instant
    ) -> None:
        for (estate, state), ids in sorted(reports.items()):
            delivery = Delivery(ids, self._channel.name, state, now)
            inbox.append(
                db,
                estate_id=estate,
                lane=_LANE_OF_DELIVERIES,
                kind="delivery",
                body=delivery,
                at=now,
            )

    def _report_fault(
        self, db: Connection, outcomes: list[tuple[Errand, Outcome]], now: Instant
    ) -> None:
        """A channel that begins to raise is a system alarm, once until it works again."""
        faults = {
            errand.estate_id: outcome.evidence
            for errand, outcome in outcomes
            if isinstance(outcome, TryAgain) and outcome.evidence.startswith("fault: ")
        }
        if faults and not self._broken:
            for estate, evidence in sorted(faults.items()):
                fault = Fault(f"channel/{self._channel.name}", evidence)
                inbox.append(
                    db, estate_id=estate, lane=_LANE_OF_FAULTS, kind="fault", body=fault, at=now
                )
        self._broken = bool(faults)


def _letters(db: Connection, errands: Sequence[Errand]) -> dict[str, Letter]:
    """What each errand carries and to whom, by its key; without those whose notice is gone."""
    records = notices.by_id(db, [errand.notice_id for errand in errands])
    reaches = households.reaches(db, {(e.estate_id, e.household_id) for e in errands})
    people = household_contacts.of_households(
        db, {(e.estate_id, e.household_id) for e in errands if e.contact is not None}
    )
    found = {}
    for errand in errands:
        record = records.get(errand.notice_id)
        if record is not None:
            notice = record_from_json("notice.requested", record)
            assert isinstance(notice, Notice)
            place = (errand.estate_id, errand.household_id)
            reach = reaches.get(place)
            contacts = people.get(place, ()) if reach else ()
            contact = next((c for c in contacts if c.n == errand.contact), None)
            found[errand.key] = Letter(notice, reach or Reach(), contact)
    return found


def _attempt(errand: Errand, outcome: Outcome) -> NewAttempt:
    provider_id = outcome.provider_id if isinstance(outcome, Sent) else None
    return NewAttempt(
        errand.key, errand.notice_id, errand.attempts, _STATE[type(outcome)], outcome.evidence,
        provider_id, errand.contact,
    )  # fmt: skip


_STATE: dict[type, AttemptState] = {
    Sent: "sent", NothingToSend: "skipped", TryAgain: "retried", Hopeless: "failed",
}  # fmt: skip
