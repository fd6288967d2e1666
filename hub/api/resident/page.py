"""A household's own page: its token is the way in; nobody signs in here."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

from hub.api.http.context import Context, Hub
from hub.api.http.parameters import RecordId
from hub.api.http.problems import FieldError, Problem, described, not_found
from hub.api.http.stored_json import as_answer
from hub.api.live.live import HEADERS, KEEP_ALIVE_S, OPENING, STREAM, keep_alive
from hub.auth.sessions import digest
from hub.dispatch.channels.web_push import WebPushOptions
from hub.feed.streams import ResidentStream
from hub.people.masking import unit_label
from hub.people.push_services import is_push_service
from rules.records.notices import Urgency
from rules.state.inputs import Delivery
from rules.vocabulary.text import Language, Text
from store.database.connection import LOST, Connection
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import estates, households
from store.estate.households import Household
from store.notices import notices, push_subscriptions
from store.notices.push_subscriptions import Subscription

router = APIRouter(prefix="/resident/{token}", tags=["resident"])

MOST_NOTICES = 50
MOST_STREAMS = 10
"""Open pages of one household."""


class ResidentNotice(BaseModel):
    """A notice as its household sees it."""

    id: str
    template: str
    urgency: Urgency
    text: Text
    requested_at: datetime
    read_at: datetime | None
    incident_closed: bool
    drill: bool


class ResidentPage(BaseModel):
    """The household's last notices, newest first, and the key for asking for push messages."""

    household: str
    building: Text | None
    language: Language
    notices: list[ResidentNotice]
    vapid_public_key: str | None


class PushKeys(BaseModel):
    """The browser's keys, base64url."""

    p256dh: str = Field(pattern=r"^[A-Za-z0-9_-]{80,100}={0,2}$")
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}={0,2}$")


class PushSubscription(BaseModel):
    """What the browser's PushSubscription.toJSON() gives."""

    endpoint: str = Field(
        max_length=2000,
        pattern=r"^https?://[^\x00-\x20]+$",
        examples=["https://fcm.googleapis.com/fcm/send/abc"],
    )
    keys: PushKeys


def _household(
    hub: Hub, token: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
) -> Household:
    with hub.pool.connection() as db:
        found = households.by_token(db, digest(token))
    if found is None:
        raise Problem(404, "not-found", "this link is not valid: ask the property office for yours")
    return found


Resident = Annotated[Household, Depends(_household)]


@router.get("", response_model=ResidentPage, responses=described(404))
def get_resident_page(hub: Hub, household: Resident) -> Response:
    """What the household was told."""
    with hub.pool.connection() as db:
        building = None
        if household.unit is not None:
            building_id = household.unit.rsplit("-", 2)[0]
            building = estates.building_name(db, household.estate, building_id)
        told = _told(db, household)
    return as_answer(
        {
            "household": unit_label(household.id, household.unit),
            "building": building,
            "language": household.language,
            "notices": [msgspec.Raw(item) for item in told.values()],
            "vapid_public_key": hub.keys.vapid_public,
        }
    )


@router.get("/live", response_class=StreamingResponse, responses={**STREAM, **described(404)})
async def follow_notices(hub: Hub, household: Resident) -> StreamingResponse:
    """Every notice of the page first, then each that is new or has changed."""
    pages = hub.feed.residents.get((household.estate, household.id), set())
    if len(pages) >= MOST_STREAMS:
        raise Problem(503, "live-unavailable", "too many open pages: close another one first")
    return StreamingResponse(
        _changes(hub, household), media_type="text/event-stream", headers=HEADERS
    )


@router.post("/notices/{notice_id}/read", status_code=204, responses=described(404))
def mark_read(hub: Hub, household: Resident, notice_id: RecordId) -> Response:
    """Say that the household has seen the notice."""
    now = hub.clock()
    with hub.pool.connection() as db:
        state = notices.state_of(
            db, notice_id, estate_id=household.estate, household_id=household.id
        )
        if state is None:
            raise not_found("notice", notice_id)
        if state != "read":
            read = Delivery([notice_id], "resident_page", "read", now)
            inbox.append(
                db, estate_id=household.estate, lane=Lane.LIVE, kind="delivery", body=read, at=now
            )
    return Response(status_code=204)


@router.post("/push-subscription", status_code=204, responses=described(404))
def subscribe(hub: Hub, household: Resident, body: PushSubscription) -> Response:
    """Have notices pushed to this browser as well."""
    subscription = known_push_service(hub, body)
    with hub.pool.connection() as db:
        push_subscriptions.add(
            db,
            subscription,
            estate_id=household.estate,
            household_id=household.id,
            now=hub.clock(),
        )
    return Response(status_code=204)


def known_push_service(hub: Context, body: PushSubscription) -> Subscription:
    """The subscription; raises Problem where the hub must not call its address."""
    if not is_push_service(body.endpoint, hub.settings.of(WebPushOptions).web_push_hosts):
        remedy = "use the endpoint of a push service that GATEHOUSE_WEB_PUSH_HOSTS names"
        error = FieldError(field="body.endpoint", value=body.endpoint[:80], remedy=remedy)
        raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
    return Subscription(body.endpoint, body.keys.p256dh, body.keys.auth)


async def _changes(hub: Context, household: Household) -> AsyncIterator[bytes]:
    """Looks again whenever the feed saw something that may concern the household."""
    stream, key = ResidentStream(), (household.estate, household.id)
    hub.feed.residents.setdefault(key, set()).add(stream)
    sent: dict[str, bytes] = {}
    try:
        yield OPENING + keep_alive(hub)
        while not stream.ended:
            told = await run_in_threadpool(_look_again, hub, household)
            for id_, item in reversed(told.items()):
                if sent.get(id_) != item:
                    sent[id_] = item
                    yield b"data: %b\n\n" % item
            sent = {id_: item for id_, item in sent.items() if not told or id_ in told}
            while not await stream.wait(within_s=KEEP_ALIVE_S):
                yield keep_alive(hub)
    finally:
        hub.feed.residents[key].discard(stream)
        if not hub.feed.residents[key]:
            del hub.feed.residents[key]


def _look_again(hub: Context, household: Household) -> dict[str, bytes]:
    try:
        with hub.pool.connection() as db:
            return _told(db, household)
    except (*LOST, PoolTimeout):
        return {}


def _told(db: Connection, household: Household) -> dict[str, bytes]:
    """The last notices as JSON by their ids, newest first."""
    found = notices.of_household(
        db, estate_id=household.estate, household_id=household.id, limit=MOST_NOTICES
    )
    return {notice.id: msgspec.json.encode(notice) for notice in found}
