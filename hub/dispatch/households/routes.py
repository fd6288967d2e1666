"""Which ways a notice takes: the estate's policy by urgency, what the household has and wants.

The engine writes one row for each notice; the router turns it into a row for each channel, and for
each contact where the channel goes to a person, in one transaction, so that every way is taken
once. What waits for the morning is there at once only where it disturbs nobody.
"""

from collections.abc import Callable, Sequence, Set
from typing import Any, NamedTuple

from hub.clock import Clock
from hub.dispatch.outbox_thread import OutboxThread
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.notices import Channel, Urgency
from rules.rulebook.notice_policy import ChannelStep, NoticePolicy
from rules.vocabulary.instant import SECOND, Instant, from_rfc3339, seconds
from store.database.connection import Pool
from store.estate import households
from store.estate.households import Reach, Reachable
from store.notices import notices, outbox
from store.notices.outbox import ROUTE, NewNoticeDelivery, NoticeDelivery

_AT_ONCE = 500
_LEASE_US = 30 * SECOND


class Router(OutboxThread):
    """Serves every channel in `offered`, those that are set up here; `on_routed` wakes them."""

    def __init__(
        self,
        pool: Pool,
        rulebooks: RulebooksInForce,
        offered: Set[Channel],
        *,
        clock: Clock,
        on_routed: Callable[[], None],
    ) -> None:
        super().__init__(ROUTE)
        self._pool = pool
        self._rulebooks = rulebooks
        self._offered = offered
        self._clock = clock
        self._on_routed = on_routed

    def dispatch(self) -> int:
        """Route one batch of notices; gives how many there were."""
        now = self._clock()
        with self._pool.connection() as db:
            deliveries = outbox.claim(db, ROUTE, now=now, lease_us=_LEASE_US, limit=_AT_ONCE)
            records = notices.by_id(db, [delivery.notice_id for delivery in deliveries])
            reaches = households.reaches(db, {(e.estate_id, e.household_id) for e in deliveries})
            policies = {
                estate: self._rulebooks.of(db, estate).notice_policy
                for estate in {delivery.estate_id for delivery in deliveries}
            }
            routed: list[NewNoticeDelivery] = []
            evidence: dict[str, str] = {}
            for delivery in deliveries:
                record = records.get(delivery.notice_id)
                reach = reaches.get((delivery.estate_id, delivery.household_id), Reach())
                ways = self._ways(delivery, record, reach, policies[delivery.estate_id], now)
                routed += ways
                evidence[delivery.key] = f"{len(ways)} ways"
            outbox.add(db, routed, now=now)
            outbox.done(db, evidence, now=now)
        if deliveries:
            self._on_routed()
        return len(deliveries)

    def _ways(
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
            for step, contact in ways_for(policy, delivery.urgency, reach, self._offered)
            for at in [now if step.channel in policy.silent_channels else may_disturb_at]
        ]


class Way(NamedTuple):
    """A step of the policy, to contact number `contact`; None: to the household itself."""

    step: ChannelStep
    contact: int | None


def ways_for(
    policy: NoticePolicy, urgency: Urgency, reach: Reach, offered: Set[Channel]
) -> list[Way]:
    """The policy's steps that lead to this household, once for each contact that has the channel.

    Nobody can refuse what saves life or property (PIPL art. 13(4)), nor the household's own page.
    Service messages by SMS need its consent (MIIT Order 31), and carers are told of danger only.
    An old person who lives alone is called at once (DOMAIN section 6).
    """
    of_urgency = policy.urgencies[urgency]
    barred = _barred(reach) if of_urgency.optional else frozenset()
    told = [c for c in reach.contacts if not (of_urgency.optional and c.relation == "carer")]
    return [
        Way(_hastened(step, reach), contact)
        for step in of_urgency.steps
        if step.channel in offered and step.channel not in barred
        for contact in _takers(step.channel, reach, told)
    ]


def _barred(reach: Reach) -> Set[Channel]:
    """The channels that may not carry service messages to this household."""
    barred = set(reach.refused) - {"resident_page"}
    return barred if reach.sms_agreed else barred | {"sms"}


def _hastened(step: ChannelStep, reach: Reach) -> ChannelStep:
    if step.channel != "voice" or "elderly_alone" not in reach.needs:
        return step
    return ChannelStep(channel="voice")


def _takers(channel: Channel, reach: Reach, contacts: Sequence[Reachable]) -> Sequence[int | None]:
    match channel:
        case "sms" | "voice":
            return [contact.n for contact in contacts if contact.has_phone]
        case "chat":
            return [contact.n for contact in contacts if contact.has_chat]
        case "mail":
            return [contact.n for contact in contacts if contact.has_mail]
        case "web_push":
            return [None] if reach.has_push else []
        case _:
            return [None]
