"""The browsers on which a member of staff is called, each by its own Push API subscription."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader, needs
from hub.api.http.context import Hub
from hub.api.http.problems import Problem, described
from hub.api.resident.page import PushSubscription, known_push_service
from hub.auth import Principal
from hub.dispatch.channel import Message, Sent, Setup, User
from hub.dispatch.channels.web_push import WebPush
from store.notices import push_subscriptions

router = APIRouter(prefix="/push-subscriptions", tags=["callouts"])


class Browsers(BaseModel):
    """How many browsers the user is called on; the key is the Push API's applicationServerKey."""

    browsers: int = Field(ge=0)
    vapid_public_key: str


class TestPush(BaseModel):
    """How the test went, in the push services' own words."""

    __test__ = False

    evidence: str = Field(examples=["taken by 1 of 1 push services"])


@router.get("", response_model=Browsers, responses=described(401))
def get_browsers(hub: Hub, who: Reader) -> Browsers:
    """What a browser needs to subscribe."""
    with hub.pool.connection() as db:
        known = push_subscriptions.of_user(db, who.user)
    return Browsers(browsers=len(known), vapid_public_key=hub.keys.vapid_public)


@router.post("", status_code=204, responses=described(401, 403))
def subscribe_browser(
    hub: Hub, who: Annotated[Principal, needs("callout.answer")], body: PushSubscription
) -> Response:
    """Call the user on this browser from now on, and nobody else."""
    subscription = known_push_service(hub, body)
    with hub.pool.connection() as db:
        push_subscriptions.add_for_user(db, subscription, user=who.user, now=hub.clock())
    return Response(status_code=204)


@router.post("/test", response_model=TestPush, responses=described(401, 403, 409))
def test_push(hub: Hub, who: Annotated[Principal, needs("callout.answer")]) -> TestPush:
    """Send the user's browsers a message that says it is a test."""
    about = f"callout-test/{who.user}"
    outcome = WebPush.made(Setup(hub.settings, hub.pool, hub.keys, hub.clock)).send(
        Message(
            about, User(who.user), about, words="", language=who.language, urgency="N1", attempt=1,
            shown={"test": True, "language": who.language},
        )
    )  # fmt: skip
    if not isinstance(outcome, Sent):
        raise Problem(
            409, "push-not-taken", f"{outcome.evidence}: subscribe this browser again, then test"
        )
    return TestPush(evidence=outcome.evidence)
