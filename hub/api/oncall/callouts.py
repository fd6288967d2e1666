"""Calls of staff: the list, one with what to do there, answering, by session or by its own token.

Who has a callout's token can see and answer this one, in the name of the person who was called.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands, given
from hub.api.http.commands import send
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import IdempotencyKey, IdFilter, RecordId
from hub.api.http.problems import Problem, described, not_found
from hub.api.http.reading import Pages
from hub.api.http.records import Callout, extended, page_of
from hub.api.http.stored_json import as_answer, page_answer
from hub.api.providers.notice_receipts import TOKEN_PATTERN
from hub.dispatch.report_tokens import key_of_token
from rules.commands.callouts import AnswerCallout, DeclineCallout
from rules.records.callouts import Callout as CalloutRecord
from rules.records.json_form import as_json
from rules.records.notices import Channel
from rules.records.tickets import Role, TicketState
from rules.state.inputs import Command
from rules.vocabulary.instant import HOUR, to_rfc3339
from rules.vocabulary.text import Language, Text
from store import incidents
from store.alarms import alarms
from store.database.connection import Connection
from store.estate import estates
from store.notices.attempts import AttemptState
from store.oncall import callouts
from store.people import users
from store.people.audit import Actor
from store.tickets import tickets

router = APIRouter(prefix="/callouts", tags=["callouts"])

TOKEN_LASTS = 24 * HOUR
"""A token is good for this long after the person was last called."""


class CalloutTask(BaseModel):
    """A task of the ticket, as far as whoever is on the way there cares."""

    id: str
    role: Role
    title: Text
    state: str
    due_at: datetime | None
    phone: str | None


class CalloutValve(BaseModel):
    """A valve to close, where it is, and how many flats that leaves dry."""

    id: str
    place: Text
    isolates: int


class CalloutAttempt(BaseModel):
    """One attempt to reach the person by one channel."""

    channel: Channel
    attempt: int
    state: AttemptState
    at: datetime
    provider_id: str | None
    evidence: str


CalloutPage = extended(
    "CalloutPage",
    Callout,
    now=(datetime, Field(description="The hub's time.")),
    title=(Text, ...),
    since_at=(datetime, Field(description="When the incident began.")),
    incident_closed=(bool, ...),
    advice=(Text | None, Field(description="What to do first: of the gravest alarm.")),
    ticket_state=(TicketState | None, ...),
    valves=(list[CalloutValve], ...),
    tasks=(list[CalloutTask], ...),
    language=(Language, Field(description="Of the person who was called.")),
    phone=(str, Field(description="The control room's; empty where the estate names none.")),
)
CalloutDetail = extended("CalloutDetail", CalloutPage, attempts=(list[CalloutAttempt], ...))


@router.get("", response_model=page_of("Callouts", Callout), responses=described(401))
def list_callouts(
    hub: Hub,
    _: Reader,
    paged: Pages,
    open_: Annotated[
        bool | None, Query(alias="open", description="Those that wait for an answer, or not.")
    ] = None,
    user: IdFilter = None,
    incident: IdFilter = None,
    estate: IdFilter = None,
) -> Response:
    """Who was called, newest first."""
    with hub.pool.connection() as db:
        return page_answer(
            callouts.page(
                db, open_=open_, user=user, incident=incident, estate=estate,
                **paged
            )
        )  # fmt: skip


def _of_token(
    hub: Hub, token: Annotated[str, Path(pattern=TOKEN_PATTERN)]
) -> tuple[CalloutRecord, Actor]:
    """The callout, and the person who was called."""
    id_ = key_of_token(hub.keys.secret, "callout", token)
    with hub.pool.connection() as db:
        callout = callouts.by_id(db, [id_]).get(id_) if id_ is not None else None
        user = users.one(db, callout.user) if callout is not None else None
    if callout is None or user is None or hub.clock() > callout.called_at + TOKEN_LASTS:
        raise Problem(404, "not-found", "this link is not valid any more: sign in to the console")
    return callout, Actor(user.id, user.role)


OfToken = Annotated[tuple[CalloutRecord, Actor], Depends(_of_token)]


def _id_of_token(called: OfToken) -> str:
    return called[0].id


IdOfToken = Annotated[str, Depends(_id_of_token)]


@router.get("/by-token/{token}", response_model=CalloutPage, responses=described(404))
def get_callout_by_token(hub: Hub, called: OfToken) -> Response:
    """What the person who was called needs on the way there. Nobody signs in for this."""
    with hub.pool.connection() as db:
        return as_answer(_page(hub, db, called[0]))


_TAKEN: dict[int | str, dict[str, Any]] = {
    202: {"description": "Taken, but not yet done"},
    **described(404, 409),
}


@router.post("/by-token/{token}/answer", status_code=204, responses=_TAKEN)
def answer_callout_by_token(hub: Hub, called: OfToken, key: IdempotencyKey) -> Response:
    """Acknowledge: the alarms that wait, or the ticket. One tap on the phone."""
    return _send_by_token(hub, called, key, AnswerCallout(called[0].id))


@router.post("/by-token/{token}/decline", status_code=204, responses=_TAKEN)
def decline_callout_by_token(
    hub: Hub,
    called: OfToken,
    key: IdempotencyKey,
    command: Annotated[DeclineCallout, given(DeclineCallout, callout=IdOfToken)],
) -> Response:
    """Say that one cannot come: another is called at once."""
    return _send_by_token(hub, called, key, command)


@router.get("/{callout_id}", response_model=CalloutDetail, responses=described(401, 404))
def get_callout(hub: Hub, _: Reader, callout_id: RecordId) -> Response:
    """One callout, what to do there, and the evidence of every attempt to reach the person."""
    with hub.pool.connection() as db:
        found = callouts.by_id(db, [callout_id]).get(callout_id)
        if found is None:
            raise not_found("callout", callout_id)
        tried = [asdict(attempt) for attempt in callouts.attempts(db, callout_id)]
        return as_answer({**_page(hub, db, found), "attempts": tried})


def _send_by_token(
    hub: Context, called: tuple[CalloutRecord, Actor], key: str, command: Command
) -> Response:
    """What the command led to stays here: a token shows its own callout, and no more."""
    sent = send(hub, called[1], key, command, callouts.estate_of)
    return Response(status_code=204 if sent.status_code == 200 else 202)


class _Incident(msgspec.Struct):
    title: msgspec.Raw
    opened_at: str
    state: str


class _Alarm(msgspec.Struct):
    priority: str
    title: msgspec.Raw
    advice: msgspec.Raw
    state: str


class _Task(msgspec.Struct):
    id: str
    role: str
    title: msgspec.Raw
    state: str
    due_at: str | None
    phone: str | None = None


class _Ticket(msgspec.Struct):
    state: str
    valves: msgspec.Raw
    tasks: list[_Task]


def _page(hub: Context, db: Connection, callout: CalloutRecord) -> dict[str, Any]:
    """The callout with what is known of its incident and ticket. No personal data is in it."""
    incident = _decoded(incidents.one, db, callout.incident_id, _Incident)
    ticket = _decoded(tickets.one, db, callout.ticket_id, _Ticket)
    person = users.one(db, callout.user)
    alarm, estate = _gravest(db, callout.incident_id), estates.latest(db, callout.estate)
    return {
        **as_json(callout),
        "now": to_rfc3339(hub.clock()),
        "title": (alarm or incident).title if alarm or incident else callout.text,
        "since_at": incident.opened_at if incident else as_json(callout)["requested_at"],
        "incident_closed": incident is None or incident.state == "closed",
        "advice": alarm.advice if alarm else None,
        "ticket_state": ticket.state if ticket else None,
        "valves": ticket.valves if ticket else [],
        "tasks": ticket.tasks if ticket else [],
        "language": person.language if person else "zh",
        "phone": (estate.body.get("phone") or "") if estate else "",
    }


def _gravest(db: Connection, incident_id: str) -> _Alarm | None:
    """The alarm that says best what is the matter: the gravest, of those that stand if any do."""
    found = [msgspec.json.decode(raw, type=_Alarm) for raw in alarms.of_incident(db, incident_id)]
    standing = [alarm for alarm in found if alarm.state != "normal"] or found
    return min(standing, key=lambda alarm: alarm.priority, default=None)


def _decoded(
    one: Callable[[Connection, str], msgspec.Raw | None], db: Connection, id_: str, shape: type[Any]
) -> Any:
    found = one(db, id_)
    return None if found is None else msgspec.json.decode(found, type=shape)


add_commands(
    router,
    {"/{callout}/answer": AnswerCallout, "/{callout}/decline": DeclineCallout},
    callouts.estate_of,
)
