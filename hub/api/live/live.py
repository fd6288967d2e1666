"""The live feed: every event as it happens, resumed without loss or repeat."""

from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from hub.api.http.access import Reader, still_signed_in
from hub.api.http.context import Context, Hub
from hub.api.http.parameters import IdFilter
from hub.api.http.problems import Problem, described, not_found
from hub.api.live.position import EXAMPLE, After, position_in, seen_by
from hub.auth import allows
from hub.feed.feed import encode
from hub.feed.position import as_text
from hub.feed.streams import Encoded, Stream
from rules.vocabulary.instant import to_rfc3339
from store.engine import events
from store.engine.events import Seen
from store.estate import estates

router = APIRouter(prefix="/live", tags=["live"])

KEEP_ALIVE_S = 15.0
CHECK_EVERY = 4
"""Keep-alives between two looks at whether the session still holds."""

MOST_STREAMS = 1_000
LONGEST_BACKLOG = 5_000
"""Events that a client may have missed and still be sent; behind that, a new snapshot is less."""

_AT_ONCE = 1_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
OPENING = b"retry: 2000\n\n"

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-Sent Events without end",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": f"id: {EXAMPLE}\n"
                'data: {"seq": 4711, "estate": "riverside", "kind": "alarm.raised", …}\n\n'
                ': keep-alive\n\nevent: now\ndata: {"now": "2026-07-01T02:30:00.000000Z"}\n\n',
            }
        },
    }
}


@router.get("", response_class=StreamingResponse, responses={**STREAM, **described(401, 404)})
async def follow(
    hub: Hub,
    request: Request,
    who: Reader,
    estate: IdFilter = None,
    after: After = None,
    last_event_id: Annotated[
        str | None, Header(description="As `after`, which it overrides: the last id of the stream.")
    ] = None,
) -> StreamingResponse:
    """Events behind `Last-Event-ID` or `after`, then each as it happens; without either, from now.

    Of every estate, or of one `estate`. Each estate's events come in the order of their numbers
    (`seq`), which are the estate's own; the id of each message is the stream's position, the last
    number of every estate that the stream carries. `event: gap` means that the client's position
    is no longer kept, or that it was too slow: get a new snapshot. `event: now` gives the server's
    clock every 15 s.
    """
    position = None if after is None else position_in("query.after", after)
    if last_event_id is not None:
        position = position_in("header.last-event-id", last_event_id)
    if estate is not None and not await run_in_threadpool(_is_known, hub, estate):
        raise not_found("estate", estate)
    if hub.feed.seen is None or len(hub.feed.streams) >= MOST_STREAMS:
        raise Problem(
            503, "live-unavailable", "the live feed takes no more just now; try again in a moment"
        )
    return StreamingResponse(
        _messages(hub, request, Stream(estate), position, surprises=allows(who.role, "drill.plan")),
        media_type="text/event-stream",
        headers=HEADERS,
    )


async def _messages(
    hub: Context,
    request: Request,
    stream: Stream,
    position: dict[str, int] | int | None,
    *,
    surprises: bool,
) -> AsyncIterator[bytes]:
    """First subscribe, then read what was missed: nothing falls between the two."""
    hub.feed.streams.add(stream)
    try:
        seen = _of(stream, hub.feed.seen or {})
        yield OPENING + keep_alive(hub)
        if position is not None:
            resumed = await run_in_threadpool(_resumed, hub, stream, position)
            if isinstance(resumed, bytes):
                yield resumed
                return
            seen = resumed
            while missed := await run_in_threadpool(_missed, hub, stream, seen):
                yield _unseen(missed, seen, surprises=surprises)
        async for chunk in _as_they_happen(hub, request, stream, seen, surprises=surprises):
            yield chunk
    finally:
        hub.feed.streams.discard(stream)


async def _as_they_happen(
    hub: Context, request: Request, stream: Stream, seen: dict[str, int], *, surprises: bool
) -> AsyncIterator[bytes]:
    quiet_since, checks = hub.clock(), 0
    while not stream.ended:
        left_s = KEEP_ALIVE_S - (hub.clock() - quiet_since) / 1e6
        taken = await stream.take(within_s=max(0.0, left_s))
        if new := _unseen(taken, seen, surprises=surprises):
            yield new
        if hub.clock() - quiet_since >= KEEP_ALIVE_S * 1e6:
            quiet_since, checks = hub.clock(), checks + 1
            yield keep_alive(hub)
            if checks % CHECK_EVERY == 0 and not await still_signed_in(hub, request):
                return
    if stream.missed:
        yield _gap(_of(stream, hub.feed.seen or {}))


def keep_alive(hub: Context) -> bytes:
    """What keeps proxies from closing a quiet stream, and the server's clock."""
    return b': keep-alive\n\nevent: now\ndata: {"now":"%b"}\n\n' % to_rfc3339(hub.clock()).encode()


def _unseen(batch: Iterable[Encoded], seen: dict[str, int], *, surprises: bool) -> bytes:
    """The messages of those of `batch` that are behind `seen`, which they move on."""
    messages = []
    for event in batch:
        if event.seq > seen.get(event.estate, 0):
            seen[event.estate] = event.seq
            if surprises or not event.surprise:
                messages.append(b"id: %b\n%b" % (as_text(seen).encode(), event.data))
    return b"".join(messages)


def _is_known(hub: Context, estate: str) -> bool:
    with hub.pool.connection() as db:
        return estates.known(db, estate) is not None


def _resumed(
    hub: Context, stream: Stream, position: dict[str, int] | int
) -> dict[str, int] | bytes:
    """What a client at `position` has seen of all that the stream carries.

    Or the message that it cannot be resumed there.
    """
    with hub.pool.connection() as db:
        kept = events.kept(db, stream.only)
        found = seen_by(db, position)
        seen = dict.fromkeys(kept, 0) | _of(stream, found or {})
        bounds = [(seq, *kept.get(estate, (0, 0))) for estate, seq in seen.items()]
        is_kept = found is not None and all(first <= seq <= last for seq, first, last in bounds)
        most = LONGEST_BACKLOG + 1
        missed = events.count_after(db, seen, limit=most, only=stream.only)
    if is_kept and missed < most:
        return seen
    return _gap({estate: last for estate, (_, last) in kept.items()})


def _of(stream: Stream, seen: Seen) -> dict[str, int]:
    return {estate: seq for estate, seq in seen.items() if stream.carries(estate)}


def _gap(seen: Seen) -> bytes:
    position = as_text(seen).encode()
    return b'event: gap\nid: %b\ndata: {"position":"%b"}\n\n' % (position, position)


def _missed(hub: Context, stream: Stream, seen: Seen) -> list[Encoded]:
    with hub.pool.connection() as db:
        found = events.after(db, seen, limit=_AT_ONCE, only=stream.only)
    return [encode(event) for event in found]
