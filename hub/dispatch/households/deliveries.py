"""Notices on their way to households, one channel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hub.clock import Clock
from hub.dispatch.channel import Channel, Message, NothingToSend, Outcome, Sent
from hub.dispatch.channel_worker import STATE, ChannelWorker, Reported
from hub.dispatch.provider_rate import ProviderRate
from hub.people.sealed_contacts import opened
from hub.sealing.sealer import Sealer
from rules.messages.drill_mark import is_wrapped
from rules.records.events import record_from_json
from rules.records.notices import Notice, Urgency
from rules.state.inputs import Delivery
from rules.vocabulary.instant import Instant
from store import drills
from store.database.connection import Connection, Pool
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import household_contacts, households
from store.estate.household_contacts import SealedContact
from store.estate.households import Reach
from store.notices import attempts, notices, outbox
from store.notices.attempts import NewAttempt
from store.notices.outbox import NoticeDelivery

URGENT: tuple[Urgency, ...] = ("N1",)
OTHER: tuple[Urgency, ...] = ("N2", "N3", "N4")
PACES = (URGENT, OTHER)
"""Each is served by a dispatcher of its own, so that danger to life waits for nothing else."""


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What a delivery carries, and the sealed contact whom it goes to; None: the household.

    `enrolled`: the household has agreed to take part in the drill that the notice is of.
    """

    notice: Notice
    reach: Reach
    contact: SealedContact | None
    enrolled: bool


class Dispatcher(ChannelWorker[NoticeDelivery, NoticeContent]):
    """Serves `urgencies` only. `sealer` opens a contact when its message is sent, not before.

    A report to the engine is an inbox entry of kind `delivery`.
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
        rate: ProviderRate | None = None,
    ) -> None:
        urgent = urgencies == URGENT
        super().__init__(pool, channel, clock=clock, random=random, urgent=urgent, rate=rate)
        self._channel = channel
        self._sealer = sealer
        self._urgencies = urgencies

    def _claim(
        self, db: Connection, *, now: Instant, lease_us: int, limit: int
    ) -> list[NoticeDelivery]:
        return outbox.claim(
            db, self._channel.name, now=now, lease_us=lease_us, limit=limit,
            urgencies=self._urgencies,
        )  # fmt: skip

    def _contents(
        self, db: Connection, deliveries: Sequence[NoticeDelivery]
    ) -> dict[str, NoticeContent]:
        return _contents(db, deliveries)

    def _hand_over(self, delivery: NoticeDelivery, content: NoticeContent) -> Outcome:
        notice = content.notice
        if notice.drill and not (content.enrolled and is_wrapped(notice.text)):
            return NothingToSend("a drill reaches enrolled households only, marked as a drill")
        if notice.state == "withdrawn":
            return NothingToSend("withdrawn")
        if delivery.unless_reached and notice.reached_by is not None:
            return NothingToSend(f"reached already by {notice.reached_by}")
        return self._channel.send(self._message(delivery, content))

    def _message(self, delivery: NoticeDelivery, content: NoticeContent) -> Message:
        """Raises hub.sealing.sealer.CannotOpen."""
        contact = opened(self._sealer, content.contact) if content.contact else None
        language = (contact.language if contact else None) or content.reach.language
        return Message(
            delivery.key, content.notice, language, delivery.attempts, contact,
            slowly="elderly_alone" in content.reach.needs,
        )  # fmt: skip

    def _urgency(self, delivery: NoticeDelivery) -> Urgency:
        return delivery.urgency

    def _note(
        self, db: Connection, outcomes: list[tuple[NoticeDelivery, Outcome]], now: Instant
    ) -> None:
        tried = [_attempt(delivery, outcome) for delivery, outcome in outcomes]
        attempts.add(db, self._channel.name, tried, at=now)

    def _report(
        self,
        db: Connection,
        estate: str,
        reported: Reported,
        deliveries: list[NoticeDelivery],
        now: Instant,
    ) -> None:
        ids = [delivery.notice_id for delivery in deliveries]
        news = Delivery(ids, self._channel.name, reported, now)
        inbox.append(db, estate_id=estate, lane=Lane.LIVE, kind="delivery", body=news, at=now)


def _contents(db: Connection, deliveries: Sequence[NoticeDelivery]) -> dict[str, NoticeContent]:
    """What each delivery carries and to whom, by its key; without those whose notice is gone."""
    records = notices.by_id(db, [delivery.notice_id for delivery in deliveries])
    reaches = households.reaches(db, {(e.estate_id, e.household_id) for e in deliveries})
    people = household_contacts.of_households(
        db, {(e.estate_id, e.household_id) for e in deliveries if e.contact is not None}
    )
    drilled = {r["incident_id"] for r in records.values() if r["drill"]}
    enrolled = drills.enrolled(db, drilled) if drilled else set()
    found = {}
    for delivery in deliveries:
        record = records.get(delivery.notice_id)
        if record is not None:
            notice = record_from_json("notice.requested", record)
            assert isinstance(notice, Notice)
            place = (delivery.estate_id, delivery.household_id)
            reach = reaches.get(place)
            contacts = people.get(place, ()) if reach else ()
            contact = next((c for c in contacts if c.n == delivery.contact), None)
            takes_part = (notice.incident_id, notice.household) in enrolled
            found[delivery.key] = NoticeContent(notice, reach or Reach(), contact, takes_part)
    return found


def _attempt(delivery: NoticeDelivery, outcome: Outcome) -> NewAttempt:
    provider_id = outcome.provider_id if isinstance(outcome, Sent) else None
    return NewAttempt(
        delivery.key, delivery.notice_id, delivery.attempts, STATE[type(outcome)], outcome.evidence,
        provider_id, delivery.contact,
    )  # fmt: skip
