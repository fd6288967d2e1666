"""Files that are proof: what they are is seen by their content, never by what they are called."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.access import Reader, needs
from hub.api.http.context import Context, Hub
from hub.api.http.problems import Problem, described, not_found
from hub.api.http.stored_json import as_answer
from hub.auth import Principal
from hub.people.pictures import MEDIA_TYPES, MOST_BYTES, PDF, UnusableFile, made_safe
from rules.vocabulary.fields import HASH
from store.tickets import attachments

router = APIRouter(prefix="/attachments", tags=["tickets"])

MOST_UNUSED = 60
"""Files that one sender may leave before a ticket names them; they are deleted after a day."""

FileId = Annotated[str, Path(pattern=HASH, description="SHA-256 of the content, hexadecimal.")]

_KEPT = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}

TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself; at most 10 MB.",
        "content": dict.fromkeys((*MEDIA_TYPES.values(), PDF), _BINARY),
    }
}
"""How an endpoint that takes a file describes its body."""


class Attachment(BaseModel):
    """A file that is kept, and can be named as proof by its hash."""

    hash: str = Field(pattern=HASH, examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])
    media_type: str = Field(examples=["image/jpeg"])
    bytes: int


@router.post(
    "",
    status_code=201,
    response_model=Attachment,
    openapi_extra=TAKES,
    responses=described(401, 403, 413, 415, 429),
)
async def add_attachment(
    request: Request, hub: Hub, who: Annotated[Principal, needs("attachment.add")]
) -> Response:
    """Keep a photo (JPEG, PNG, WebP) or a report (PDF), to be named by a ticket within a day.

    Photos are turned upright, and lose their place and everything else that a camera adds.
    """
    return await take(request, hub, by=who.user)


@router.get("/{file_hash}", response_class=Response, responses=described(401, 404))
def get_attachment(hub: Hub, _: Reader, file_hash: FileId) -> Response:
    """The file. A browser shows pictures and never runs anything."""
    with hub.pool.connection() as db:
        found = attachments.content(db, file_hash)
    if found is None:
        raise not_found("attachment", file_hash)
    media_type, content = found
    ending = media_type.rpartition("/")[2]
    shown = "attachment" if media_type == PDF else "inline"
    name = {"Content-Disposition": f'{shown}; filename="{file_hash[:16]}.{ending}"'}
    return Response(content, media_type=media_type, headers={**_KEPT, **name})


@router.get("/{file_hash}/thumbnail", response_class=Response, responses=described(401, 404))
def get_thumbnail(hub: Hub, _: Reader, file_hash: FileId) -> Response:
    """The picture within 320 × 320, as WebP; a PDF has none."""
    with hub.pool.connection() as db:
        found = attachments.thumbnail(db, file_hash)
    if found is None:
        raise not_found("thumbnail", file_hash)
    return Response(found, media_type="image/webp", headers=_KEPT)


async def take(request: Request, hub: Context, *, by: str) -> Response:
    """Read the request's body, no further than the limit, and keep what it is.

    Raises Problem: too large (413), no file of these types (415), too many unused ones (429).
    """
    data = await _body(request)
    kept = await run_in_threadpool(_keep, hub, data, by)
    body = {"hash": kept.hash, "media_type": kept.media_type, "bytes": len(kept.content)}
    return as_answer(body, status=201)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("Content-Length", "0")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise _too_large()
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> Problem:
    detail = "a file may have at most 10 MB: send a smaller one"
    return Problem(413, "too-large", detail, headers={"Connection": "close"})


def _keep(hub: Context, data: bytes, by: str) -> attachments.Stored:
    with hub.pool.connection() as db:
        if attachments.unused_of(db, by) >= MOST_UNUSED:
            detail = f"{MOST_UNUSED} of your files belong to no ticket yet: use them first"
            raise Problem(429, "too-many-files", detail)
    try:
        file = made_safe(data)
    except UnusableFile as unusable:
        raise Problem(415, "unusable-file", str(unusable)) from unusable
    with hub.pool.connection() as db:
        attachments.add(db, file, by=by, now=hub.clock())
    return file


def need_files(hub: Context, hashes: set[str]) -> None:
    """Raises Problem: a file that a command names was never uploaded, or is gone."""
    if not hashes:
        return
    with hub.pool.connection() as db:
        missing = hashes - attachments.touch(db, hashes, now=hub.clock())
    if missing:
        detail = f"attachment {min(missing)}: there is none with this hash, upload it again"
        raise Problem(409, "no-attachment", detail)
