"""Errors as the API answers them: RFC 9457 problem details, each with field, value and remedy."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg import DataError
from psycopg_pool import PoolClosed, PoolTimeout
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from hub.errors import HubError
from store.database.connection import LOST

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Refused",
    413: "Too large",
    415: "Unusable file",
    422: "Unusable input",
    429: "Too many attempts",
    500: "Internal fault",
    503: "Not available",
}
_SECRET = frozenset({"password", "token", "auth", "p256dh", "cookie", "authorization"})
_LONGEST_VALUE = 200


class FieldError(BaseModel):
    """One input that cannot be used: which, what came, and what to give instead."""

    field: str
    value: str
    remedy: str


class ProblemDetails(BaseModel):
    """The body of every error answer (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:gatehouse:problem:unusable-input",
                    "title": "Unusable input",
                    "status": 422,
                    "detail": "1 input cannot be used",
                    "errors": [
                        {
                            "field": "query.limit",
                            "value": "0",
                            "remedy": "Input should be greater than or equal to 1",
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


class Problem(HubError):
    """An error to answer with. `code` is stable and names the kind of problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.errors = errors
        self.headers = headers


def not_found(noun: str, id_: str) -> Problem:
    """The answer for an id that leads nowhere."""
    return Problem(404, "not-found", f"{noun} {id_!r}: there is none with this id")


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of an endpoint, for its OpenAPI description."""
    return {
        status: {
            "description": _TITLES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        }
        for status in sorted({*statuses, 422, 503})
    }


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem body."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _data)
    for kind in (*LOST, PoolTimeout, PoolClosed):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _fault)


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    body = {
        "type": f"urn:gatehouse:problem:{problem.code}",
        "title": _TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": str(problem),
        "errors": [error.model_dump() for error in problem.errors],
    }
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers or {}),
    )


def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(problem)


def _invalid(_: Request, invalid: Exception) -> Response:
    assert isinstance(invalid, RequestValidationError)
    errors = [
        FieldError(
            field=".".join(str(part) for part in error["loc"]),
            value=_shown(error["loc"], error.get("input")),
            remedy=_printable(error["msg"]),
        )
        for error in invalid.errors()
    ]
    count = f"{len(errors)} input{'s' * (len(errors) != 1)} cannot be used"
    return answer(Problem(422, "unusable-input", count, errors=errors))


def _shown(location: Sequence[Any], value: Any) -> str:
    secret = _SECRET.intersection(str(part).lower() for part in location) or (
        isinstance(value, dict) and _SECRET.intersection(value)
    )
    return "(not shown)" if secret else _printable(str(value))[:_LONGEST_VALUE]


def _printable(text: str) -> str:
    """Without what UTF-8 cannot carry, such as half of a surrogate pair."""
    return text.encode(errors="backslashreplace").decode()


def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = _TITLES.get(error.status_code, "Error")
    code = title.lower().replace(" ", "-")
    detail = _printable(str(error.detail))
    return answer(Problem(error.status_code, code, detail, headers=error.headers))


def _data(_: Request, error: Exception) -> Response:
    detail = f"the database cannot hold this input ({_printable(str(error)).splitlines()[0]})"
    return answer(Problem(422, "unusable-input", detail))


def _unavailable(_: Request, lost: Exception) -> Response:
    log.warning("database_unavailable", reason=str(lost).strip())
    detail = "the database does not answer; try again in a moment"
    return answer(Problem(503, "database-unavailable", detail, headers={"Retry-After": "2"}))


def _fault(_: Request, fault: Exception) -> Response:
    log.error("request_failed", exc_info=fault)
    detail = "something went wrong inside; it is in the hub's log"
    return answer(Problem(500, "internal-fault", detail))
