"""Every command by its name, and its form as a model of pydantic, for what comes from outside."""

from collections.abc import Iterable
from functools import cache
from typing import Any, get_type_hints

import msgspec
from pydantic import BaseModel, ConfigDict, create_model

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
from rules.state.inputs import Command, name_of
from rules.vocabulary.fields import Holds, held_in
from rules.vocabulary.instant import to_rfc3339

_NOUNS = (
    alarms, callouts, drills, handovers, incidents, notices, reports, reviews, suppressions, system,
    tasks, tickets, works,
)  # fmt: skip

COMMANDS: dict[str, type[Command]] = {
    name_of(found): found
    for noun in _NOUNS
    for found in vars(noun).values()
    if isinstance(found, type) and issubclass(found, Command) and "." in name_of(found)
}


@cache
def hints_of(command: type[Command]) -> dict[str, Any]:
    """The type of each field."""
    hints = get_type_hints(command, include_extras=True)
    return {field.name: hints[field.name] for field in msgspec.structs.fields(command)}


@cache
def model_of(command: type[Command], without: frozenset[str] = frozenset()) -> type[BaseModel]:
    """What checks the fields of a command that a client sends, but for those that it does not."""
    shapes: dict[str, Any] = {
        field.name: (
            hints_of(command)[field.name],
            ... if field.default is msgspec.NODEFAULT else field.default,
        )
        for field in msgspec.structs.fields(command)
        if field.name not in without
    }
    config = ConfigDict(validate_by_name=True, validate_by_alias=True)
    model: type[BaseModel] = create_model(
        command.__name__, __config__=config, __doc__=command.__doc__, **shapes
    )
    return model


def without_words(command: Command) -> dict[str, Any]:
    """Its fields, as JSON data, but for those that hold what a person wrote."""
    kept = {}
    for name, hint in hints_of(type(command)).items():
        value, held = getattr(command, name), held_in(hint)
        if value not in (None, ()) and Holds.WORDS not in held:
            kept[name] = to_rfc3339(value) if Holds.TIME in held else msgspec.to_builtins(value)
    return kept


def files_of(command: Command) -> set[str]:
    """The hashes of the files that it names."""
    found: set[str] = set()
    for name, hint in hints_of(type(command)).items():
        if Holds.FILE in held_in(hint):
            value: str | Iterable[str] | None = getattr(command, name)
            found |= {value} if isinstance(value, str) else set(value or ())
    return found
