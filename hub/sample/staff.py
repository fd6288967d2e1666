"""The staff of the sample estate and their roster: two weeks, renewed when `up` starts again.

A roster that anybody has changed is theirs, and is left alone.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.auth import ensure_default_users
from hub.versions.roster import save
from rules.records.rosters import RosterFile, ShiftEntry
from rules.records.tickets import Role as Duty
from rules.vocabulary.instant import DAY, Instant, from_datetime, to_datetime
from store.database.connection import Connection, connect
from store.estate import estates
from store.oncall import rosters
from store.people import users
from store.people.audit import SYSTEM
from store.people.users import Role

AHEAD_DAYS = 14
_RENEWED_UNDER = 7 * DAY
_DAY_BEGINS, _NIGHT_BEGINS = time(8), time(20)

_STAFF: dict[str, tuple[Role, list[Duty]]] = {
    "operator": ("operator", ["CR"]),
    "desk-1": ("operator", ["CR"]),
    "desk-2": ("operator", ["CR"]),
    "desk-3": ("operator", ["CR"]),
    "leader-1": ("operator", ["SL", "CR"]),
    "leader-2": ("operator", ["SL", "CR"]),
    "engineer": ("engineer", ["EN"]),
    "engineer-1": ("engineer", ["EN"]),
    "engineer-2": ("engineer", ["EN"]),
    "security-1": ("engineer", ["SE"]),
    "security-2": ("engineer", ["SE"]),
    "cleaner-1": ("engineer", ["CL"]),
    "service-1": ("operator", ["CS"]),
    "lift-firm": ("engineer", ["MC"]),
    "manager": ("manager", ["PM"]),
    "company": ("manager", ["HQ"]),
}

_BY_DAY: list[tuple[Duty, str]] = [
    ("CR", "operator"), ("CR", "desk-1"), ("SL", "leader-1"), ("EN", "engineer-1"),
    ("SE", "security-1"), ("CL", "cleaner-1"), ("CS", "service-1"),
]  # fmt: skip
_BY_NIGHT: list[tuple[Duty, str]] = [
    ("CR", "desk-2"), ("CR", "desk-3"), ("SL", "leader-2"), ("EN", "engineer-2"),
    ("SE", "security-2"),
]  # fmt: skip
_ON_CALL: list[tuple[Duty, str]] = [
    ("EN", "engineer"), ("MC", "lift-firm"), ("PM", "manager"), ("HQ", "company"),
]  # fmt: skip


def staff_sample(dsn: str, estate: str, *, now: Instant) -> str:
    """Give the sample estate people and a roster, or more of it; what was done, in words."""
    with connect(dsn, name="up") as db:
        zone = next((e.timezone for e in estates.all_(db) if e.id == estate), None)
        latest = rosters.latest(db, estate)
        if zone is None:
            return "no roster is made, as the sample estate is not here"
        if latest is not None and latest.created_by != SYSTEM.user:
            return "the roster is as people made it"
        if latest is None:
            _add_staff(db, now)
        elif _reaches(latest.body) > now + _RENEWED_UNDER:
            return "the sample roster holds on"
        file = RosterFile(shifts=list(_shifts(to_datetime(now).astimezone(ZoneInfo(zone)))))
        seen = latest.number if latest else 0
        save(db, estate, file, seen=seen, reason="sample", by=SYSTEM, now=now)
    return f"{len(_STAFF)} members of staff have a roster for {AHEAD_DAYS} days"


def _reaches(body: dict[str, list[dict[str, str]]]) -> Instant:
    """Until when the roster goes."""
    shifts = RosterFile.model_validate(body).shifts
    return max((from_datetime(shift.until) for shift in shifts), default=0)


def _add_staff(db: Connection, now: Instant) -> None:
    ensure_default_users(db, now=now)
    for id_, (role, duties) in _STAFF.items():
        users.add(db, id_, role, now=now)
        users.describe(db, id_, role=role, language="zh", duties=duties, name=None)


def _shifts(today: datetime) -> Iterator[ShiftEntry]:
    """From yesterday on, so that last night's shift covers the hours before today's."""
    for n in range(-1, AHEAD_DAYS):
        day = (today + timedelta(days=n)).date()
        begins = datetime.combine(day, _DAY_BEGINS, today.tzinfo)
        dusk = datetime.combine(day, _NIGHT_BEGINS, today.tzinfo)
        ends = datetime.combine(day + timedelta(days=1), _DAY_BEGINS, today.tzinfo)
        yield from (_shift(duty, user, begins, dusk) for duty, user in _BY_DAY)
        yield from (_shift(duty, user, dusk, ends) for duty, user in _BY_NIGHT)
        yield from (_shift(duty, user, begins, ends, on_call=True) for duty, user in _ON_CALL)


def _shift(
    duty: Duty, user: str, begins: datetime, ends: datetime, *, on_call: bool = False
) -> ShiftEntry:
    return ShiftEntry.model_validate(
        {"duty": duty, "user": user, "from": begins, "until": ends, "on_call": on_call}
    )
