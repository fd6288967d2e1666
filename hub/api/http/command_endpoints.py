"""One endpoint for each command, from a table of their paths: its body is the command's class.

What the path does not name is in the body, and the form of both is that of the command's fields.
"""

import re
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from hub.api.http.access import needs
from hub.api.http.commands import DOCUMENTED, EstateOf, send
from hub.api.http.context import Hub
from hub.api.http.parameters import IdempotencyKey, RecordId
from hub.auth import Action, Principal
from rules.commands import model_of
from rules.state.inputs import Command, name_of

Endpoints = Mapping[str, type[Command]]
"""Commands by the path to which they are posted; what it holds in braces are fields of theirs."""


def add_commands(router: APIRouter, endpoints: Endpoints, estate_of: EstateOf) -> None:
    """An endpoint of `router` for each command, with its permission, description and body."""
    for path, command in endpoints.items():
        endpoint = _endpoint(command, re.findall(r"{(\w+)}", path), estate_of)
        endpoint.__name__ = re.sub(r"(?<!^)(?=[A-Z])", "_", command.__name__).lower()
        endpoint.__doc__ = command.__doc__
        router.post(path, **DOCUMENTED)(endpoint)


def sender_of(command: type[Command]) -> Any:
    """A dependency that gives the caller, where their role allows the command."""
    return needs(cast(Action, name_of(command)))


def given(command: type[Command], *in_path: str, **found: Any) -> Any:
    """A dependency that gives the command.

    These fields of it are in the path, those are `found` by dependencies, and the rest is a body.
    """
    body = model_of(command, frozenset({*in_path, *found}))

    def made(**values: Any) -> Command:
        rest = values.pop("body", ())
        return command(**values, **dict(iter(rest)))

    shapes = dict.fromkeys(in_path, RecordId) | found
    if body.model_fields:
        shapes["body"] = body
    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=shape) for name, shape in shapes.items()
    ]
    made.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return Depends(made)


def _endpoint(
    form: type[Command], in_path: list[str], estate_of: EstateOf
) -> Callable[..., Response]:
    def endpoint(
        hub: Hub,
        who: Annotated[Principal, sender_of(form)],
        key: IdempotencyKey,
        command: Annotated[Command, given(form, *in_path)],
    ) -> Response:
        return send(hub, who, key, command, estate_of)

    return endpoint
