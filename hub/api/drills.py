"""Drills: planned, under way with their score so far, held; and which are due by when."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from msgspec import Raw
from pydantic import BaseModel, Field, StringConstraints

from hub.api.http.access import Reader, needs
from hub.api.http.command_endpoints import Order, Verb, add_verbs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import (
    ID_PATTERN,
    OPTIONAL_ID,
    Cursor,
    IdempotencyKey,
    IdFilter,
    Limit,
    Reason,
    RecordId,
    Until,
    Words,
)
from hub.api.http.problems import described, not_found
from hub.api.http.records import Drill, page_of
from hub.api.http.stored_json import as_answer, page_answer, position_of
from hub.auth import Principal, allows
from hub.feed.secret_drills import is_secret
from rules.commands.drills import LONGEST_TITLE
from rules.drills.score import score_of
from rules.records.drills import Drill as DrillRecord
from rules.records.drills import DrillKind, DrillState
from rules.records.json_form import as_json
from rules.records.notices import Notice
from rules.records.nouns import record_from_json
from rules.records.rosters import UserId
from rules.records.tickets import Role, Ticket
from rules.rulebook.drill_policy import Frequency
from rules.vocabulary.instant import DAY, Instant, to_datetime
from rules.vocabulary.priority import Level
from rules.vocabulary.text import Text
from store import drills
from store.alarms import alarms
from store.database.connection import Connection
from store.drills import Held
from store.estate import estates
from store.notices import notices
from store.tickets import tickets

router = APIRouter(prefix="/drills", tags=["drills"])

MOST_PEOPLE = 500

Title = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=LONGEST_TITLE,
        pattern=r"^[^\x00]*[^\x00\s][^\x00]*$",
    ),
]


class TakingPart(BaseModel):
    """A member of staff, and the duty that they hold in the drill."""

    user: UserId
    duty: Role


class Injected(BaseModel):
    """A drill alarm so many seconds of the drill's own time after its start."""

    after_s: float = Field(ge=0, le=28_800, examples=[60])
    rule: str = Field(pattern=ID_PATTERN, examples=["smoke-fire"])
    device: str = Field(pattern=ID_PATTERN, examples=["b3-10-corridor-smoke"])
    signal: str = Field("", max_length=80, pattern=r"^[a-z0-9_]*$", examples=["panel_state"])
    value: float | Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""


class Planned(Order):
    """What is practised, where, by whom, and when: by hand where `begins` is not given.

    `households` are those that have agreed to take part: nobody else hears of it. Without a
    `script` the plan is started by hand.
    """

    estate: str = Field(pattern=ID_PATTERN, examples=["riverside"])
    kind: DrillKind = Field(examples=["functional"])
    title: Title = Field(examples=["Evacuation of building 3"])
    plan: str = Field(pattern=ID_PATTERN, examples=["FIRE"])
    level: Level = Field(examples=["II"])
    building: str = Field("", pattern=OPTIONAL_ID, examples=["B3"])
    floor: int | None = Field(None, ge=-9, le=200, examples=[10])
    unit: str = Field("", pattern=OPTIONAL_ID)
    garage: str = Field("", pattern=OPTIONAL_ID)
    leader: UserId | None = None
    participants: list[TakingPart] = Field(default_factory=list, max_length=MOST_PEOPLE)
    households: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(
        default_factory=list, max_length=MOST_PEOPLE
    )
    begins: Until | None = None
    script: list[Injected] = Field(default_factory=list, max_length=500)

    def params(self) -> dict[str, str]:
        people = ",".join(f"{one.user}:{one.duty}" for one in self.participants)
        script = [one.model_dump() for one in self.script]
        written = {
            "participants": people,
            "script": msgspec.json.encode(script).decode() if script else "",
        }
        others = {k: v for k, v in super().params().items() if k not in (*written, "estate")}
        return {**others, **{name: text for name, text in written.items() if text}}


class Because(Order):
    """Why."""

    reason: Reason = Field(examples=["somebody fell on the stairs"])


class Conclusion(Order):
    """What is to be said of it."""

    reason: Words = ""


class Seen(Order):
    """What somebody saw."""

    words: Reason = Field(examples=["the fire door on floor 9 was wedged open"])


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
    next: str | None = None


_VERBS = (
    Verb("drill.cancel", Because, "Do not hold a planned drill."),
    Verb("drill.start", None, "Begin it now."),
    Verb("drill.stop", Because, "STOP: everybody is told, deadlines stand, the score is void."),
    Verb("drill.resume", None, "Go on, when nothing real is open."),
    Verb("drill.finish", Conclusion, "End it, score it, and open its review."),
    Verb("drill.note", Seen, "Write down what was seen."),
)


@router.get("", response_model=page_of("DrillPage", Drill), responses=described(401))
def list_drills(
    hub: Hub,
    who: Reader,
    state: Annotated[DrillState | None, Query(description="Only in this state.")] = None,
    estate: IdFilter = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Drills by the time they were planned, newest first; surprises for who runs drills only."""
    with hub.pool.connection() as db:
        return page_answer(
            drills.page(
                db, state=state, estate=estate, user=who.user,
                everything=allows(who.role, "drill.plan"), after=position_of(cursor), limit=limit,
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
    return DueList(items=found)


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


@router.post("", **DOCUMENTED)
def plan_drill(
    hub: Hub, who: Annotated[Principal, needs("drill.plan")], key: IdempotencyKey, body: Planned
) -> Response:
    """Plan a drill; it begins at its time, or by hand."""
    command = command_of(who, "drill.plan", body.estate, params=body.params())
    return send(hub, who, key, command, estates.known)


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


add_verbs(router, _VERBS, drills.estate_of)
