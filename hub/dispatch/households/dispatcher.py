"""Notices on their way to households, one channel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hub.clock import Clock
from hub.dispatch.channel import Channel, Message, NothingToSend, Outcome, Sent
from hub.dispatch.channel_worker import STATE, Courier, Fate
from hub.dispatch.provider_rate import Bucket
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
from store.notices.outbox import Errand

URGENT: tuple[Urgency, ...] = ("N1",)
OTHER: tuple[Urgency, ...] = ("N2", "N3", "N4")
LANES = (URGENT, OTHER)
"""Each is served by a dispatcher of its own, so that danger to life waits for nothing else."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an errand carries, and the sealed contact whom it goes to; None: the household.

    `enrolled`: the household has agreed to take part in the drill that the notice is of.
    """

    notice: Notice
    reach: Reach
    contact: SealedContact | None
    enrolled: bool


class Dispatcher(Courier[Errand, Letter]):
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
        bucket: Bucket | None = None,
    ) -> None:
        urgent = urgencies == URGENT
        super().__init__(pool, channel, clock=clock, random=random, urgent=urgent, bucket=bucket)
        self._channel = channel
        self._sealer = sealer
        self._urgencies = urgencies

    def _claim(self, db: Connection, *, now: Instant, lease_us: int, limit: int) -> list[Errand]:
        return outbox.claim(
            db, self._channel.name, now=now, lease_us=lease_us, limit=limit,
            urgencies=self._urgencies,
        )  # fmt: skip

    def _letters(self, db: Connection, errands: Sequence[Errand]) -> dict[str, Letter]:
        return _letters(db, errands)

    def _hand_over(self, errand: Errand, letter: Letter) -> Outcome:
        notice = letter.notice
        if notice.drill and not (letter.enrolled and is_wrapped(notice.text)):
            return NothingToSend("a drill reaches enrolled households only, marked as a drill")
        if notice.state == "withdrawn":
            return NothingToSend("withdrawn")
        if errand.unless_reached and notice.reached_by is not None:
            return NothingToSend(f"reached already by {notice.reached_by}")
        return self._channel.send(self._message(errand, letter))

    def _message(self, errand: Errand, letter: Letter) -> Message:
        """Raises hub.sealing.sealer.CannotOpen."""
        contact = opened(self._sealer, letter.contact) if letter.contact else None
        language = (contact.language if contact else None) or letter.reach.language
        return Message(
            errand.key, letter.notice, language, errand.attempts, contact,
            slowly="elderly_alone" in letter.reach.needs,
        )  # fmt: skip

    def _urgency(self, errand: Errand) -> Urgency:
        return errand.urgency

    def _note(self, db: Connection, outcomes: list[tuple[Errand, Outcome]], now: Instant) -> None:
        tried = [_attempt(errand, outcome) for errand, outcome in outcomes]
        attempts.add(db, self._channel.name, tried, at=now)

    def _report(
        self, db: Connection, estate: str, fate: Fate, errands: list[Errand], now: Instant
    ) -> None:
        ids = [errand.notice_id for errand in errands]
        news = Delivery(ids, self._channel.name, fate, now)
        inbox.append(db, estate_id=estate, lane=Lane.LIVE, kind="delivery", body=news, at=now)


def _letters(db: Connection, errands: Sequence[Errand]) -> dict[str, Letter]:
    """What each errand carries and to whom, by its key; without those whose notice is gone."""
    records = notices.by_id(db, [errand.notice_id for errand in errands])
    reaches = households.reaches(db, {(e.estate_id, e.household_id) for e in errands})
    people = household_contacts.of_households(
        db, {(e.estate_id, e.household_id) for e in errands if e.contact is not None}
    )
    drilled = {r["incident_id"] for r in records.values() if r["drill"]}
    enrolled = drills.enrolled(db, drilled) if drilled else set()
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
            takes_part = (notice.incident_id, notice.household) in enrolled
            found[errand.key] = Letter(notice, reach or Reach(), contact, takes_part)
    return found


def _attempt(errand: Errand, outcome: Outcome) -> NewAttempt:
    provider_id = outcome.provider_id if isinstance(outcome, Sent) else None
    return NewAttempt(
        errand.key, errand.notice_id, errand.attempts, STATE[type(outcome)], outcome.evidence,
        provider_id, errand.contact,
    )  # fmt: skip
