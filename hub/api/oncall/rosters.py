"""Duty rosters: who holds which duty when, and where somebody is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from hub.api.http.access import Reader, needs
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import Moment
from hub.api.http.problems import FieldError, Problem, described, not_found
from hub.auth import Principal
from hub.versions import roster as changing
from hub.versions.roster import FaultyRoster, Stale, UnknownEstate
from rules.records.rosters import RosterFile, ShiftEntry
from rules.records.tickets import Role as Duty
from rules.vocabulary.fields import ID_PATTERN, Reason
from rules.vocabulary.instant import DAY, from_datetime, to_datetime
from store.database.connection import Connection
from store.estate import estates
from store.oncall import rosters
from store.oncall.rosters import Version
from store.people.audit import Actor

router = APIRouter(prefix="/rosters", tags=["rosters"])

MOST_VERSIONS = 100

EstatePath = Annotated[str, Path(pattern=ID_PATTERN, description="The estate.")]

_EXAMPLE: dict[str, Any] = {
    "duty": "EN", "user": "engineer-2", "on_call": True,
    "from": "2026-07-01T20:00:00+08:00", "until": "2026-07-02T08:00:00+08:00",
}  # fmt: skip


class RosterVersion(BaseModel):
    """Who made a version, when and why; version 0: there is no roster yet."""

    version: int
    changed_at: datetime | None
    changed_by: str | None
    reason: str


class Roster(RosterVersion):
    """The duty roster at a version. `required` are the duties that somebody must hold always."""

    estate: str
    shifts: Annotated[list[ShiftEntry], Field(examples=[[_EXAMPLE]])]
    neighbours: list[str]
    required: list[Duty]


class RosterSummary(RosterVersion):
    """An estate's roster in a word: `missing` are the required duties that nobody holds now."""

    estate: str
    missing: list[Duty]


class RosterPage(BaseModel):
    """One for each estate; there is never a further page."""

    items: list[RosterSummary]
    next: str | None


class RosterVersionPage(BaseModel):
    """The newest versions first; there is never a further page."""

    items: list[RosterVersion]
    next: str | None


class RosterEdit(RosterFile):
    """The whole roster as it shall be. `version`: the one that the change was made from."""

    version: Annotated[int, Field(ge=0, le=1_000_000_000)]
    reason: Reason


class Holder(BaseModel):
    """Who holds a duty, and until when; `on_call`: away from the desk."""

    duty: Duty
    user: str
    on_call: bool
    until: datetime


class OnDuty(BaseModel):
    """Who holds which duty at `at`: those on the estate first; and what is missing."""

    at: datetime
    version: int
    holders: list[Holder]
    missing: list[Duty]


class Gap(BaseModel):
    """Nobody holds a required duty in this span."""

    duty: Duty
    from_: Annotated[datetime, Field(serialization_alias="from")]
    until: datetime


class GapPage(BaseModel):
    """By their beginnings; there is never a further page."""

    items: list[Gap]
    next: str | None


@router.get("", responses=described(401))
def list_rosters(hub: Hub, _: Reader) -> RosterPage:
    """The roster of each estate in a word, with what is missing now."""
    now = hub.clock()
    items = []
    with hub.pool.connection() as db:
        for estate in estates.all_(db):
            latest = rosters.latest(db, estate.id)
            gaps = changing.who_can_be_called(db, estate.id).gaps(
                _required(hub, db, estate.id), now, now + 1
            )
            missing = [gap.duty for gap in gaps]
            items.append(RosterSummary(estate=estate.id, missing=missing, **_made(latest)))
    return RosterPage(items=items, next=None)


@router.get("/{estate}", responses=described(401, 404))
def get_roster(
    hub: Hub,
    _: Reader,
    estate: EstatePath,
    version: Annotated[
        int | None, Query(ge=1, le=1_000_000_000, description="An earlier one; none: in force.")
    ] = None,
) -> Roster:
    """The roster in force, or at an earlier version."""
    with hub.pool.connection() as db:
        _must_exist(db, estate)
        if version is None:
            found = rosters.latest(db, estate)
        else:
            found = rosters.one(db, estate, version)
            if found is None:
                raise not_found("version of the roster", f"{estate}/{version}")
        return _roster(hub, db, estate, found)


