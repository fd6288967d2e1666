"""A provider's later word on a message to staff, and the key that a person presses in a call."""

import hashlib

from hub.api.http.commands import send
from hub.api.http.context import Context
from hub.api.http.problems import Problem
from hub.dispatch.channel_worker import Reported
from rules.commands.callouts import AnswerCallout
from rules.records.callouts import Callout
from rules.state.inputs import CalloutDelivery
from store.engine import inbox
from store.engine.inbox import Lane
from store.notices.attempts import AttemptState
from store.oncall import callouts, outbox
from store.oncall.callouts import NewCalloutAttempt
from store.oncall.outbox import StaffMessage
from store.people import audit, users

_REPORTED: dict[AttemptState, Reported] = {
    "delivered": "delivered",
    "answered": "delivered",
    "failed": "failed",
}


def take_staff_report(
    hub: Context, key: str, state: AttemptState, *, evidence: str, provider_id: str | None
) -> StaffMessage | None:
    """Note `state` of the last attempt with `key`, and tell the engine. A repeat changes nothing.

    None where no message to staff has this key. That somebody picked up is not an answer.
    """
    now = hub.clock()
    with hub.pool.connection() as db:
        message = outbox.what(db, key)
        if message is None or message.attempts == 0:
            return None
        attempt = NewCalloutAttempt(
            key, message.callouts, message.attempts, state, evidence, provider_id
        )
        is_new = callouts.note(db, message.channel, [attempt], at=now)
        if is_new and state in _REPORTED:
            reported = _REPORTED[state]
            news = CalloutDelivery(message.callouts, message.channel, reported, now)
            inbox.append(
                db, estate_id=message.estate, lane=Lane.LIVE, kind="callout_delivery",
                body=news, at=now,
            )  # fmt: skip
    return message


def answer_by_key(hub: Context, key: str, message: StaffMessage) -> None:
    """The person pressed a key: answer the callout that the call read out, in their name.

    Of what the message gathers that is the gravest; if it is over by now, nothing is answered.
    """
    with hub.pool.connection() as db:
        role = users.roles(db, [message.user]).get(message.user)
        known = callouts.by_id(db, message.callouts)
    told = [c for c in known.values() if c.open or _ended_later(c, message)]
    read_out = min(told, key=lambda c: (c.priority, c.requested_at, c.id), default=None)
    if role is None or read_out is None or not read_out.open:
        return
    command = AnswerCallout(read_out.id)
    pressed = "voice-" + hashlib.sha256(f"{key}/{read_out.id}".encode()).hexdigest()[:32]
    try:
        send(hub, audit.Actor(message.user, role), pressed, command, callouts.estate_of)
    except Problem as refused:
        if refused.status != 409:
            raise


def _ended_later(callout: Callout, message: StaffMessage) -> bool:
    """Whether it was still open when the call was made."""
    ended_at, sent_at = callout.ended_at, message.sent_at
    return ended_at is not None and (sent_at is None or ended_at > sent_at)
