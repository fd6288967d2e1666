"""Giving the desk to the next shift: one proposes, the other accepts (DOMAIN section 7)."""

from collections.abc import Callable
from dataclasses import replace

from rules.commands.refused import Refused
from rules.records.handovers import Handover
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import MINUTE, to_rfc3339


def _hand_over(work: Work, command: Command) -> None:
    """A new proposal takes the place of one that nobody has accepted."""
    _refuse_while_grave(work)
    incoming = command.params.get("incoming", "")
    if incoming == command.by:
        raise Refused("own-handover", f"{incoming} cannot sign twice: name who takes over")
    proposal = _with_what_is_open(
        work,
        Handover(
            id=work.state.new_id("h"),
            estate=work.state.estate_id,
            outgoing=command.by,
            incoming=incoming,
            proposed_at=work.now,
            keys=command.params.get("keys", ""),
            radios=command.params.get("radios", ""),
            note=command.params.get("note", ""),
        ),
    )
    before = work.state.handover
    if before is not None:
        withdrawn = replace(before, state="withdrawn", ended_at=work.now)
        work.emit("handover.withdrawn", withdrawn, by=command.by)
    work.emit("handover.proposed", proposal, by=command.by)


def _take_over(work: Work, command: Command) -> None:
    """What is open may have changed since: the record names what it is now."""
    proposed = work.state.handover
    if proposed is None or proposed.id != command.target:
        raise Refused("handover-over", f"handover {command.target} is over: look for a newer one")
    if proposed.incoming != command.by:
        raise Refused(
            "not-incoming",
            f"handover {proposed.id} is for {proposed.incoming}, not for {command.by}: "
            "sign in as the one who takes over",
        )
    _refuse_while_grave(work)
    accepted = replace(proposed, state="accepted", ended_at=work.now)
    work.emit("handover.accepted", _with_what_is_open(work, accepted), by=command.by)


def _refuse_while_grave(work: Work) -> None:
    """Who knows what happened stays while a P1 alarm is fresh."""
    waits = round(work.state.rulebook.escalation_policy.handover_waits_min * MINUTE)
    fresh = [
        alarm
        for alarm in (*work.state.alarms.values(), *work.state.settled.values())
        if alarm.priority == "P1" and not alarm.drill and work.now < alarm.raised_at + waits
    ]
    if fresh:
        last = max(fresh, key=lambda alarm: alarm.raised_at)
        raise Refused(
            "p1-fresh",
            f"P1 alarm {last.id} has just begun: hand over after "
            f"{to_rfc3339(last.raised_at + waits)}",
        )


def _with_what_is_open(work: Work, handover: Handover) -> Handover:
    state = work.state
    return replace(
        handover,
        alarms=tuple(sorted(state.alarms)),
        suppressions=tuple(sorted(state.suppressions)),
        incidents=tuple(sorted(state.incidents)),
        tickets=tuple(sorted(state.tickets)),
    )


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "shift.hand_over": _hand_over,
    "shift.take_over": _take_over,
}
