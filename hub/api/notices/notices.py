"""Notices to households, by id only: the list, evidence, further words, approval, knocking."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import IdFilter, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.reading import Pages
from hub.api.http.records import Notice, extended, page_of
from hub.api.http.stored_json import as_answer, page_answer
from hub.auth import Principal
from hub.dispatch.registry import registered
from hub.people.masking import masked_name, unit_label
from hub.people.sealed_contacts import opened_name
from rules.commands.notices import ApproveNotices, RejectNotices, SendUpdate, TickOffNotice
from rules.records.notices import Channel
from rules.vocabulary.instant import MINUTE
from store import incidents
from store.estate import estates
from store.estate.households import Need
from store.notices import attempts, notices
from store.notices.attempts import AttemptState
from store.notices.notices import Unreached
from store.people import audit

router = APIRouter(prefix="/notices", tags=["notices"])

MOST_AT_DOORS = 2000


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
    next: str | None


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
def list_notices(hub: Hub, _: Reader, paged: Pages, incident: IdFilter = None) -> Response:
    """Notices by the time they were asked for, newest first."""
    with hub.pool.connection() as db:
        return page_answer(notices.page(db, incident=incident, **paged))


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
    repeating = {name for name, kind in registered().items() if not kind.deduplicates}
    return Attempts(
        items=[Attempt(**asdict(a), may_repeat=a.channel in repeating) for a in found], next=None
    )


def _at_door(hub: Context, told: Unreached) -> dict[str, Any]:
    label = unit_label(told.household, told.unit)
    notice = msgspec.json.decode(told.notice, type=dict[str, msgspec.Raw])
    since = notice["requested_at"]
    if notice.get("not_before_at", msgspec.Raw(b"null")) != msgspec.Raw(b"null"):
        since = notice["not_before_at"]
    kept = opened_name(hub.keys.sealer, told.name, estate=told.estate, household=told.household)
    name = masked_name(kept, label)
    return {**notice, "unit": label, "name": name, "needs": told.needs, "knock_since": since}


add_commands(
    router,
    {"/updates": SendUpdate, "/approve": ApproveNotices, "/reject": RejectNotices},
    incidents.estate_of,
)
add_commands(router, {"/{notice}/tick-off": TickOffNotice}, notices.estate_of)
