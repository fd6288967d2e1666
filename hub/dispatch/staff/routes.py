"""Which channels a callout takes to the person: policy by priority, and what the person has.

Staff have no quiet hours, and refuse nothing. In a flood, what comes after the first few messages
is gathered in one.
"""

from collections.abc import Sequence, Set

from hub.dispatch.registry import registered
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.callouts import Callout
from rules.records.notices import Channel
from rules.rulebook.escalation_policy import CalloutStep, EscalationPolicy
from rules.state.inputs import CalloutDelivery
from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.priority import Priority
from store.database.connection import Connection
from store.engine import inbox
from store.engine.inbox import Lane
from store.notices import push_subscriptions
from store.oncall import callouts, outbox
from store.oncall.callouts import NewCalloutAttempt
from store.oncall.outbox import CallDelivery, NewCallDelivery
from store.people import users
from store.people.users import Member


class StaffRoutes:
    """By the `channels` that are set up here."""

    claim = staticmethod(outbox.claim)

    def __init__(self, rulebooks: RulebooksInForce, channels: Set[Channel]) -> None:
        self._rulebooks = rulebooks
        self._channels = channels

    def write(
        self, db: Connection, deliveries: Sequence[CallDelivery], now: Instant
    ) -> dict[str, str]:
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
            steps = steps_for(policy, callout.priority, self._leading_to(member, browsers))
            if steps:
                _gather(db, delivery, steps, policy, now)
            else:
                _tell_unreachable(db, delivery, callout, now)
            evidence[delivery.key] = f"{len(steps)} ways"
        return evidence

    def _leading_to(self, member: Member | None, browsers: Set[str]) -> Set[Channel]:
        """The channels by which the person can be reached; one who is disabled has none."""
        if member is None or member.disabled_at is not None:
            return set()
        has = member.id in browsers
        kinds = registered()
        return {c for c in self._channels if kinds[c].leads_to(member.addresses, browsers=has)}


def steps_for(
    policy: EscalationPolicy, priority: Priority, channels: Set[Channel]
) -> Sequence[CalloutStep]:
    """The policy's steps by `channels`, which lead to the person; if none does, all of these."""
    steps = [s for s in policy.channels.get(priority, ()) if s.channel in channels]
    return steps or [CalloutStep(channel=channel) for channel in sorted(channels)]


def _gather(
    db: Connection, delivery: CallDelivery, steps: Sequence[CalloutStep], policy: EscalationPolicy,
    now: Instant,
) -> None:  # fmt: skip
    """Write the row of each channel; behind too many messages, one that others may join."""
    gathering = policy.gathering
    since = now - seconds(gathering.within_s)
    lately = outbox.lately(db, [delivery.user], since=since)
    rows = []
    for step in steps:
        gathers = lately.get((delivery.user, step.channel), 0) >= gathering.more_than
        wait_s = step.after_s + (gathering.wait_s if gathers else 0)
        at = now + seconds(wait_s)
        rows.append(NewCallDelivery(delivery, step.channel, at, step.unless_reached, gathers))
    outbox.add(db, rows, now=now)


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
