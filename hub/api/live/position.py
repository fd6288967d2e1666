"""Positions in the stream as parameters."""

from typing import Annotated

from fastapi import Query

from hub.api.http.problems import FieldError, Problem
from hub.feed.position import from_text
from store.database.connection import Connection
from store.engine import events
from store.engine.events import Seen

EXAMPLE = "riverside:4711,tower:44"

After = Annotated[
    str | None,
    Query(
        description="Only behind this position: of each estate the last event seen, as "
        "`estate:number`, joined by commas; one that is not named is read from its beginning.",
        examples=[EXAMPLE],
    ),
]


def position_in(field: str, text: str) -> dict[str, int] | int:
    """The position that a client sent. Raises Problem: it is none."""
    try:
        return from_text(text)
    except ValueError as fault:
        raise unusable(field, text, str(fault)) from None


def seen_by(db: Connection, position: dict[str, int] | int) -> Seen | None:
    """What was seen by a client at `position`; None: no such number was ever given."""
    return events.behind_shared(db, position) if isinstance(position, int) else position


def unusable(field: str, text: str, fault: str) -> Problem:
    """The answer for a position that means nothing here."""
    remedy = f"{fault}: send the last id of the stream, such as {EXAMPLE}, or leave it out"
    error = FieldError(field=field, value=text[:80], remedy=remedy)
    return Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