@router.get("/{estate}/versions", responses=described(401, 404))
def roster_versions(hub: Hub, _: Reader, estate: EstatePath) -> RosterVersionPage:
    """Who changed the roster, when and why."""
    with hub.pool.connection() as db:
        _must_exist(db, estate)
        found = rosters.versions(db, estate, limit=MOST_VERSIONS)
    return RosterVersionPage(
        items=[RosterVersion(**_made(version)) for version in found], next=None
    )


@router.put("/{estate}", responses=described(401, 403, 404, 409))
def save_roster(
    hub: Hub,
    who: Annotated[Principal, needs("roster.change")],
    estate: EstatePath,
    body: RosterEdit,
) -> Roster:
    """Replace the roster; who is called for what begins from now on goes by it.

    Shifts that ended more than eight days ago are left out; the version before has them.
    """
    file = RosterFile(shifts=body.shifts, neighbours=body.neighbours)
    by, now = Actor(who.user, who.role), hub.clock()
    with _refusals(), hub.pool.connection() as db:
        version = changing.save(
            db, estate, file, seen=body.version, reason=body.reason, by=by, now=now
        )
        return _roster(hub, db, estate, version)


@router.get("/{estate}/on-duty", responses=described(401, 404))
def on_duty(hub: Hub, _: Reader, estate: EstatePath, at: Moment | None = None) -> OnDuty:
    """Who holds which duty now, or at `at`."""
    moment = hub.clock() if at is None else from_datetime(at)
    with hub.pool.connection() as db:
        _must_exist(db, estate)
        roster = changing.who_can_be_called(db, estate)
        required = _required(hub, db, estate)
    holders = [
        Holder(duty=s.duty, user=s.user, on_call=s.on_call, until=to_datetime(s.until_at))
        for s in roster.holding(moment)
    ]
    return OnDuty(
        at=to_datetime(moment),
        version=roster.version,
        holders=holders,
        missing=[gap.duty for gap in roster.gaps(required, moment, moment + 1)],
    )


@router.get("/{estate}/gaps", responses=described(401, 404))
def roster_gaps(
    hub: Hub, _: Reader, estate: EstatePath, days: Annotated[int, Query(ge=1, le=31)] = 7
) -> GapPage:
    """When, within the next days, nobody holds a required duty."""
    now = hub.clock()
    with hub.pool.connection() as db:
        _must_exist(db, estate)
        roster = changing.who_can_be_called(db, estate)
        found = roster.gaps(_required(hub, db, estate), now, now + days * DAY)
    items = [
        Gap(duty=g.duty, from_=to_datetime(g.from_at), until=to_datetime(g.until_at)) for g in found
    ]
    return GapPage(items=items, next=None)


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be saved, as a problem that says what to do."""
    try:
        yield
    except UnknownEstate as error:
        raise Problem(404, "not-found", str(error)) from error
    except Stale as error:
        raise Problem(409, "stale", str(error)) from error
    except FaultyRoster as error:
        count = len(error.misfits)
        raise Problem(
            422,
            "faulty-roster",
            f"{count} entr{'y' if count == 1 else 'ies'} cannot stand; nothing was saved",
            errors=[
                FieldError(field=m.field, value=m.value, remedy=m.remedy) for m in error.misfits
            ],
        ) from error


def _must_exist(db: Connection, estate: str) -> None:
    if estates.known(db, estate) is None:
        raise not_found("estate", estate)


def _required(hub: Context, db: Connection, estate: str) -> list[Duty]:
    return hub.rulebooks.of(db, estate).escalation_policy.required


def _made(version: Version | None) -> dict[str, Any]:
    if version is None:
        return {"version": 0, "changed_at": None, "changed_by": None, "reason": ""}
    return {
        "version": version.number,
        "changed_at": to_datetime(version.created_at),
        "changed_by": version.created_by,
        "reason": version.reason,
    }


def _roster(hub: Context, db: Connection, estate: str, version: Version | None) -> Roster:
    file = RosterFile.model_validate(version.body if version else {})
    return Roster(
        estate=estate,
        shifts=file.shifts,
        neighbours=file.neighbours,
        required=_required(hub, db, estate),
        **_made(version),
    )
