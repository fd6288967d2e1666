"""Calling staff, and what becomes of a call: delivered, answered, declined, stood down."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.messages.drill_mark import wrap
from rules.records.callouts import Callout, CalloutReason, CalloutState
from rules.records.incidents import Incident
from rules.records.tickets import Role, Ticket
from rules.rulebook.escalation_policy import EscalationLevel
from rules.state.inputs import CalloutDelivery
from rules.state.work import Work
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text

_RANK: dict[CalloutState, int] = {"requested": 0, "failed": 1, "delivered": 2}


@dataclass(frozen=True, slots=True)
class Matter:
    """What somebody is called about."""

    incident: Incident
    ticket_id: str
    why: CalloutReason
    priority: Priority
    title: Text
    place: Place


def about_ticket(incident: Incident, ticket: Ticket, why: CalloutReason) -> Matter:
    return Matter(incident, ticket.id, why, ticket.priority, ticket.title, ticket.place)


def on_duty(work: Work, incident: Incident, duty: Role) -> tuple[str, ...]:
    """Who may be called as `duty` now: by the roster, in a drill of those who take part."""
    if incident.drill:
        drill = work.state.drill_of(incident.id)
        return drill.users(duty) if drill else ()
    return work.state.roster.on_duty(duty, work.now)


def all_on_duty(work: Work, incident: Incident) -> tuple[str, ...]:
    """Everybody who may be called now."""
    if incident.drill:
        drill = work.state.drill_of(incident.id)
        return drill.users() if drill else ()
    return work.state.roster.everyone(work.now)


def may_call(work: Work, incident: Incident, user: str) -> bool:
    """Whether a ticket that is given to `user` calls them."""
    if incident.drill:
        return user in all_on_duty(work, incident)
    return work.state.roster.names(user)


def call(
    work: Work,
    matter: Matter,
    user: str,
    *,
    duty: Role | None = None,
    level: EscalationLevel | None = None,
) -> None:
    """Call `user`; once more only where the open call was about something less grave."""
    wanted = _callout(work, matter, user, duty, level)
    known = next((c for c in open_callouts(work, matter.incident.id) if _same(c, wanted)), None)
    if known is None:
        new = replace(wanted, id=work.state.new_id("c"))
        work.emit("callout.requested", new, by="system")
    elif wanted.priority < known.priority or wanted.all_hands > known.all_hands:
        graver = replace(wanted, id=known.id, requested_at=known.requested_at, times=known.times)
        call_again(work, graver)


def call_again(work: Work, callout: Callout) -> None:
    """The same call once more."""
    again = replace(callout, state="requested", times=callout.times + 1, called_at=work.now)
    work.emit("callout.repeated", again, by="system")


def open_callouts(work: Work, incident_id: str) -> list[Callout]:
    """The incident's calls that wait for an answer, oldest first."""
    state = work.state
    return [state.callouts[id_] for id_ in state.indexes.callout.of(incident_id)]


def stand_down(work: Work, callouts: Iterable[Callout], *, by: str) -> None:
    """Nobody needs them any more."""
    for callout in callouts:
        end(work, callout, "stood_down", by=by)


def end(work: Work, callout: Callout, state: CalloutState, *, by: str, reason: str = "") -> None:
    """It is answered, declined or stood down."""
    ended = replace(callout, state=state, ended_at=work.now)
    work.emit(f"callout.{state}", ended, by=by, reason=reason)


def take_callout_delivery(work: Work, delivery: CalloutDelivery) -> None:
    """A call only moves forward: a late or repeated report changes nothing."""
    for callout_id in delivery.callout_ids:
        callout = work.state.callouts.get(callout_id)
        if callout is None or _RANK[delivery.state] <= _RANK[callout.state]:
            continue
        moved = replace(callout, state=delivery.state)
        if delivery.state == "delivered" and callout.delivered_at is None:
            moved = replace(moved, delivered_at=delivery.at)
        work.emit(f"callout.{delivery.state}", moved, by=delivery.channel, at=delivery.at)


def _callout(
    work: Work, matter: Matter, user: str, duty: Role | None, level: EscalationLevel | None
) -> Callout:
    """The call as it would be made now, without a number."""
    drill = matter.incident.drill
    text = _words(work, matter)
    return Callout(
        id="",
        estate=work.state.estate_id,
        incident_id=matter.incident.id,
        ticket_id=matter.ticket_id,
        user=user,
        duty=duty,
        level=level.name if level else "",
        why=matter.why,
        priority=matter.priority,
        text=wrap(work.state.rulebook.messages, text) if drill else text,
        place=matter.place,
        requested_at=work.now,
        called_at=work.now,
        all_hands=level is not None and level.everyone,
        drill=drill,
    )


def _words(work: Work, matter: Matter) -> Text:
    if matter.why == "drill_stopped":
        return work.state.rulebook.drill_policy.words.stop_staff.fill(title=matter.title)
    words: Text = getattr(work.state.rulebook.escalation_policy.words, matter.why)
    return words.fill(priority=matter.priority, title=matter.title, place=matter.place.text)


def _same(known: Callout, wanted: Callout) -> bool:
    return (known.user, known.why, known.ticket_id) == (wanted.user, wanted.why, wanted.ticket_id)
