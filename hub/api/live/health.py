"""Whether the hub lives, whether it can serve, and its figures."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout
from pydantic import BaseModel

from hub.api.http.context import Context, Hub
from hub.api.http.stored_json import as_answer
from hub.clock import MOST_AHEAD
from hub.metrics import REGISTRY
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import LOST
from store.database.migrate import is_current
from store.engine import health, system_alarms
from store.engine.inbox import Lane

router = APIRouter(tags=["health"])

STALE_S = 10
"""An engine that leaves a command or a live reading unread this long does not do its work."""

LOST_STATE = "rebuilt"
"""How the engine's check begins while nobody has seen what was lost; it watches all the same."""


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Each check with `ok`, what is wrong, or what an engine that does its work has lost."""

    ready: bool
    checks: dict[str, str]


@router.get("/healthz")
def is_alive() -> Alive:
    """Whether the process answers at all."""
    return Alive(status="ok")


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
def is_ready(hub: Hub) -> Response:
    """Whether everything that the console needs is there: database, schema, feed, engine."""
    checks = _checks(hub)
    ready = all(result == "ok" or result.startswith(LOST_STATE) for result in checks.values())
    return as_answer({"ready": ready, "checks": checks}, status=200 if ready else 503)


@router.get("/metrics", response_class=Response)
def get_metrics() -> Response:
    """Figures in the text format of Prometheus."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _checks(hub: Context) -> dict[str, str]:
    try:
        with hub.pool.connection(timeout=2.0) as db:
            if not is_current(db):
                return {"database": "ok", "schema": "not current: run `gatehouse migrate`"}
            unowned, unread = health.unowned_estates(db), health.unread(db)
            ahead = [(estate, by) for estate, by in health.ahead(db) if by > MOST_AHEAD]
            lost = [f"{alarm.id} of {alarm.estate}" for alarm in system_alarms.unseen(db)]
    except (*LOST, PoolTimeout):
        return {"database": "does not answer: is it running?"}
    late = [
        u for u in unread if u.lane < Lane.BACKFILL and hub.clock() - u.oldest_at > STALE_S * SECOND
    ]
    engine = "ok"
    if unowned:
        engine = f"no engine owns {', '.join(unowned)}: is one running?"
    elif late:
        engine = f"{late[0].estate}: {late[0].entries} entries unread for over {STALE_S} s"
    elif lost:
        engine = f"{LOST_STATE}; nobody has seen {', '.join(lost)}"
    return {
        "database": "ok",
        "schema": "ok",
        "feed": "ok" if hub.feed.connected else "does not listen yet",
        "engine": engine,
        "clock": _ahead(ahead) if ahead else "ok",
    }


def _ahead(estates: list[tuple[str, Instant]]) -> str:
    listed = ", ".join(f"{estate} by {by // SECOND} s" for estate, by in estates)
    return f"time is ahead of the database's clock: {listed}; are all clocks right?"
