"""Types of what people and clients send: what each takes, in which form, and what is in it."""

from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from rules.vocabulary.instant import Instant, from_datetime


class Holds(Enum):
    """What a value is, beside its form: part of its type."""

    WORDS = auto()
    """Free words of a person, which may name people: they stay in the event."""
    ID = auto()
    FILE = auto()
    TIME = auto()


def held_in(hint: Any) -> frozenset[Holds]:
    """What a value of this type may hold; a text of which nothing is said is free words."""
    if hint is str:
        return frozenset({Holds.WORDS})
    said = frozenset(m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Holds))
    if said or get_origin(hint) is Literal:
        return said
    parts: Iterable[Any] = get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        parts = get_type_hints(hint, include_extras=True).values()
    return frozenset[Holds]().union(*map(held_in, parts))


def _within_reach(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2200:
        raise ValueError("time is out of range: use one from 1970 to 2199")
    return moment


Rfc3339 = Annotated[AwareDatetime, AfterValidator(_within_reach)]


class _Rfc3339ToInstant:
    """Takes a time as clients write it."""

    def __get_pydantic_core_schema__(self, _: Any, handler: Any) -> Any:
        return handler.generate_schema(Annotated[Rfc3339, AfterValidator(from_datetime)])


Time = Annotated[Instant, Holds.TIME, _Rfc3339ToInstant()]
Until = Annotated[
    Time, Field(description="RFC 3339: when it ends by itself.", examples=["2026-07-01T10:30:00Z"])
]

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"

Id = Annotated[str, Holds.ID, Field(pattern=ID_PATTERN)]
OptionalId = Annotated[Id | None, BeforeValidator(lambda given: given or None)]
"""An empty text is none."""

EstateId = Annotated[Id, Field(examples=["riverside"])]

UserId = Annotated[str, Holds.ID, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]

HASH = r"^[0-9a-f]{64}$"

FileHash = Annotated[str, Holds.FILE, Field(pattern=HASH)]
"""SHA-256 of the content, hexadecimal."""

MOST_PHOTOS = 40
"""On a ticket, or handed in at once."""

Photos = Annotated[
    tuple[FileHash, ...],
    Field(max_length=MOST_PHOTOS, description="Hashes of POST /attachments."),
    AfterValidator(lambda given: tuple(dict.fromkeys(given))),
]

Words = Annotated[
    str,
    Holds.WORDS,
    StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$"),
]
SomeWords = Annotated[
    str,
    Holds.WORDS,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$"
    ),
]
Reason = Annotated[
    SomeWords, Field(description="Why; it stays in the record.", examples=["seen on camera 12"])
]
