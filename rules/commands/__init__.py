"""What a person may do, and when it is refused: one module per noun, a class for each command.

A class says what the command takes, and what it leads to; the API's body is that class.
"""

from rules.commands.refused import Refused
from rules.commands.table import COMMANDS, files_of, model_of, without_words
from rules.commands.written import read
from rules.records.events import Refusal
from rules.state.inputs import Ordered
from rules.state.work import Work

__all__ = ["COMMANDS", "carry_out", "files_of", "model_of", "read", "without_words"]


def carry_out(work: Work, order: Ordered) -> None:
    """Do it, or emit `command.refused`; either way the command is answered by an event."""
    command = order.command
    try:
        command.carry_out(work, order)
    except Refused as refused:
        refusal = Refusal(
            id=command.target,
            estate=work.state.estate_id,
            command=command.name,
            code=refused.code,
            detail=str(refused),
        )
        work.emit("command.refused", refusal, by=order.by)
