"""What the house needs to know of a noun: how it is named, kept, timed and looked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.vocabulary.instant import Instant

Deadlines = dict[tuple[str, str], Instant]
"""By kind of timer and target, when it is due."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where its records lie: column `name` holds the field so named, or what `derived` says.

    All of them, beside id, estate and record, are what lists are chosen by; `since` is the one
    that puts them in order. One that stands has one of the words of `standing` in its column, or
    nothing where there are none.
    """

    name: str
    columns: tuple[str, ...]
    derived: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    since: str = "opened_at"
    standing: tuple[str, tuple[str, ...]] = ("ended_at", ())


@dataclass(frozen=True, slots=True)
class Noun:
    """`word` begins the kinds of its events and one of `verbs` ends them; `begins` is that of the
    one that opens it.

    Its records are in `held` of the state while one `stands`, and in `then_held` after that; one
    that is `alone` has no other beside it. `letter` stands before the number in its ids, where it
    is numbered. `deadlines` are the timers that a standing one needs. `incident` is the field
    that names its incident.
    """

    word: str
    record: type
    verbs: tuple[str, ...]
    begins: str = ""
    letter: str = ""
    held: str = ""
    then_held: str = ""
    alone: bool = False
    stands: Callable[[Any], bool] = lambda _: True
    deadlines: Callable[[Any], Deadlines] = lambda _: {}
    incident: str = ""
    table: Table | None = None
