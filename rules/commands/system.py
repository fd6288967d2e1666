"""System alarms of P1: somebody has seen what the system could not know."""

from collections.abc import Callable
from dataclasses import replace

from rules.commands.refused import Refused
from rules.state.inputs import Command
from rules.state.work import Work


def _see(work: Work, command: Command) -> None:
    alarm = work.state.unseen.get(command.target)
    if alarm is None:
        raise Refused(
            "nothing-unseen",
            f"system alarm {command.target}: there is none that waits to be seen; look for others",
        )
    seen = replace(alarm, seen_at=work.now)
    work.emit("system.seen", seen, by=command.by, reason=command.reason)


HANDLERS: dict[str, Callable[[Work, Command], None]] = {"system.see": _see}
