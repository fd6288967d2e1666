"""The built console: its three pages, its hashed assets, and the sign-in link."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response

from hub.api.http.context import Hub
from hub.api.http.problems import Problem
from hub.api.people.session import sign_in_by_link

router = APIRouter(include_in_schema=False)

DIST = Path(__file__).resolve().parents[2] / "console" / "dist"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@router.get("/sign-in")
def sign_in(hub: Hub, token: Annotated[str | None, Query(max_length=200)] = None) -> Response:
    """Spend a one-time link, or show the console's page for signing in."""
    return sign_in_by_link(hub, token) if token is not None else _page("index.html")


@router.get("/")
@router.get("/alarms")
@router.get("/incidents")
@router.get("/incidents/{_}")
@router.get("/tickets")
@router.get("/tickets/{_}")
@router.get("/doors")
@router.get("/doors/{_}")
@router.get("/callouts/{_}")
@router.get("/households")
@router.get("/households/{_}")
@router.get("/held")
@router.get("/devices")
@router.get("/drills")
@router.get("/drills/{_}")
@router.get("/reviews")
@router.get("/reviews/{_}")
@router.get("/rules")
@router.get("/rules/{_}")
@router.get("/plans")
@router.get("/plans/{_}")
@router.get("/messages")
@router.get("/messages/{_}")
@router.get("/policies")
@router.get("/policies/{_}")
@router.get("/backtest")
@router.get("/figures")
@router.get("/roster")
@router.get("/staff")
@router.get("/handover")
def console() -> Response:
    """The console, which finds its own way from the address."""
    return _page("index.html")


@router.get("/r/{_}")
def resident() -> Response:
    """A household's page; its token stays in the address."""
    return _page("resident.html")


@router.get("/c/{_}")
def callout() -> Response:
    """The page of somebody who was called; its token stays in the address."""
    return _page("callout.html")


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """A file whose name changes with its content."""
    return _file("assets", name, caching=_FOR_EVER)


@router.get("/{name}")
def root_file(name: str) -> Response:
    """What must lie at the root, such as a service worker."""
    return _file("", name, caching=_ASK_AGAIN)


def _page(name: str) -> Response:
    if not (DIST / name).is_file():
        raise Problem(
            503,
            "console-not-built",
            "the console is not built: install Gatehouse with pip, or run `npm run build` in "
            "hub/console",
        )
    return FileResponse(DIST / name, headers={"Cache-Control": _ASK_AGAIN})


def _file(folder: str, name: str, *, caching: str) -> Response:
    """Only a name that the folder itself lists: no way leads out of it."""
    place = DIST / folder
    if not place.is_dir() or name not in {f.name for f in place.iterdir() if f.is_file()}:
        raise Problem(404, "not-found", f"file {name[:80]!r}: there is none")
    return FileResponse(place / name, headers={"Cache-Control": caching})
