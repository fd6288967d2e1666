"""The ways in of members of staff: one-time links, sessions and API tokens."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.context import Hub
from hub.api.http.problems import Problem, described, not_found
from hub.api.people.users import Ending, Manager, UserPath, note, to_change
from hub.auth.accounts import LINK_S, new_link
from rules.vocabulary.instant import SECOND, to_datetime
from store.people import credentials, users
from store.people.credentials import Kind

router = APIRouter(prefix="/users", tags=["users"])


class SignInLink(BaseModel):
    """Signs its first visitor in as the user; to be handed to nobody else."""

    url: str
    expires_at: datetime


class Credential(BaseModel):
    """A way in that is open: a session, a one-time link or an API token. Its secret is not kept."""

    id: int
    kind: Kind
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class CredentialPage(BaseModel):
    """The newest first; there is never a further page."""

    items: list[Credential]
    next: str | None


@router.post("/{user_id}/link", responses=described(401, 403, 404, 409))
def issue_link(hub: Hub, who: Manager, user_id: UserPath) -> SignInLink:
    """A one-time sign-in link, to be handed to the user."""
    now = hub.clock()
    with hub.pool.connection() as db:
        if to_change(db, who, user_id).disabled_at is not None:
            raise Problem(409, "user-disabled", f"user {user_id} is disabled: enable them first")
        url = new_link(db, user_id, public_url=hub.settings.base_url, now=now)
        note(hub, db, who, "link.issue", user_id, {"minutes": LINK_S // 60})
    return SignInLink(url=url, expires_at=to_datetime(now + LINK_S * SECOND))


@router.get("/{user_id}/credentials", responses=described(401, 403, 404))
def list_credentials(hub: Hub, _: Manager, user_id: UserPath) -> CredentialPage:
    """The user's ways in that are open."""
    with hub.pool.connection() as db:
        if user_id not in users.roles(db, [user_id]):
            raise not_found("user", user_id)
        found = credentials.of_user(db, user_id, now=hub.clock())
    return CredentialPage(items=[_credential(way) for way in found], next=None)


@router.post(
    "/{user_id}/credentials/{credential}/revoke", status_code=204,
    responses=described(401, 403, 404),
)  # fmt: skip
def revoke_credential(
    hub: Hub,
    who: Manager,
    user_id: UserPath,
    credential: Annotated[int, Path(ge=1, le=2**62)],
    body: Ending,
) -> Response:
    """End one of the user's ways in."""
    with hub.pool.connection() as db:
        to_change(db, who, user_id)
        kind = credentials.revoke(db, user_id, credential)
        if kind is None:
            raise not_found("credential", f"{user_id}/{credential}")
        note(hub, db, who, f"{kind}.revoke", user_id, {"reason": body.reason})
    return Response(status_code=204)


def _credential(way: credentials.Credential) -> Credential:
    return Credential(
        id=way.id,
        kind=way.kind,
        created_at=to_datetime(way.created_at),
        expires_at=None if way.expires_at is None else to_datetime(way.expires_at),
        used_at=None if way.used_at is None else to_datetime(way.used_at),
    )
