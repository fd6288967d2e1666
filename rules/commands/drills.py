"""What a person may do with a drill: plan, start, stop, go on, finish."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, get_args

import msgspec

from rules.commands.refused import Refused
from rules.commands.words import need_reason, place_of
from rules.drills import course
from rules.drills.real_first import what_comes_first
from rules.records.drills import Drill, DrillKind, Injection, Participant, Remark
from rules.records.tickets import Role
from rules.rulebook.plan import Plan
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import DAY, HOUR, Instant, from_rfc3339
from rules.vocabulary.priority import LEVELS

LONGEST_TITLE = 120
MOST_INJECTIONS = 500
MOST_PEOPLE = 500
LATEST_INJECTION_S = 8 * HOUR / 1_000_000
LATEST_START = 2 * 366 * DAY


def _plan(work: Work, command: Command) -> None:
    """Who, what, where, and when; households only by their own consent."""
    title = command.params.get("title", "").strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Refused("bad-title", f"title: give it one of up to {LONGEST_TITLE} characters")
    plan = _known_plan(work, command.params.get("plan", ""))
    drill = Drill(
        id=work.state.new_id("d"),
        estate=work.state.estate_id,
        kind=_one_of(command, "kind", get_args(DrillKind)),
        title=title,
        plan=plan.id,
        level=_one_of(command, "level", LEVELS),
        place=place_of(work, command),
        state="planned",
        leader=command.params.get("leader", "") or command.by,
        made_by=command.by,
        made_at=work.now,
        planned_at=_begins_at(work, command),
        participants=_participants(command),
        households=_households(work, command),
        script=_script(work, command, plan),
    )
    work.emit("drill.planned", drill, by=command.by, reason=title)


def _cancel(work: Work, command: Command) -> None:
    drill = _in(work, command, "planned")
    reason = need_reason(command, "say why it is not held")
    cancelled = replace(drill, state="cancelled", ended_at=work.now)
    work.emit("drill.cancelled", cancelled, by=command.by, reason=reason)


def _start(work: Work, command: Command) -> None:
    drill = _in(work, command, "planned")
    other = course.going_on(work)
    if other is not None:
        raise Refused("other-drill", f"drill {other.id} is going on: finish it first")
    _need_quiet(work, drill)
    plan = _known_plan(work, drill.plan)
    course.start(work, drill, plan, by=command.by, reason=command.reason)


def _stop(work: Work, command: Command) -> None:
    drill = _in(work, command, "running")
    reason = need_reason(command, "say why it is stopped")
    course.pause(work, drill, by=command.by, reason=reason)


def _resume(work: Work, command: Command) -> None:
    drill = _in(work, command, "paused")
    _need_quiet(work, drill)
    course.resume(work, drill, by=command.by, reason=command.reason)


def _finish(work: Work, command: Command) -> None:
    drill = _in(work, command, "running", "paused")
    course.finish(work, drill, by=command.by, reason=command.reason)


def _note(work: Work, command: Command) -> None:
    drill = _in(work, command, "planned", "running", "paused")
    words = command.params.get("words", "").strip()
    if not words:
        raise Refused("no-words", "words are missing: write what was seen")
    noted = (*drill.remarks, Remark(words, command.by, work.now))
    work.emit("drill.noted", replace(drill, remarks=noted), by=command.by, reason=words)


def _in(work: Work, command: Command, *states: str) -> Drill:
    drill = work.state.drills.get(command.target)
    if drill is None:
        raise Refused("drill-over", f"drill {command.target} has ended or was cancelled")
    if drill.state not in states:
        raise Refused(
            "wrong-state",
            f"drill {drill.id} is {drill.state}: {command.name} needs {' or '.join(states)}",
        )
    return drill


def _need_quiet(work: Work, drill: Drill) -> None:
    real = what_comes_first(work.state, drill)
    if real is not None:
        raise Refused("real-first", f"{real} is real and open: end it first, then the drill")


def _known_plan(work: Work, id_: str) -> Plan:
    plans = work.state.rulebook.plans
    if id_ not in plans:
        raise Refused("no-plan", f"plan {id_!r}: use one of {', '.join(sorted(plans))}")
    return plans[id_]


def _one_of(command: Command, name: str, known: Sequence[str]) -> Any:
    given = command.params.get(name)
    if given not in known:
        raise Refused(f"bad-{name}", f"{name} {given!r}: use {', '.join(known)}")
    return given


def _begins_at(work: Work, command: Command) -> Instant | None:
    """Parameter `begins`, RFC 3339; none: a person starts it."""
    text = command.params.get("begins", "")
    if not text:
        return None
    try:
        begins_at = from_rfc3339(text)
    except ValueError:
        remedy = "give a time such as 2026-01-31T08:00:00Z"
        raise Refused("bad-begins", f"begins {text!r}: {remedy}") from None
    if not work.now < begins_at <= work.now + LATEST_START:
        raise Refused("bad-begins", f"begins {text}: give a time within the next two years")
    return begins_at


def _participants(command: Command) -> tuple[Participant, ...]:
    """Parameter `participants`: `user:duty`, separated by commas."""
    known: dict[str, Role] = {duty: duty for duty in get_args(Role)}
    found: dict[Participant, None] = {}
    for word in _words(command, "participants"):
        user, _, duty = word.rpartition(":")
        if not user or duty not in known:
            raise Refused(
                "bad-participants",
                f"participants {word!r}: write user:duty, of duties {', '.join(known)}",
            )
        found[Participant(user, known[duty])] = None
    return tuple(found)


def _households(work: Work, command: Command) -> tuple[str, ...]:
    """Parameter `households`: ids of those that have consented, separated by commas."""
    found = tuple(dict.fromkeys(_words(command, "households")))
    unknown = [id_ for id_ in found if id_ not in work.state.estate.households]
    if unknown:
        raise Refused(
            "no-household",
            f"household {unknown[0]!r} is not in this estate: use an id such as B3-12-03",
        )
    return found


def _words(command: Command, name: str) -> list[str]:
    words = [word for word in command.params.get(name, "").split(",") if word]
    if len(words) > MOST_PEOPLE:
        raise Refused(f"bad-{name}", f"{name}: {len(words)}, name {MOST_PEOPLE} at the most")
    return words


def _script(work: Work, command: Command, plan: Plan) -> tuple[Injection, ...]:
    """Parameter `script`: a JSON list of {after_s, rule, device, signal, value}, in any order."""
    text = command.params.get("script", "")
    if not text:
        return ()
    try:
        script = msgspec.json.decode(text, type=tuple[Injection, ...])
    except msgspec.DecodeError as error:
        raise _bad_script(f"({error}): give a list of after_s, rule and device") from None
    if len(script) > MOST_INJECTIONS:
        raise _bad_script(f"has {len(script)} injections: use {MOST_INJECTIONS} at the most")
    for n, injection in enumerate(script):
        watch = work.state.watches.by_key.get(f"{injection.rule}/{injection.device}")
        if watch is None:
            fault = f"no rule {injection.rule!r} watches device {injection.device!r} here"
            raise _bad_script(f"entry {n + 1}: {fault}")
        if watch.rule.response.kind != plan.kind:
            raise _bad_script(f"entry {n + 1}: {injection.rule} does not lead to plan {plan.id}")
        if not 0 <= injection.after_s <= LATEST_INJECTION_S:
            most = f"give 0 to {LATEST_INJECTION_S:g} seconds"
            raise _bad_script(f"entry {n + 1}: after_s {injection.after_s:g}: {most}")
    return tuple(sorted(script, key=lambda i: i.after_s))


def _bad_script(fault: str) -> Refused:
    return Refused("bad-script", f"script {fault}")


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "drill.plan": _plan,
    "drill.cancel": _cancel,
    "drill.start": _start,
    "drill.stop": _stop,
    "drill.resume": _resume,
    "drill.finish": _finish,
    "drill.note": _note,
}
