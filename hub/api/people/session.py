"""Signing in and out: by password, by one-time link; who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.api.http.access import COOKIE, SignedIn
from hub.api.http.context import Context, Hub
from hub.api.http.problems import Problem, described
from hub.auth import Principal
from hub.auth.passwords import LONGEST, matches
from hub.auth.sessions import by_session, close_session, digest, open_session
from rules.vocabulary.text import Language, Text
from store.database.connection import Connection
from store.estate import estates
from store.people import audit, credentials, users
from store.people.users import Role

router = APIRouter(prefix="/session", tags=["session"])


class EstateName(BaseModel):
    """An estate that the user sees."""

    id: str
    name: Text


class Session(BaseModel):
    """Who is signed in; `csrf` is null for API tokens, which need none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user": "operator",
                    "role": "operator",
                    "csrf": "5f1c…",
                    "language": "zh",
                    "estates": [{"id": "riverside", "name": {"en": "Riverside", "zh": "滨江苑"}}],
                }
            ]
        }
    )

    user: str
    role: Role
    csrf: str | None
    language: Language
    estates: list[EstateName]


class SignIn(BaseModel):
    """A user's id and password."""

    user: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = Field(
        examples=["operator"]
    )
    password: Annotated[str, StringConstraints(max_length=LONGEST)] = Field(
        examples=["correct horse battery staple"]
    )


@router.get("", responses=described(401))
def get_session(hub: Hub, who: SignedIn) -> Session:
    """Who is signed in, and the token that unsafe requests must repeat."""
    with hub.pool.connection() as db:
        return _session(db, who)


@router.post("", responses=described(401, 429))
def sign_in(hub: Hub, request: Request, response: Response, body: SignIn) -> Session:
    """Sign in with a password: sets the session cookie."""
    address = request.client.host if request.client else ""
    now = hub.clock()
    wait_s = hub.throttle.wait_s(body.user, address, now=now)
    if wait_s:
        raise Problem(
            429,
            "too-many-attempts",
            f"too many wrong passwords: try again in {wait_s} s, or use a sign-in link",
            headers={"Retry-After": str(wait_s)},
        )
    with hub.pool.connection() as db:
        user = users.one(db, body.user)
    if not matches(user.password_hash if user else None, body.password) or user is None:
        hub.throttle.failed(body.user, address, now=now)
        raise Problem(401, "wrong-password", "user or password is wrong")
    hub.throttle.succeeded(body.user, address)
    with hub.pool.connection() as db:
        secret, who = _open(hub, db, user.id, "password")
        session = _session(db, who)
    set_cookie(hub, response, secret)
    return session


@router.delete("", status_code=204, responses=described(401, 403))
def sign_out(hub: Hub, request: Request, who: SignedIn) -> Response:
    """End the session."""
    secret = request.cookies.get(COOKIE)
    with hub.pool.connection() as db:
        if secret:
            close_session(db, secret)
        audit.append(
            db, audit.Actor(who.user, who.role), "session.close", who.user, {}, at=hub.clock()
        )
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def sign_in_by_link(hub: Context, token: str) -> Response:
    """Spend a one-time link: on to the console with a session, or to the page that says why not."""
    with hub.pool.connection() as db:
        user = credentials.use_once(db, digest(token), now=hub.clock())
        if user is None:
            return RedirectResponse("/sign-in?expired=1", status_code=303)
        secret, _ = _open(hub, db, user, "link")
    response = RedirectResponse("/", status_code=303)
    set_cookie(hub, response, secret)
    return response


def set_cookie(hub: Context, response: Response, secret: str) -> None:
    """Hand out a session; it ends with the browser, or when it has not been used for 12 hours."""
    response.set_cookie(
        COOKIE,
        secret,
        path="/",
        httponly=True,
        samesite="strict",
        secure=hub.settings.base_url.startswith("https:"),
    )


def _open(hub: Context, db: Connection, user: str, by: str) -> tuple[str, Principal]:
    now = hub.clock()
    secret = open_session(db, user, now=now)
    who = by_session(db, secret, now=now)
    assert who is not None, "a session that was just opened is valid"
    audit.append(db, audit.Actor(who.user, who.role), "session.open", user, {"by": by}, at=now)
    return secret, who


def _session(db: Connection, who: Principal) -> Session:
    return Session(
        user=who.user,
        role=who.role,
        csrf=who.csrf,
        language=who.language,
        estates=[EstateName(id=e.id, name=e.name) for e in estates.all_(db)],
    )
