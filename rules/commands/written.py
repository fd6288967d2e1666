"""How an ordered command lies in the inbox: as it is written now, and as it was until 0.1."""

import json
from collections.abc import Callable
from typing import Any, Union

import msgspec

from rules.commands.refused import Refused
from rules.commands.table import COMMANDS, model_of
from rules.state.inputs import Command, Ordered
from rules.state.work import Work


class _Written(msgspec.Struct):
    """Either form; until 0.1 a command was a `name` and its `params`, all of them texts."""

    by: str
    role: str
    command: msgspec.Raw = msgspec.Raw()
    name: str = ""
    target: str = ""
    reason: str = ""
    params: dict[str, str] = {}


_WRITTEN = msgspec.json.Decoder(_Written)
_FIELDS = msgspec.json.Decoder(dict[str, Any])
_COMMAND: Any = msgspec.json.Decoder(Union[tuple(COMMANDS.values())])  # noqa: UP007


class Unusable(Command, frozen=True):
    """A command that no class of today can hold: it is refused."""

    of: str
    command: str
    why: str

    @property
    def name(self) -> str:
        return self.command

    def carry_out(self, work: Work, order: Ordered) -> None:
        raise Refused("unknown-command", f"{self.command}: {self.why}")


def read(body: str | bytes) -> Ordered:
    """The inbox entry of kind `command`. Raises msgspec.DecodeError."""
    written = _WRITTEN.decode(body)
    command = _understood(written.command) if written.command else _brought_forward(written)
    return Ordered(command, written.by, written.role)


def _understood(command: msgspec.Raw) -> Command:
    try:
        found: Command = _COMMAND.decode(command)
    except msgspec.ValidationError as error:  # a newer hub wrote it
        name, target, *_ = (*map(str, _FIELDS.decode(command).values()), "", "")
        return Unusable(target, name, str(error))
    return found


def _brought_forward(written: _Written) -> Command:
    name, target = written.name, written.target
    form = COMMANDS.get(name)
    if form is None:
        return Unusable(target, name, "no such command")
    given = {key: text for key, text in written.params.items() if text}
    try:
        values = {key: _READ.get(key, str)(text) for key, text in given.items()}
        values |= {"reason": written.reason, form.__struct_fields__[0]: target}
        return form(**dict(iter(model_of(form).model_validate(values))))
    except ValueError:
        return Unusable(target, name, "no command has these values")


def _listed(text: str) -> list[str]:
    return text.split(",")


def _people(text: str) -> list[dict[str, str]]:
    """`user:duty`, separated by commas."""
    return [dict(zip(("user", "duty"), word.rsplit(":", 1), strict=True)) for word in _listed(text)]


_READ: dict[str, Callable[[str], Any]] = {
    "photos": _listed,
    "alarms": _listed,
    "households": _listed,
    "participants": _people,
    "items": json.loads,
    "script": json.loads,
}
"""What was more than one word."""
