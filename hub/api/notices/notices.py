"""Notices to households, by id only: the list, evidence, further words, approval, knocking."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from hub.api.http.access import Reader, needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    Reason,
    RecordId,
    Words,
)
from hub.api.http.problems import described, not_found
from hub.api.http.records import Notice, extended, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from hub.auth import Principal
from hub.dispatch import AT_LEAST_ONCE
from hub.people.masking import masked_name, unit_label
from hub.people.sealed_contacts import opened_name
from rules.commands.notices import LONGEST_WORDS
from rules.records.notices import Channel
from rules.vocabulary.instant import MINUTE, from_datetime, to_rfc3339
from store import incidents
from store.estate import estates
from store.estate.households import Need
from store.notices import attempts, notices
from store.notices.attempts import AttemptState
from store.notices.notices import Unreached
from store.people import audit

router = APIRouter(prefix="/notices", tags=["notices"])

MOST_AT_DOORS = 2000

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORDS,
                      pattern=r"^[^\x00]*$"),
]  # fmt: skip


class Attempt(BaseModel):
    """One attempt by one channel. `may_repeat`: after a crash it may have been made twice.

    `contact` is the number of the household's contact; null: it went to the household itself.
    """

    channel: Channel
    contact: int | None
    attempt: int
    state: AttemptState
    at: datetime
    provider_id: str | None
    evidence: str
    may_repeat: bool


class Attempts(BaseModel):
    """All that was tried for one notice, oldest first; there is never a further page."""

    items: list[Attempt]
    next: str | None = None


class Update(BaseModel):
    """Further words to everyone who was told of the incident, in both languages."""

    incident: Id
    en: Annotated[Message, Field(examples=["The clamp is on, we are testing the pressure."])]
    zh: Annotated[Message, Field(examples=["已抱箍，正在试压。"])]
    eta: Annotated[AwareDatetime | None, Field(description="When it is expected to end.")] = None
    reason: Words = ""


class Decision(BaseModel):
    """Which waiting notices: those of `template`, to one household only where it is named."""

    incident: Id
    template: Id
    household: Id | None = None
    reason: Reason


class TickOff(BaseModel):
    """What the household said at its door, if anything."""

    note: Words = ""


AtDoor = extended(
    "AtDoor",
    Notice,
    unit=(str, ...),
    name=(str, ...),
    needs=(list[Need], ...),
    knock_since=(datetime, ...),
)
DoorList = page_of("DoorList", AtDoor)


@router.get("", response_model=page_of("NoticePage", Notice), responses=described(401))
def list_notices(
    hub: Hub, _: Reader, incident: IdFilter = None, cursor: Cursor = None, limit: Limit = 100
) -> Response:
    """Notices by the time they were asked for, newest first."""
    with hub.pool.connection() as db:
        after = position_of(cursor)
        return page_answer(notices.page(db, incident=incident, after=after, limit=limit))


@router.get("/door-to-door", response_model=DoorList, responses=described(401, 403))
def list_doors(
    hub: Hub, who: Annotated[Principal, needs("notice.tick_off")], incident: IdFilter = None
) -> Response:
    """Whom nothing has reached in time, those who need help first: to be knocked at.

    That they need help is health data, shown here for their safety; the look is kept.
    """
    now = hub.clock()
    with hub.pool.connection() as db:
        late = {
            (estate.id, urgency): now - round(how.door_after_min * MINUTE)
            for estate in estates.all_(db)
            for urgency, how in hub.rulebooks.of(db, estate.id).notice_policy.urgencies.items()
            if how.door_after_min is not None
        }
        found = notices.unreached(db, incident=incident, late=late, limit=MOST_AT_DOORS)
        helped = [told.household for told in found if told.needs]
        if helped:
            actor = audit.Actor(who.user, who.role)
            detail = {"households": helped}
            audit.append(db, actor, "notice.door_list", incident or "all", detail, at=now)
    return as_answer({"items": [_at_door(hub, told) for told in found], "next": None})


@router.get("/{notice_id}/attempts", responses=described(401, 404))
def list_attempts(hub: Hub, _: Reader, notice_id: RecordId) -> Attempts:
    """Every attempt to reach the household with this notice, by which channel, and its outcome."""
    with hub.pool.connection() as db:
        if notices.estate_of(db, notice_id) is None:
            raise not_found("notice", notice_id)
        found = attempts.of_notice(db, notice_id)
    return Attempts(
        items=[Attempt(**asdict(a), may_repeat=a.channel in AT_LEAST_ONCE) for a in found]
    )


@router.post("/updates", **DOCUMENTED)
def send_update(
    hub: Hub,
    who: Annotated[Principal, needs("notice.send_update")],
    key: IdempotencyKey,
    body: Update,
) -> Response:
    """Tell everyone on the incident's list how it goes on, 30 minutes after the last words."""
    params = {"en": body.en, "zh": body.zh}
    if body.eta is not None:
        params["eta"] = to_rfc3339(from_datetime(body.eta))
    command = command_of(
        who, "notice.send_update", body.incident, reason=body.reason, params=params
    )
    return send(hub, who, key, command, incidents.estate_of)


@router.post("/approve", **DOCUMENTED)
def approve_notices(
    hub: Hub,
    who: Annotated[Principal, needs("notice.approve")],
    key: IdempotencyKey,
    body: Decision,
) -> Response:
    """Let waiting notices go out: as their manager, or by night to a flat being damaged now."""
    return _decide(hub, who, key, "notice.approve", body)


@router.post("/reject", **DOCUMENTED)
def reject_notices(
    hub: Hub,
    who: Annotated[Principal, needs("notice.reject")],
    key: IdempotencyKey,
    body: Decision,
) -> Response:
    """Withdraw waiting notices."""
    return _decide(hub, who, key, "notice.reject", body)


@router.post("/{notice_id}/tick-off", **DOCUMENTED)
def tick_off(
    hub: Hub,
    who: Annotated[Principal, needs("notice.tick_off")],
    notice_id: RecordId,
    key: IdempotencyKey,
    body: TickOff,
) -> Response:
    """Say that somebody told the household at its door."""
    command = command_of(who, "notice.tick_off", notice_id, reason=body.note)
    return send(hub, who, key, command, notices.estate_of)


def _decide(hub: Hub, who: Principal, key: str, name: str, body: Decision) -> Response:
    params = {"template": body.template}
    if body.household is not None:
        params["household"] = body.household
    command = command_of(who, name, body.incident, reason=body.reason, params=params)
    return send(hub, who, key, command, incidents.estate_of)


def _at_door(hub: Context, told: Unreached) -> dict[str, Any]:
    label = unit_label(told.household, told.unit)
    notice = msgspec.json.decode(told.notice, type=dict[str, msgspec.Raw])
    since = notice["requested_at"]
    if notice.get("not_before_at", msgspec.Raw(b"null")) != msgspec.Raw(b"null"):
        since = notice["not_before_at"]
    kept = opened_name(hub.keys.sealer, told.name, estate=told.estate, household=told.household)
    name = masked_name(kept, label)
    return {**notice, "unit": label, "name": name, "needs": told.needs, "knock_since": since}
