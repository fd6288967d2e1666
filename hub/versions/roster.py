"""Changing an estate's duty roster: by version, checked, and told to the engine by the inbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hub.errors import HubError
from rules.records.rosters import Roster, RosterFile, ShiftEntry
from rules.state.inputs import RosterChanged
from rules.vocabulary.instant import DAY, Instant, from_datetime
from store.database.connection import Connection
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import estates
from store.oncall import rosters
from store.oncall.rosters import Version
from store.people import audit, users
from store.people.audit import Actor

KEPT = 8 * DAY
"""A shift that ended longer ago is left out of the next version; the version before has it.

Last week is kept whole, so that it can be copied.
"""


class UnknownEstate(HubError):
    """There is no such estate."""


class Stale(HubError):
    """Somebody else has changed the roster since it was looked at."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """An entry that cannot stand: which, what is there, and what to do instead."""

    field: str
    value: str
    remedy: str


class FaultyRoster(HubError):
    """Some entries cannot stand; nothing was saved."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("; ".join(f"{m.field} {m.value}: {m.remedy}" for m in misfits))
        self.misfits = misfits


def in_force(db: Connection, estate: str) -> Roster:
    """Who holds which duty when, as the engine goes by it; version 0 where there is no roster."""
    latest = rosters.latest(db, estate)
    return Roster.parse(latest.number, latest.body) if latest else Roster()


def who_can_be_called(db: Connection, estate: str) -> Roster:
    """The roster in force without the shifts of those who were disabled since."""
    roster = in_force(db, estate)
    known = users.members(db, {shift.user for shift in roster.shifts})
    there = {id_ for id_, member in known.items() if member.disabled_at is None}
    return replace(roster, shifts=tuple(s for s in roster.shifts if s.user in there))


def save(
    db: Connection,
    estate: str,
    file: RosterFile,
    *,
    seen: int,
    reason: str,
    by: Actor,
    now: Instant,
) -> Version:
    """Make `file` the roster in force, without what ended long ago, in the caller's transaction.

    Raises UnknownEstate. Raises Stale: `seen` is not the newest version. Raises FaultyRoster.
    """
    if estates.known(db, estate) is None:
        raise UnknownEstate(f"estate {estate!r}: there is none with this id")
    estates.lock(db, estate)
    latest = rosters.latest(db, estate)
    number = latest.number if latest else 0
    if number != seen:
        who = f", saved by {latest.created_by}" if latest else ""
        raise Stale(
            f"version {seen}: the roster is at version {number} now{who}; "
            "look at it and make your change again"
        )
    kept = {n: s for n, s in enumerate(file.shifts) if from_datetime(s.until) > now - KEPT}
    misfits = [*_unknown(db, kept, file.neighbours), *_overlapping(kept)]
    if misfits:
        raise FaultyRoster(misfits)
    lasting = RosterFile(shifts=list(kept.values()), neighbours=file.neighbours)
    version = Version(
        number + 1, lasting.model_dump(mode="json", by_alias=True), now, by.user, reason
    )
    rosters.add(db, estate, version)
    change = RosterChanged(version.number, version.body)
    inbox.append(db, estate_id=estate, lane=Lane.COMMANDS, kind="roster", body=change, at=now)
    detail = {"reason": reason, "version": version.number}
    audit.append(db, by, "roster.change", estate, detail, at=now)
    return version


def _unknown(
    db: Connection, shifts: dict[int, ShiftEntry], neighbours: Sequence[str]
) -> Iterator[Misfit]:
    """People whom nobody could call."""
    named = {f"shifts.{n}.user": shift.user for n, shift in shifts.items()}
    named |= {f"neighbours.{n}": user for n, user in enumerate(neighbours)}
    known = users.members(db, set(named.values()))
    for field, user in named.items():
        if user not in known:
            yield Misfit(field, user, "is no user: add them under Staff, or choose another")
        elif known[user].disabled_at is not None:
            yield Misfit(field, user, "is disabled: choose another user, or enable them")


def _overlapping(shifts: dict[int, ShiftEntry]) -> Iterator[Misfit]:
    """The same person in the same duty twice at a time."""
    before: dict[tuple[str, str], tuple[int, ShiftEntry]] = {}
    for n, shift in sorted(shifts.items(), key=lambda item: item[1].from_):
        other = before.get((shift.user, shift.duty))
        if other is not None and shift.from_ < other[1].until:
            yield Misfit(
                f"shifts.{n}.from",
                shift.from_.isoformat(),
                f"{shift.user} is on duty as {shift.duty} until {other[1].until.isoformat()} "
                f"already (shifts.{other[0]}): begin later, or remove one of the two",
            )
        if other is None or shift.until > other[1].until:
            before[shift.user, shift.duty] = (n, shift)
