"""Which channels a notice takes: the estate's policy by urgency, what the household has and wants.

A channel that goes to a person takes a row for each contact that has its kind of address. What
waits for the morning is there at once only where it disturbs nobody.
"""

from collections.abc import Sequence, Set
from typing import Any, NamedTuple

from hub.dispatch.registry import registered
from hub.people.addresses import AddressField
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.notices import Channel, Urgency
from rules.rulebook.notice_policy import ChannelStep, NoticePolicy
from rules.vocabulary.instant import Instant, from_rfc3339, seconds
from store.database.connection import Connection
from store.estate import households
from store.estate.households import Reach, Reachable
from store.notices import notices, outbox
from store.notices.outbox import NewNoticeDelivery, NoticeDelivery


class HouseholdRoutes:
    """By the `channels` that are set up here."""

    claim = staticmethod(outbox.claim)

    def __init__(self, rulebooks: RulebooksInForce, channels: Set[Channel]) -> None:
        self._rulebooks = rulebooks
        self._channels = channels

    def write(
        self, db: Connection, deliveries: Sequence[NoticeDelivery], now: Instant
    ) -> dict[str, str]:
        records = notices.by_id(db, [delivery.notice_id for delivery in deliveries])
        reaches = households.reaches(db, {(d.estate_id, d.household_id) for d in deliveries})
        policies = {
            estate: self._rulebooks.of(db, estate).notice_policy
            for estate in {delivery.estate_id for delivery in deliveries}
        }
        routed: list[NewNoticeDelivery] = []
        evidence: dict[str, str] = {}
        for delivery in deliveries:
            record = records.get(delivery.notice_id)
            reach = reaches.get((delivery.estate_id, delivery.household_id), Reach())
            rows = self._rows(delivery, record, reach, policies[delivery.estate_id], now)
            routed += rows
            evidence[delivery.key] = f"{len(rows)} ways"
        outbox.add(db, routed, now=now)
        return evidence

    def _rows(
        self, delivery: NoticeDelivery, record: dict[str, Any] | None, reach: Reach,
        policy: NoticePolicy, now: Instant,
    ) -> Sequence[NewNoticeDelivery]:  # fmt: skip
        if record is None or record["state"] in ("withdrawn", "read"):
            return ()
        held = record.get("not_before_at")
        may_disturb_at = max(now, from_rfc3339(held)) if held else now
        return [
            NewNoticeDelivery(
                delivery, step.channel, at + seconds(step.after_s), step.unless_reached, contact
            )
            for step, contact in steps_for(policy, delivery.urgency, reach, self._channels)
            for at in [now if step.channel in policy.silent_channels else may_disturb_at]
        ]


class StepTo(NamedTuple):
    """A step of the policy, to contact number `contact`; None: to the household itself."""

    step: ChannelStep
    contact: int | None


def steps_for(
    policy: NoticePolicy, urgency: Urgency, reach: Reach, channels: Set[Channel]
) -> list[StepTo]:
    """The policy's steps that lead to this household, once for each contact that has the channel.

    Nobody can refuse what saves life or property (PIPL art. 13(4)), nor the household's own page.
    Service messages by SMS need its consent (MIIT Order 31), and carers are told of danger only.
    An old person who lives alone is called at once (DOMAIN section 6).
    """
    of_urgency = policy.urgencies[urgency]
    told = [c for c in reach.contacts if not (of_urgency.optional and c.relation == "carer")]
    return [
        StepTo(_hastened(step, reach), contact)
        for step in of_urgency.steps
        if step.channel in channels and not (of_urgency.optional and _is_barred(step, reach))
        for contact in _takers(step.channel, reach, told)
    ]


def _is_barred(step: ChannelStep, reach: Reach) -> bool:
    """Whether the channel may not carry service messages to this household."""
    kind = registered()[step.channel]
    refused = kind.refusable and kind.name in reach.refused
    return refused or (kind.asks_consent and not reach.sms_agreed)


def _hastened(step: ChannelStep, reach: Reach) -> ChannelStep:
    at_once = registered()[step.channel].at_once_for.intersection(reach.needs)
    return ChannelStep(channel=step.channel) if at_once else step


def _takers(channel: Channel, reach: Reach, contacts: Sequence[Reachable]) -> Sequence[int | None]:
    kind = registered()[channel]
    if isinstance(kind.goes_to, AddressField):
        return [c.n for c in contacts if kind.leads_to(c.addresses, browsers=False)]
    return [None] if kind.leads_to((), browsers=reach.has_push) else []
