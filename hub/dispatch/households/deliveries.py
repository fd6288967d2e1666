"""Notices on their way to households."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.dispatch.channel import Household, Message, NothingToSend, Outcome
from hub.dispatch.channel_worker import Attempted, Pace, Reported
from hub.people.sealed_contacts import opened
from hub.sealing.sealer import Sealer
from rules.messages.drill_mark import is_wrapped
from rules.records.json_form import as_json
from rules.records.notices import Channel, Notice, Urgency
from rules.records.nouns import record_from_json
from rules.state.inputs import Delivery
from rules.vocabulary.instant import Instant
from store import drills
from store.database.connection import Connection
from store.estate import household_contacts, households
from store.estate.household_contacts import SealedContact
from store.estate.households import Reach
from store.notices import attempts, notices, outbox
from store.notices.attempts import NewAttempt
from store.notices.outbox import NoticeDelivery

PACES = (Pace(("N1",), urgent=True), Pace(("N2", "N3", "N4"), urgent=False))
"""Each is served by a worker of its own, so that danger to life waits for nothing else."""

_SHOWN = ("id", "template", "urgency", "text", "requested_at")
"""What a phone shows of a notice, in both languages. No link is in it."""


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """The notice, and the sealed contact whom it goes to; None: the household.

    `enrolled`: the household has agreed to take part in the drill that the notice is of.
    """

    notice: Notice
    reach: Reach
    contact: SealedContact | None
    enrolled: bool


class HouseholdSide:
    """`sealer` opens a contact when its message is sent, not before."""

    kind = "delivery"
    paces: Sequence[Pace] = PACES
    claim = staticmethod(outbox.claim)

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def contents(
        self, db: Connection, deliveries: Sequence[NoticeDelivery]
    ) -> dict[str, NoticeContent]:
        records = notices.by_id(db, [delivery.notice_id for delivery in deliveries])
        places = {(d.estate_id, d.household_id) for d in deliveries}
        reaches = households.reaches(db, places)
        people = household_contacts.of_households(
            db, {(d.estate_id, d.household_id) for d in deliveries if d.contact is not None}
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
                content = NoticeContent(notice, reach or Reach(), contact, takes_part)
                found[delivery.key] = content
        return found

    def written(self, delivery: NoticeDelivery, content: NoticeContent) -> Message | Outcome:
        """Raises hub.sealing.sealer.CannotOpen."""
        notice = content.notice
        if notice.drill and not (content.enrolled and is_wrapped(notice.text)):
            return NothingToSend("a drill reaches enrolled households only, marked as a drill")
        if notice.state == "withdrawn":
            return NothingToSend("withdrawn")
        if delivery.unless_reached and notice.reached_by is not None:
            return NothingToSend(f"reached already by {notice.reached_by}")
        contact = opened(self._sealer, content.contact) if content.contact else None
        language = (contact.language if contact else None) or content.reach.language
        record = as_json(notice)
        return Message(
            key=delivery.key,
            to=Household(notice.estate, notice.household),
            subject=notice.id,
            words=notice.text.in_(language),
            language=language,
            urgency=notice.urgency,
            attempt=delivery.attempts,
            record=record,
            shown={**{key: record[key] for key in _SHOWN}, "language": language},
            addresses=contact.addresses if contact else {},
            slowly="elderly_alone" in content.reach.needs,
        )

    def urgency(self, delivery: NoticeDelivery) -> Urgency:
        return delivery.urgency

    def keep(
        self, db: Connection, channel: Channel, tried: list[tuple[NoticeDelivery, Attempted]],
        now: Instant,
    ) -> None:  # fmt: skip
        found = [
            NewAttempt(d.key, d.notice_id, a.attempt, a.state, a.evidence, a.provider_id, d.contact)
            for d, a in tried
        ]
        attempts.add(db, channel, found, at=now)

    def report(
        self, channel: Channel, reported: Reported, deliveries: list[NoticeDelivery], now: Instant
    ) -> Delivery:
        return Delivery([delivery.notice_id for delivery in deliveries], channel, reported, now)
