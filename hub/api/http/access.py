"""Who may call an endpoint: session cookie with CSRF token, or bearer token; then the role."""

import hmac
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from psycopg_pool import PoolTimeout

from hub.api.http.context import Context, Hub
from hub.api.http.problems import Problem
from hub.auth import Action, Principal, allows
from hub.auth.sessions import by_session, by_token
from store.database.connection import LOST

COOKIE = "gatehouse_session"
CSRF_HEADER = "X-CSRF-Token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_cookie = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description=f"Cookie of POST /session; unsafe methods repeat its `csrf` in {CSRF_HEADER}.",
    auto_error=False,
)
_bearer = HTTPBearer(
    scheme_name="token", description="API token of `gatehouse token`.", auto_error=False
)


def _principal(
    request: Request,
    hub: Hub,
    cookie: Annotated[str | None, Security(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Principal:
    with hub.pool.connection() as db:
        if bearer is not None:
            found = by_token(db, bearer.credentials, now=hub.clock())
        elif cookie:
            found = by_session(db, cookie, now=hub.clock())
        else:
            found = None
    if found is None:
        raise Problem(
            401,
            "not-signed-in",
            "no valid session or token: sign in, or send Authorization: Bearer",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if found.csrf is not None and request.method not in _SAFE:
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), found.csrf.encode()):
            raise Problem(
                403, "csrf", f"header {CSRF_HEADER} is missing or wrong: take it from GET /session"
            )
    return found


SignedIn = Annotated[Principal, Depends(_principal)]


def needs(action: Action) -> Any:
    """A dependency that gives the caller, where their role allows the action."""

    def checked(who: SignedIn) -> Principal:
        check(who, action)
        return who

    return Depends(checked)


def check(who: Principal, action: Action) -> None:
    """Raises Problem (403): their role does not allow the action."""
    if not allows(who.role, action):
        raise Problem(403, "not-allowed", f"role {who.role} may not do {action}")


Reader = Annotated[Principal, needs("read")]


async def still_signed_in(hub: Context, request: Request) -> bool:
    """Whether the caller of a long answer may go on; true while the database cannot tell."""
    return await run_in_threadpool(_still_signed_in, hub, request)


def _still_signed_in(hub: Context, request: Request) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        with hub.pool.connection() as db:
            if scheme.lower() == "bearer":
                return by_token(db, token, now=hub.clock()) is not None
            cookie = request.cookies.get(COOKIE, "")
            return by_session(db, cookie, now=hub.clock()) is not None
    except (*LOST, PoolTimeout):
        return True
