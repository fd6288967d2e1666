"""What a backtest is to do: everything that its processes need, checked beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from hub.backtest.errors import NothingToJudge, UnknownEstate, UnusablePeriod
from hub.versions.rulebook import in_force
from rules.catalogue import device_types
from rules.estate.file import expand, parse
from rules.estate.graph import Estate
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import DAY, Instant, to_rfc3339
from rules.watching.backtest import Group, changed_rules, groups, needs_hearing, warm_up
from store.database.connection import Connection, connect
from store.estate import estates

EARLIEST, LATEST = 10_000 * DAY, 80_000 * DAY  # 1997 to 2189: far outside, no date can be counted

LONGEST = 100 * DAY
"""A season; longer periods are tried in parts."""


@dataclass(frozen=True, slots=True)
class Job:
    """Judge `tried` beside what they replace in `rulebook`, from `from_at` to before `to_at`."""

    dsn: str
    estate: str
    estate_file: dict[str, Any]
    rulebook: Rulebook
    tried: list[Rule]
    from_at: Instant
    to_at: Instant

    @property
    def begins_at(self) -> Instant:
        """From where readings are needed for the conditions to know what they should."""
        replaced = [self.rulebook.rules[r.id] for r in self.tried if r.id in self.rulebook.rules]
        return self.from_at - warm_up(self.rulebook, [*self.tried, *replaced], device_types())

    def graph(self) -> Estate:
        return expand(parse(self.estate_file), device_types())

    def groups(self) -> list[Group]:
        """Fresh watches; every process gets the same ones in the same order."""
        return groups(self.graph(), self.rulebook, self.tried)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an estate stands on: the rules in force, and the zone that its people tell times in."""

    rulebook: Rulebook
    zone: ZoneInfo


def ground_of(dsn: str, estate: str) -> Ground:
    """Raises UnknownEstate."""
    with connect(dsn, name="backtest") as db:
        for known in estates.all_(db):
            if known.id == estate:
                rulebook = in_force(db, estate).edition.rulebook
                return Ground(rulebook, ZoneInfo(known.timezone))
        raise _unknown(db, estate)


def prepared(
    dsn: str,
    *,
    estate: str,
    rulebook: Rulebook,
    rules: Sequence[Rule],
    from_at: Instant,
    to_at: Instant,
) -> Job:
    """A job on the estate's graph in force.

    Raises UnknownEstate, UnusablePeriod, NothingToJudge.
    """
    if to_at <= from_at:
        begins, ends = to_rfc3339(from_at), to_rfc3339(to_at)
        raise UnusablePeriod(f"from {begins} is not before to {ends}: swap or mend them")
    if not EARLIEST <= from_at < LATEST:
        raise UnusablePeriod(
            f"from {to_rfc3339(from_at)}: nothing is recorded then; check the year"
        )
    if to_at - from_at > LONGEST:
        days = -(-(to_at - from_at) // DAY)
        raise UnusablePeriod(
            f"from {to_rfc3339(from_at)}: the period has {days} days; "
            f"choose at most {LONGEST // DAY}"
        )
    with connect(dsn, name="backtest") as db:
        latest = estates.latest(db, estate)
        if latest is None:
            raise _unknown(db, estate)
    tried = changed_rules(rulebook.rules, rules)
    if not tried:
        names = ", ".join(rule.id for rule in rules) or "none"
        raise NothingToJudge(f"rules {names}: in force as they stand here; change one to try it")
    job = Job(dsn, estate, latest.body, rulebook, tried, from_at, to_at)
    found = job.groups()
    if unheard := needs_hearing(found):
        raise NothingToJudge(
            f"rules {', '.join(unheard)}: they ask whether a device was heard, which is not "
            "recorded as readings are; leave them out"
        )
    if not found:
        names = ", ".join(rule.id for rule in tried)
        raise NothingToJudge(
            f"rules {names}: no device of estate {estate} has the type and location that they "
            "name; check device_types and locations"
        )
    return job


def _unknown(db: Connection, estate: str) -> UnknownEstate:
    known = [known.id for known in estates.all_(db)]
    choice = f"use one of {', '.join(known)}" if known else "import one first"
    return UnknownEstate(f"estate {estate!r}: there is none with this id; {choice}")
