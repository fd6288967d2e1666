"""Which ways a callout takes to the person: policy by priority, and what the person has.

The engine writes one row each time that somebody is called; the router turns it into a row for
each channel, in one transaction. Staff have no quiet hours, and refuse nothing. In a flood, what
comes after the first few messages is gathered in one.
"""

from collections.abc import Callable, Sequence, Set

from hub.clock import Clock
from hub.dispatch.outbox_thread import OutboxThread
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.callouts import Callout
from rules.records.notices import Channel
from rules.rulebook.escalation_policy import CalloutStep, EscalationPolicy, StaffWay
from rules.state.inputs import CalloutDelivery
from rules.vocabulary.instant import SECOND, Instant, seconds
from rules.vocabulary.priority import Priority
from store.database.connection import Connection, Pool
from store.engine import inbox
from store.engine.inbox import Lane
from store.notices import outbox, push_subscriptions
from store.notices.outbox import ROUTE
from store.oncall import callouts
from store.oncall import outbox as staff_outbox
from store.oncall.callouts import NewCalloutAttempt
from store.oncall.outbox import CallDelivery, NewCallDelivery
from store.people import users
from store.people.users import Member

_AT_ONCE = 200
_LEASE_US = 30 * SECOND

ALL_WAYS: tuple[StaffWay, ...] = ("web_push", "sms", "voice", "chat", "mail")
"""To a person for whom the policy's own ways do not lead anywhere."""


class StaffRouter(OutboxThread):
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
        super().__init__(f"staff {ROUTE}")
        self._pool = pool
        self._rulebooks = rulebooks
        self._offered = offered
        self._clock = clock
        self._on_routed = on_routed

    def dispatch(self) -> int:
        """Route one batch of callouts; gives how many there were."""
        now = self._clock()
        with self._pool.connection() as db:
            deliveries = staff_outbox.claim(db, ROUTE, now=now, lease_us=_LEASE_US, limit=_AT_ONCE)
            if not deliveries:
                return 0
            known = callouts.by_id(db, {delivery.callouts[0] for delivery in deliveries})
            members = users.members(db, {delivery.user for delivery in deliveries})
            browsers = push_subscriptions.with_browser(db, members)
            evidence: dict[str, str] = {}
            for delivery in deliveries:
                callout, member = known.get(delivery.callouts[0]), members.get(delivery.user)
                if callout is None or not callout.open:
                    evidence[delivery.key] = "over before it was sent"
                    continue
                policy = self._rulebooks.of(db, delivery.estate_id).escalation_policy
                has = _ways_of(member, browsers) & self._offered
                ways = ways_for(policy, callout.priority, has)
                if ways:
                    _gather(db, delivery, ways, policy, now)
                else:
                    _tell_unreachable(db, delivery, callout, now)
                evidence[delivery.key] = f"{len(ways)} ways"
            outbox.done(db, evidence, now=now)
        self._on_routed()
        return len(deliveries)


def ways_for(
    policy: EscalationPolicy, priority: Priority, has: Set[Channel]
) -> Sequence[CalloutStep]:
    """The policy's steps by channels that the person `has`; where there are none, all of these."""
    steps = [s for s in policy.channels.get(priority, ()) if s.channel in has]
    return steps or [CalloutStep(channel=channel) for channel in ALL_WAYS if channel in has]


def _ways_of(member: Member | None, browsers: Set[str]) -> Set[Channel]:
    """The channels by which the person can be reached; one who is disabled has none."""
    if member is None or member.disabled_at is not None:
        return set()
    has: dict[Channel, bool] = {
        "web_push": member.id in browsers,
        "sms": member.phone is not None,
        "voice": member.phone is not None,
        "chat": member.chat is not None,
        "mail": member.mail is not None,
    }
    return {channel for channel, there in has.items() if there}


def _gather(
    db: Connection, delivery: CallDelivery, ways: Sequence[CalloutStep], policy: EscalationPolicy,
    now: Instant,
) -> None:  # fmt: skip
    """Write the row of each way; behind too many messages, one that others may join."""
    gathering = policy.gathering
    since = now - seconds(gathering.within_s)
    lately = staff_outbox.lately(db, [delivery.user], since=since)
    rows = []
    for step in ways:
        gathers = lately.get((delivery.user, step.channel), 0) >= gathering.more_than
        wait_s = step.after_s + (gathering.wait_s if gathers else 0)
        at = now + seconds(wait_s)
        rows.append(NewCallDelivery(delivery, step.channel, at, step.unless_reached, gathers))
    staff_outbox.add(db, rows, now=now)


def _tell_unreachable(
    db: Connection, delivery: CallDelivery, callout: Callout, now: Instant
) -> None:
    """Nothing leads to the person: the console says so, and the next level is called in time."""
    why = "no way to reach this person: no browser subscribed, no contact entered, or no channel"
    attempt = NewCalloutAttempt(delivery.key, [callout.id], delivery.attempts, "failed", why)
    callouts.note(db, "web_push", [attempt], at=now)
    news = CalloutDelivery([callout.id], "web_push", "failed", now)
    inbox.append(
        db, estate_id=delivery.estate_id, lane=Lane.LIVE, kind="callout_delivery",
        body=news, at=now,
    )  # fmt: skip
