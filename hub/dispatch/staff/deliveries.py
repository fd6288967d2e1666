"""Callouts on their way to members of staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.dispatch.channel import Message, NothingToSend, Outcome, Undeliverable
from hub.dispatch.channel_worker import Attempted, Pace, Reported
from hub.dispatch.staff.call import URGENCY, message_of
from hub.people.staff_contacts import addresses_of
from hub.sealing.sealer import Sealer
from rules.records.callouts import Callout
from rules.records.notices import Channel, Urgency
from rules.state.inputs import CalloutDelivery
from rules.vocabulary.instant import Instant
from store.database.connection import Connection
from store.oncall import callouts, outbox
from store.oncall.callouts import NewCalloutAttempt
from store.oncall.outbox import PRIORITIES, CallDelivery
from store.people import users
from store.people.users import Member

PAGE = "/c"
"""Where a callout's own page is, before its token."""

PACES = (Pace(PRIORITIES, urgent=True),)


@dataclass(frozen=True, slots=True)
class CallContent:
    """What is still known of the callouts, and who is called."""

    callouts: list[Callout]
    member: Member


class StaffSide:
    """What is still unanswered; `secret` makes the tokens, `base_url` is where people find this
    hub.
    """

    kind = "callout_delivery"
    paces: Sequence[Pace] = PACES
    claim = staticmethod(outbox.claim)

    def __init__(self, sealer: Sealer, *, secret: bytes, base_url: str) -> None:
        self._sealer = sealer
        self._secret = secret
        self._page = f"{base_url}{PAGE}"

    def contents(
        self, db: Connection, deliveries: Sequence[CallDelivery]
    ) -> dict[str, CallContent]:
        known = callouts.by_id(db, {id_ for delivery in deliveries for id_ in delivery.callouts})
        members = users.members(db, {delivery.user for delivery in deliveries})
        found = {}
        for delivery in deliveries:
            called = [known[id_] for id_ in delivery.callouts if id_ in known]
            member = members.get(delivery.user)
            if called and member is not None:
                found[delivery.key] = CallContent(called, member)
        return found

    def written(self, delivery: CallDelivery, content: CallContent) -> Message | Outcome:
        if content.member.disabled_at is not None:
            return Undeliverable("the user is disabled")
        wanted = [c for c in content.callouts if _is_wanted(c, delivery)]
        if not wanted:
            return NothingToSend(f"{content.callouts[0].state} before it was sent")
        if _is_superseded(wanted, delivery):
            return NothingToSend("called again since")
        return message_of(
            delivery, wanted, content.member.language, page=self._page, secret=self._secret,
            addresses=addresses_of(self._sealer, content.member),
        )  # fmt: skip

    def urgency(self, delivery: CallDelivery) -> Urgency:
        return URGENCY[delivery.priority]

    def keep(
        self, db: Connection, channel: Channel, tried: list[tuple[CallDelivery, Attempted]],
        now: Instant,
    ) -> None:  # fmt: skip
        found = [
            NewCalloutAttempt(d.key, d.callouts, a.attempt, a.state, a.evidence, a.provider_id)
            for d, a in tried
        ]
        callouts.note(db, channel, found, at=now)

    def report(
        self, channel: Channel, reported: Reported, deliveries: list[CallDelivery], now: Instant
    ) -> CalloutDelivery:
        ids = [id_ for delivery in deliveries for id_ in delivery.callouts]
        return CalloutDelivery(ids, channel, reported, now)


def _is_wanted(callout: Callout, delivery: CallDelivery) -> bool:
    return callout.open and not (delivery.unless_reached and callout.delivered_at is not None)


def _is_superseded(wanted: Sequence[Callout], delivery: CallDelivery) -> bool:
    """Whether this is another try of a message that a newer one about the same has replaced."""
    times = int(delivery.key.split("/")[1])
    return delivery.attempts > 1 and len(delivery.callouts) == 1 and times < wanted[0].times
