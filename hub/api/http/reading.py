"""What endpoints that read stored records share: where a page begins, and one record by its id."""

from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, Limit, RecordId
from hub.api.http.problems import described, not_found
from hub.api.http.stored_json import as_answer, position_of
from store.database.connection import Connection
from store.database.pages import Position


class Paged(TypedDict):
    """Where a page begins and how long it is, as the store's lists take it."""

    after: Position | None
    limit: int


def _paged(cursor: Cursor = None, limit: Limit = 100) -> Paged:
    return Paged(after=position_of(cursor), limit=limit)


Pages = Annotated[Paged, Depends(_paged)]
"""The parameters `cursor` and `limit`."""


def add_one(
    router: APIRouter, noun: str, model: type[BaseModel], one: Callable[[Connection, str], Any]
) -> None:
    """The endpoint of one record of this noun, by the id in its path."""

    def get(hub: Hub, _: Reader, id_: Annotated[RecordId, Path(alias=f"{noun}_id")]) -> Response:
        with hub.pool.connection() as db:
            found = one(db, id_)
        if found is None:
            raise not_found(noun, id_)
        return as_answer(found)

    router.add_api_route(
        f"/{{{noun}_id}}", get, name=f"get_{noun}", description=f"One {noun} as it stands.",
        response_model=model, responses=described(401, 404),
    )  # fmt: skip
