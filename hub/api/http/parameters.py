"""Parameters that many endpoints share, with their limits."""

from typing import Annotated

from fastapi import Header, Path, Query, Request, params
from fastapi.dependencies.utils import get_flat_params

from hub.api.http.problems import FieldError, Problem
from rules.vocabulary.fields import ID_PATTERN, Rfc3339

RecordId = Annotated[str, Path(pattern=ID_PATTERN, description="The record's id.")]
IdFilter = Annotated[str | None, Query(pattern=ID_PATTERN, description="Only with this one.")]
Limit = Annotated[int, Query(ge=1, le=500, description="Items on a page at the most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=300, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before."),
]


Moment = Annotated[Rfc3339, Query(description="RFC 3339 time, or epoch seconds.")]

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,128}$",
        description="A new UUID for each command; sending it again repeats the answer, "
        "not the command.",
        examples=["0b6f5b0e-8f0e-4f0a-9a55-3f1d1f1f2a77"],
    ),
]


def refuse_unknown(request: Request) -> None:
    """A query parameter that the endpoint does not know: ignored, it would loop or mislead.

    Raises Problem (422).
    """
    known = [
        field.alias
        for field in get_flat_params(request.scope["route"].dependant)
        if isinstance(field.field_info, params.Query)
    ]
    errors = [
        FieldError(field=f"query.{name}", value=value[:80], remedy=_instead(known))
        for name, value in request.query_params.multi_items()
        if name not in known
    ]
    if errors:
        count = f"{len(errors)} input{'s' * (len(errors) != 1)} cannot be used"
        raise Problem(422, "unusable-input", count, errors=errors)


def _instead(known: list[str]) -> str:
    return f"use one of {', '.join(sorted(known))}" if known else "there are no query parameters"
