"""Answers of stored JSON: encoded once by the engine, sent on as it is."""

import base64
import binascii
from typing import Any

import msgspec
from fastapi.responses import Response

from hub.api.http.problems import FieldError, Problem
from rules.vocabulary.instant import from_rfc3339, to_rfc3339
from store.database.pages import Page, Position


def as_answer(body: Any, status: int = 200) -> Response:
    """`body` as JSON; `msgspec.Raw` within it goes out unchanged."""
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


def page_answer(page: Page) -> Response:
    """A page of records with the cursor of the next one."""
    return as_answer({"items": page.items, "next": cursor_of(page.next)})


def cursor_of(position: Position | None) -> str | None:
    """A position as a cursor that a client hands back unread."""
    return pack(to_rfc3339(position.at), position.id) if position else None


def position_of(cursor: str | None) -> Position | None:
    """The position that a cursor stands for. Raises Problem: the cursor is not one of ours."""
    if cursor is None:
        return None
    at, id_ = unpack(cursor)
    try:
        return Position(from_rfc3339(at), id_)
    except ValueError:
        raise _bad_cursor(cursor) from None


def pack(first: str, second: str) -> str:
    """Two words as one cursor."""
    return base64.urlsafe_b64encode(f"{first} {second}".encode()).decode().rstrip("=")


def unpack(cursor: str) -> tuple[str, str]:
    """The two words of a cursor. Raises Problem: it is not one of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        first, second = base64.b64decode(padded, "-_", validate=True).decode().split(" ")
    except (binascii.Error, ValueError):
        raise _bad_cursor(cursor) from None
    if "\0" in first + second:
        raise _bad_cursor(cursor)
    return first, second


def _bad_cursor(cursor: str) -> Problem:
    remedy = "use the `next` of the page before, or leave it out"
    error = FieldError(field="query.cursor", value=cursor[:80], remedy=remedy)
    return Problem(422, "unusable-input", "1 input cannot be used", errors=[error])
