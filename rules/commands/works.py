"""Planning works for which a valve is closed."""

from collections.abc import Callable

from rules.commands.refused import Refused
from rules.commands.words import need_reason
from rules.planned_works import plan_works
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import DAY, HOUR, Instant, from_rfc3339


def _plan(work: Work, command: Command) -> None:
    policy, valves = work.state.rulebook.ticket_policy.works, work.state.estate.valves
    valve = valves.get(command.params.get("valve", ""))
    if valve is None:
        known = ", ".join(sorted(valves)[:5])
        raise Refused("bad-valve", f"valve {command.params.get('valve')!r}: use one of {known} …")
    from_at, until_at = _time(command, "from"), _time(command, "until")
    if not work.now < from_at <= work.now + round(policy.ahead_at_most_days * DAY):
        most = f"{policy.ahead_at_most_days:g} days"
        raise Refused("bad-from", f"from {command.params['from']}: give a time within {most}")
    if not from_at < until_at <= from_at + round(policy.at_most_h * HOUR):
        most = f"{policy.at_most_h:g} hours"
        raise Refused(
            "bad-until", f"until {command.params['until']}: later than from, by at most {most}"
        )
    reason = need_reason(command, "residents are told why the water is off")
    plan_works(work, valve, from_at, until_at, by=command.by, reason=reason)


def _time(command: Command, name: str) -> Instant:
    text = command.params.get(name, "")
    try:
        return from_rfc3339(text)
    except ValueError as error:
        detail = f"{name} {text!r}: give a time such as 2026-01-31T08:00:00Z"
        raise Refused(f"bad-{name}", detail) from error


HANDLERS: dict[str, Callable[[Work, Command], None]] = {"works.plan": _plan}
