"""Callouts on their way to members of staff, one channel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hub.clock import Clock
from hub.dispatch.channel import Hopeless, NothingToSend, Outcome, Sent
from hub.dispatch.channel_worker import STATE, Courier, Fate
from hub.dispatch.provider_rate import Bucket
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
from store.oncall.outbox import StaffErrand
from store.people import users
from store.people.users import Member

PAGE = "/c"
"""Where a callout's own page is, before its token."""

MOST_GATHERED = 20
"""Callouts of one message that its page leads to: a push message holds 4 KB."""


@dataclass(frozen=True, slots=True)
class Summons:
    """What an errand carries, and to whom; `contact` is personal data."""

    callouts: list[Callout]
    member: Member
    contact: StaffContact


class StaffDispatcher(Courier[StaffErrand, Summons]):
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
        bucket: Bucket | None = None,
    ) -> None:
        super().__init__(pool, channel, clock=clock, random=random, urgent=True, bucket=bucket)
        self._channel = channel
        self._sealer = sealer
        self._secret = secret
        self._page = f"{base_url}{PAGE}"

    def _claim(
        self, db: Connection, *, now: Instant, lease_us: int, limit: int
    ) -> list[StaffErrand]:
        name = self._channel.name
        return outbox.claim(db, name, now=now, lease_us=lease_us, limit=limit)

    def _letters(self, db: Connection, errands: Sequence[StaffErrand]) -> dict[str, Summons]:
        known = callouts.by_id(db, {id_ for errand in errands for id_ in errand.callouts})
        members = users.members(db, {errand.user for errand in errands})
        found = {}
        for errand in errands:
            called = [known[id_] for id_ in errand.callouts if id_ in known]
            member = members.get(errand.user)
            if called and member is not None:
                contact = contact_of(self._sealer, member)
                found[errand.key] = Summons(called, member, contact)
        return found

    def _hand_over(self, errand: StaffErrand, letter: Summons) -> Outcome:
        if letter.member.disabled_at is not None:
            return Hopeless("the user is disabled")
        wanted = [c for c in letter.callouts if _is_wanted(c, errand)]
        if wanted and _is_superseded(wanted, errand):
            return NothingToSend("called again since")
        if not wanted:
            return NothingToSend(f"{letter.callouts[0].state} before it was sent")
        wanted.sort(key=lambda c: (c.drill, c.priority, c.requested_at, c.id))
        return self._channel.send(
            Call(
                errand.key, self._channel.name, tuple(wanted), letter.member.language,
                errand.attempts, letter.contact, self._page,
                tuple(callout_token(self._secret, c.id) for c in wanted[:MOST_GATHERED]),
            )
        )  # fmt: skip

    def _urgency(self, errand: StaffErrand) -> Urgency:
        return URGENCY[errand.priority]

    def _note(
        self, db: Connection, outcomes: list[tuple[StaffErrand, Outcome]], now: Instant
    ) -> None:
        tried = [
            NewCalloutAttempt(
                errand.key, errand.callouts, errand.attempts, STATE[type(outcome)],
                outcome.evidence, outcome.provider_id if isinstance(outcome, Sent) else None,
            )
            for errand, outcome in outcomes
        ]  # fmt: skip
        callouts.note(db, self._channel.name, tried, at=now)

    def _report(
        self, db: Connection, estate: str, fate: Fate, errands: list[StaffErrand], now: Instant
    ) -> None:
        ids = [id_ for errand in errands for id_ in errand.callouts]
        news = CalloutDelivery(ids, self._channel.name, fate, now)
        inbox.append(
            db, estate_id=estate, lane=Lane.LIVE, kind="callout_delivery", body=news,
            at=now,
        )  # fmt: skip


def _is_wanted(callout: Callout, errand: StaffErrand) -> bool:
    return callout.open and not (errand.unless_reached and callout.delivered_at is not None)


def _is_superseded(wanted: Sequence[Callout], errand: StaffErrand) -> bool:
    """Whether this is another try of a message that a newer one about the same has replaced."""
    times = int(errand.key.split("/")[1])
    return errand.attempts > 1 and len(errand.callouts) == 1 and times < wanted[0].times
