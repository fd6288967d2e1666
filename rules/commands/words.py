"""What a person wrote in a command, checked: reasons, and times until when."""

from rules.commands.refused import Refused
from rules.inputs import Command
from rules.instant import HOUR, Instant, from_rfc3339
from rules.state import Step


def need_reason(command: Command, remedy: str) -> str:
    """The reason, which must not be empty. Raises Refused."""
    if not command.reason.strip():
        raise Refused("no-reason", f"reason is missing: {remedy}")
    return command.reason


def end_of(step: Step, command: Command, *, most_h: float) -> Instant:
    """Parameter `until`, RFC 3339: later than now, by `most_h` hours at most. Raises Refused."""
    text = command.params.get("until", "")
    try:
        until_at = from_rfc3339(text)
    except ValueError as error:
        raise Refused(
            "bad-until", f"until {text!r}: give a time such as 2026-01-31T08:00:00Z"
        ) from error
    if until_at <= step.now:
        raise Refused("bad-until", f"until {text}: this time is over, give a later one")
    if until_at - step.now > most_h * HOUR:
        raise Refused("bad-until", f"until {text}: at most {most_h:g} hours from now are allowed")
    return until_at
