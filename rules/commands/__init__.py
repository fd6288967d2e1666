"""What a person may do, and when it is refused: one module per noun, each with its handlers."""

from collections.abc import Callable

from rules.commands import (
    alarms,
    callouts,
    drills,
    handovers,
    incidents,
    notices,
    reports,
    reviews,
    suppressions,
    system,
    tasks,
    tickets,
    works,
)
from rules.commands.refused import Refused
from rules.records.events import Refusal
from rules.state.inputs import Command
from rules.state.work import Work

__all__ = ["HANDLERS", "carry_out"]

HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    **alarms.HANDLERS,
    **callouts.HANDLERS,
    **drills.HANDLERS,
    **handovers.HANDLERS,
    **incidents.HANDLERS,
    **notices.HANDLERS,
    **reports.HANDLERS,
    **reviews.HANDLERS,
    **suppressions.HANDLERS,
    **system.HANDLERS,
    **tasks.HANDLERS,
    **tickets.HANDLERS,
    **works.HANDLERS,
}
"""By the command's name. A handler raises Refused, or emits what the command leads to."""


def carry_out(work: Work, command: Command) -> None:
    """Do it, or emit `command.refused`; either way the command is answered by an event."""
    try:
        handler = HANDLERS.get(command.name)
        if handler is None:
            raise Refused("unknown-command", f"{command.name}: no such command")
        handler(work, command)
    except Refused as refused:
        refusal = Refusal(
            id=command.target,
            estate=work.state.estate_id,
            command=command.name,
            code=refused.code,
            detail=str(refused),
        )
        work.emit("command.refused", refusal, by=command.by)
