"""One endpoint for each thing that may be done to a record, from a table of them.

An order's body is all that its command carries beside who sends it: `reason`, and parameters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import needs
from hub.api.http.attachments import need_files
from hub.api.http.commands import DOCUMENTED, Sender, command_of, send
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import IdempotencyKey, RecordId
from hub.auth import Action, Principal
from rules.vocabulary.instant import from_datetime, to_rfc3339
from store.database.connection import Connection

EstateOf = Callable[[Connection, str], str | None]


class Order(BaseModel):
    """What a person gives with a command."""

    def params(self) -> dict[str, str]:
        """Everything but the reason, as text; what was left out is left out."""
        given = self.model_dump(by_alias=True, exclude={"reason"})
        said = {name: value for name, value in given.items() if value not in (None, "", [])}
        return {name: _as_text(value) for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class Verb:
    """`POST /{id}/{verb}` orders `noun.verb`; `body` is None where nothing is to be said."""

    action: Action
    body: type[Order] | None
    summary: str


def add_verbs(router: APIRouter, verbs: Iterable[Verb], estate_of: EstateOf) -> None:
    """An endpoint of `router` for each verb, with its permission, its description and its body."""
    for verb in verbs:
        noun, _, name = verb.action.partition(".")
        endpoint = _endpoint(verb, estate_of)
        endpoint.__name__ = f"{name}_{noun}"
        endpoint.__doc__ = verb.summary
        path = f"/{{record_id}}/{name.replace('_', '-')}"
        router.post(path, **DOCUMENTED)(endpoint)


def order(
    hub: Context,
    who: Sender,
    key: str,
    target: str,
    action: Action,
    body: Order | None,
    estate_of: EstateOf,
    **more: str,
) -> Response:
    """Send `action` on `target` with what `body` gives; the files that it names must be there."""
    params = {**(body.params() if body else {}), **more}
    need_files(hub, _files(params))
    reason = getattr(body, "reason", "") or ""
    command = command_of(who, action, target, reason=reason, params=params)
    return send(hub, who, key, command, estate_of)


def _endpoint(verb: Verb, estate_of: EstateOf) -> Callable[..., Response]:
    def with_body(
        hub: Hub,
        who: Annotated[Principal, needs(verb.action)],
        record_id: RecordId,
        key: IdempotencyKey,
        body: Order,
    ) -> Response:
        return order(hub, who, key, record_id, verb.action, body, estate_of)

    def without_body(
        hub: Hub,
        who: Annotated[Principal, needs(verb.action)],
        record_id: RecordId,
        key: IdempotencyKey,
    ) -> Response:
        return order(hub, who, key, record_id, verb.action, None, estate_of)

    if verb.body is None:
        return without_body
    with_body.__annotations__["body"] = verb.body
    return with_body


def _files(params: dict[str, str]) -> set[str]:
    named = [*params.get("photos", "").split(","), params.get("signature", "")]
    return {hash_ for hash_ in named if hash_}


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return to_rfc3339(from_datetime(value))
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value)
