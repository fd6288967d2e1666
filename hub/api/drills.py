"""Drills: planned, under way with their score so far, held; and which are due by when."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from msgspec import Raw
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import IdFilter, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.reading import Pages
from hub.api.http.records import Drill, page_of
from hub.api.http.stored_json import as_answer, page_answer
from hub.auth import Principal, allows
from hub.feed.secret_drills import is_secret
from rules.commands.drills import (
    CancelDrill,
    FinishDrill,
    NoteOnDrill,
    PlanDrill,
    ResumeDrill,
    StartDrill,
    StopDrill,
)
from rules.drills.score import score_of
from rules.records.drills import Drill as DrillRecord
from rules.records.drills import DrillState
from rules.records.json_form import as_json
from rules.records.notices import Notice
from rules.records.nouns import record_from_json
from rules.records.tickets import Ticket
from rules.rulebook.drill_policy import Frequency
from rules.vocabulary.instant import DAY, Instant, to_datetime
from rules.vocabulary.text import Text
from store import drills
from store.alarms import alarms
from store.database.connection import Connection
from store.drills import Held
from store.estate import estates
from store.notices import notices
from store.tickets import tickets

router = APIRouter(prefix="/drills", tags=["drills"])


class Due(BaseModel):
    """How often such a drill is held, which was the last, and by when the next one is due.

    `due_at` is null where none was held yet: it is due now.
    """

    estate: str
    id: str
    name: Text
    every_days: int
    source: str
    last_drill: str | None
    last_at: datetime | None
    due_at: datetime | None
    overdue: bool


class DueList(BaseModel):
    """Every drill that is asked for."""

    items: list[Due]
    next: str | None


@router.get("", response_model=page_of("DrillPage", Drill), responses=described(401))
def list_drills(
    hub: Hub,
    who: Reader,
    paged: Pages,
    state: Annotated[DrillState | None, Query(description="Only in this state.")] = None,
    estate: IdFilter = None,
) -> Response:
    """Drills by the time they were planned, newest first; surprises for who runs drills only."""
    with hub.pool.connection() as db:
        return page_answer(
            drills.page(
                db, state=state, estate=estate, user=who.user,
                everything=allows(who.role, "drill.plan"), **paged
            )
        )  # fmt: skip


@router.get("/due", responses=described(401, 404))
def list_due_drills(hub: Hub, _: Reader, estate: IdFilter = None) -> DueList:
    """By when each drill that is asked for is to be held again, on one estate or on all."""
    now = hub.clock()
    found: list[Due] = []
    with hub.pool.connection() as db:
        known = [e.id for e in estates.all_(db)]
        if estate is not None and estate not in known:
            raise not_found("estate", estate)
        for id_ in [estate] if estate is not None else known:
            held = drills.held(db, id_)
            asked = hub.rulebooks.of(db, id_).drill_policy.frequencies
            found += [_due(id_, one, held, now) for one in asked]
    return DueList(items=found, next=None)


@router.get("/{drill_id}", response_model=Drill, responses=described(401, 404))
def get_drill(hub: Hub, who: Reader, drill_id: RecordId) -> Response:
    """One drill; while it goes on, with its score so far."""
    with hub.pool.connection() as db:
        found = drills.one(db, drill_id)
        if found is None or not _may_see(who, found):
            raise not_found("drill", drill_id)
        drill = record_from_json("drill.planned", msgspec.json.decode(found))
        assert isinstance(drill, DrillRecord)
        if drill.score is not None or drill.incident_id is None:
            return as_answer(found)
        score = as_json(_score(hub, db, drill))
    return as_answer({**msgspec.json.decode(found, type=dict[str, Raw]), "score": score})


def _due(estate: str, asked: Frequency, held: list[Held], now: Instant) -> Due:
    counting = [one for one in held if asked.met_by(one.plan, one.kind)]
    last = max(counting, key=lambda one: one.ended_at, default=None)
    due_at = None if last is None else last.ended_at + asked.every_days * DAY
    return Due(
        estate=estate,
        id=asked.id,
        name=asked.name,
        every_days=asked.every_days,
        source=asked.source,
        last_drill=None if last is None else last.id,
        last_at=None if last is None else to_datetime(last.ended_at),
        due_at=None if due_at is None else to_datetime(due_at),
        overdue=due_at is None or due_at < now,
    )


def _may_see(who: Principal, found: Raw) -> bool:
    if not is_secret(found) or allows(who.role, "drill.plan"):
        return True
    leader: Any = msgspec.json.decode(found)["leader"]
    return bool(leader == who.user)


def _score(hub: Context, db: Connection, drill: DrillRecord) -> Any:
    incident = drill.incident_id or ""
    its_tickets = [_decoded("ticket", row) for row in tickets.of_incident(db, incident)]
    told = [_decoded("notice", row) for row in notices.of_incident(db, incident)]
    return score_of(
        drill,
        hub.rulebooks.of(db, drill.estate).drill_policy.score,
        tickets=[t for t in its_tickets if isinstance(t, Ticket)],
        notices=[n for n in told if isinstance(n, Notice)],
        alarmed=bool(alarms.of_incident(db, incident)),
    )


def _decoded(noun: str, row: Raw) -> Any:
    return record_from_json(noun, msgspec.json.decode(row))


add_commands(router, {"": PlanDrill}, estates.known)
add_commands(
    router,
    {
        "/{drill}/cancel": CancelDrill,
        "/{drill}/start": StartDrill,
        "/{drill}/stop": StopDrill,
        "/{drill}/resume": ResumeDrill,
        "/{drill}/finish": FinishDrill,
        "/{drill}/note": NoteOnDrill,
    },
    drills.estate_of,
)
