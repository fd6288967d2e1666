"""Commands: through the inbox, once per idempotency key, answered by the events they cause."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi.responses import Response
from pydantic import BaseModel, create_model

from hub.api.http.attachments import need_files
from hub.api.http.context import Context
from hub.api.http.problems import Problem, described, not_found
from hub.api.http.records import Event, list_of
from hub.api.http.stored_json import as_answer
from hub.auth import Principal
from rules.commands import files_of, without_words
from rules.state.inputs import Command, Ordered
from store.database.connection import Connection
from store.engine import commands, events, inbox
from store.engine.inbox import Lane
from store.people import audit

ANSWER_WITHIN_S = 5.0

Sender = Principal | audit.Actor
"""Who orders: somebody who signed in, or a household by its own page."""

EstateOf = Callable[[Connection, str], str | None]
"""Finds the estate of what a command acts on; None: there is no such thing."""

_events: Any = (list_of(Event), ...)
Caused: type[BaseModel] = create_model(
    "Caused", __doc__="What the command led to, in order.", events=_events
)

DOCUMENTED: dict[str, Any] = {
    "response_model": Caused,
    "responses": {
        202: {"model": Caused, "description": "Taken, but not yet done: ask again by the same key"},
        **described(401, 403, 404, 409),
    },
}
"""How every command endpoint describes its answers."""


class _RefusalRecord(msgspec.Struct):
    code: str
    detail: str


def send(
    hub: Context,
    who: Sender,
    key: str,
    command: Command,
    estate_of: EstateOf,
) -> Response:
    """Append the command, wait for the engine, and answer with the events that it caused.

    Raises Problem: no such target (404), the engine refused it (409), the key was used for
    another command, or a file that it names is not kept (422).
    """
    need_files(hub, files_of(command))
    estate, seq = _append(hub, who, key, command, estate_of)
    hub.progress.wait(estate, seq, within_s=ANSWER_WITHIN_S)
    with hub.pool.connection() as db:
        caused = events.caused_by_command(db, estate_id=estate, seq=seq)
    for event in caused:
        if event.kind == "command.refused":
            refusal = msgspec.json.decode(event.record, type=_RefusalRecord)
            raise Problem(409, refusal.code, refusal.detail)
    return as_answer({"events": caused}, status=200 if caused else 202)


def _append(
    hub: Context,
    who: Sender,
    key: str,
    command: Command,
    estate_of: EstateOf,
) -> tuple[str, int]:
    """The estate and the inbox number of the command, appended now or, by its key, before."""
    order = Ordered(command, who.user, who.role)
    content = msgspec.json.encode(order, order="sorted")
    fingerprint = hashlib.sha256(content).digest()
    now = hub.clock()
    with hub.pool.connection() as db:
        estate = estate_of(db, command.target)
        if estate is None:
            raise not_found(command.name.split(".")[0], command.target)
        earlier = commands.reserve(
            db, user=who.user, key=key, estate_id=estate, fingerprint=fingerprint, now=now
        )
        if earlier is not None:
            if (earlier.estate_id, earlier.fingerprint) != (estate, fingerprint):
                raise Problem(
                    422,
                    "idempotency-key-reused",
                    f"Idempotency-Key {key} was used for another command: send a new one",
                )
            return earlier.estate_id, earlier.seq
        seq = inbox.append(
            db, estate_id=estate, lane=Lane.COMMANDS, kind="command", body=order, at=now
        )
        commands.number(db, user=who.user, key=key, seq=seq)
        detail = {"seq": seq, **without_words(command)}
        audit.append(
            db, audit.Actor(who.user, who.role), command.name, command.target, detail, at=now
        )
    return estate, seq
