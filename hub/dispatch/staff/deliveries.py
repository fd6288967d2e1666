"""Callouts on their way to members of staff, one channel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hub.clock import Clock
from hub.dispatch.channel import NothingToSend, Outcome, Sent, Undeliverable
from hub.dispatch.channel_worker import STATE, ChannelWorker, Reported
from hub.dispatch.provider_rate import ProviderRate
from hub.dispatch.staff.call import URGENCY, Call, StaffChannel, callout_token
from hub.people.staff_contacts import StaffContact, contact_of
from hub.sealing.sealer import Sealer
from rules.records.callouts import Callout
from rules.records.notices import Urgency
from rules.state.inputs import CalloutDelivery
from rules.vocabulary.instant import Instant
from store.database.connection import Connection, Pool
from store.engine import inbox
from store.engine.inbox import Lane
from store.oncall import callouts, outbox
from store.oncall.callouts import NewCalloutAttempt
from store.oncall.outbox import CallDelivery
from store.people import users
from store.people.users import Member

PAGE = "/c"
"""Where a callout's own page is, before its token."""

MOST_GATHERED = 20
"""Callouts of one message that its page leads to: a push message holds 4 KB."""


@dataclass(frozen=True, slots=True)
class CallContent:
    """What a delivery carries, and to whom; `contact` is personal data."""

    callouts: list[Callout]
    member: Member
    contact: StaffContact


class StaffDispatcher(ChannelWorker[CallDelivery, CallContent]):
    """Sends what is still unanswered. A report is an inbox entry of kind `callout_delivery`.

    `secret` makes the tokens, `base_url` is where people find this hub.
    """

    def __init__(
        self,
        pool: Pool,
        channel: StaffChannel,
        *,
        clock: Clock,
        random: Random,
        sealer: Sealer,
        secret: bytes,
        base_url: str,
        rate: ProviderRate | None = None,
    ) -> None:
        super().__init__(pool, channel, clock=clock, random=random, urgent=True, rate=rate)
        self._channel = channel
        self._sealer = sealer
        self._secret = secret
        self._page = f"{base_url}{PAGE}"

    def _claim(
        self, db: Connection, *, now: Instant, lease_us: int, limit: int
    ) -> list[CallDelivery]:
        name = self._channel.name
        return outbox.claim(db, name, now=now, lease_us=lease_us, limit=limit)

    def _contents(
        self, db: Connection, deliveries: Sequence[CallDelivery]
    ) -> dict[str, CallContent]:
        known = callouts.by_id(db, {id_ for delivery in deliveries for id_ in delivery.callouts})
        members = users.members(db, {delivery.user for delivery in deliveries})
        found = {}
        for delivery in deliveries:
            called = [known[id_] for id_ in delivery.callouts if id_ in known]
            member = members.get(delivery.user)
            if called and member is not None:
                contact = contact_of(self._sealer, member)
                found[delivery.key] = CallContent(called, member, contact)
        return found

    def _hand_over(self, delivery: CallDelivery, content: CallContent) -> Outcome:
        if content.member.disabled_at is not None:
            return Undeliverable("the user is disabled")
        wanted = [c for c in content.callouts if _is_wanted(c, delivery)]
        if wanted and _is_superseded(wanted, delivery):
            return NothingToSend("called again since")
        if not wanted:
            return NothingToSend(f"{content.callouts[0].state} before it was sent")
        wanted.sort(key=lambda c: (c.drill, c.priority, c.requested_at, c.id))
        return self._channel.send(
            Call(
                delivery.key, self._channel.name, tuple(wanted), content.member.language,
                delivery.attempts, content.contact, self._page,
                tuple(callout_token(self._secret, c.id) for c in wanted[:MOST_GATHERED]),
            )
        )  # fmt: skip

    def _urgency(self, delivery: CallDelivery) -> Urgency:
        return URGENCY[delivery.priority]

    def _note(
        self, db: Connection, outcomes: list[tuple[CallDelivery, Outcome]], now: Instant
    ) -> None:
        tried = [
            NewCalloutAttempt(
                delivery.key, delivery.callouts, delivery.attempts, STATE[type(outcome)],
                outcome.evidence, outcome.provider_id if isinstance(outcome, Sent) else None,
            )
            for delivery, outcome in outcomes
        ]  # fmt: skip
        callouts.note(db, self._channel.name, tried, at=now)

    def _report(
        self,
        db: Connection,
        estate: str,
        reported: Reported,
        deliveries: list[CallDelivery],
        now: Instant,
    ) -> None:
        ids = [id_ for delivery in deliveries for id_ in delivery.callouts]
        news = CalloutDelivery(ids, self._channel.name, reported, now)
        inbox.append(
            db, estate_id=estate, lane=Lane.LIVE, kind="callout_delivery", body=news,
            at=now,
        )  # fmt: skip


def _is_wanted(callout: Callout, delivery: CallDelivery) -> bool:
    return callout.open and not (delivery.unless_reached and callout.delivered_at is not None)


def _is_superseded(wanted: Sequence[Callout], delivery: CallDelivery) -> bool:
    """Whether this is another try of a message that a newer one about the same has replaced."""
    times = int(delivery.key.split("/")[1])
    return delivery.attempts > 1 and len(delivery.callouts) == 1 and times < wanted[0].times
