"""The live feed: every event as it happens, resumed without loss or repeat."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from hub.api.http.access import Reader, still_signed_in
from hub.api.http.context import Context, Hub
from hub.api.http.problems import Problem, described
from hub.auth import allows
from hub.feed.feed import encode
from hub.feed.streams import Encoded, Stream
from rules.vocabulary.instant import to_rfc3339
from store.engine import events

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
                "example": 'id: 4711\ndata: {"seq": 4711, "kind": "alarm.raised", …}\n\n'
                ': keep-alive\n\nevent: now\ndata: {"now": "2026-07-01T02:30:00.000000Z"}\n\n',
            }
        },
    }
}


@router.get("", response_class=StreamingResponse, responses={**STREAM, **described(401)})
async def follow(
    hub: Hub,
    request: Request,
    who: Reader,
    after: Annotated[int | None, Query(ge=0, lt=2**63, description="Last seen event.")] = None,
    last_event_id: Annotated[int | None, Header(ge=0, lt=2**63)] = None,
) -> StreamingResponse:
    """Events behind `Last-Event-ID` or `after`, then each as it happens; without either, from now.

    `event: gap` means that the client's position is no longer kept, or that it was too slow: get
    a new snapshot. `event: now` gives the server's clock every 15 s.
    """
    if hub.feed.position is None or len(hub.feed.streams) >= MOST_STREAMS:
        raise Problem(
            503, "live-unavailable", "the live feed takes no more just now; try again in a moment"
        )
    position = last_event_id if last_event_id is not None else after
    return StreamingResponse(
        _messages(hub, request, position, surprises=allows(who.role, "drill.plan")),
        media_type="text/event-stream",
        headers=HEADERS,
    )


async def _messages(
    hub: Context, request: Request, after: int | None, *, surprises: bool
) -> AsyncIterator[bytes]:
    """First subscribe, then read what was missed: nothing falls between the two."""
    stream = Stream()
    hub.feed.streams.add(stream)
    try:
        seen = hub.feed.position or 0
        yield OPENING + keep_alive(hub)
        if after is not None:
            gap = await run_in_threadpool(_gap, hub, after)
            if gap is not None:
                yield gap
                return
            seen = after
            while missed := await run_in_threadpool(_missed, hub, seen):
                yield b"".join(e.message for e in missed if surprises or not e.surprise)
                seen = missed[-1].seq
        async for chunk in _as_they_happen(hub, request, stream, seen, surprises=surprises):
            yield chunk
    finally:
        hub.feed.streams.discard(stream)


async def _as_they_happen(
    hub: Context, request: Request, stream: Stream, seen: int, *, surprises: bool
) -> AsyncIterator[bytes]:
    quiet_since, checks = hub.clock(), 0
    while not stream.ended:
        left_s = KEEP_ALIVE_S - (hub.clock() - quiet_since) / 1e6
        taken = await stream.take(within_s=max(0.0, left_s))
        unseen = [event for event in taken if event.seq > seen]
        if new := b"".join(e.message for e in unseen if surprises or not e.surprise):
            seen = taken[-1].seq
            yield new
        if hub.clock() - quiet_since >= KEEP_ALIVE_S * 1e6:
            quiet_since, checks = hub.clock(), checks + 1
            yield keep_alive(hub)
            if checks % CHECK_EVERY == 0 and not await still_signed_in(hub, request):
                return
    if stream.missed:
        yield _gap_message(hub.feed.position or 0)


def keep_alive(hub: Context) -> bytes:
    """What keeps proxies from closing a quiet stream, and the server's clock."""
    return b': keep-alive\n\nevent: now\ndata: {"now":"%b"}\n\n' % to_rfc3339(hub.clock()).encode()


def _gap(hub: Context, after: int) -> bytes | None:
    """The message that `after` cannot be resumed from, unless it can."""
    with hub.pool.connection() as db:
        head = events.head(db)
        first = events.first(db)
    oldest_kept = head if first is None else first - 1
    if after > head or after < oldest_kept or head - after > LONGEST_BACKLOG:
        return _gap_message(head)
    return None


def _gap_message(seq: int) -> bytes:
    return b'event: gap\nid: %d\ndata: {"seq":%d}\n\n' % (seq, seq)


def _missed(hub: Context, seen: int) -> list[Encoded]:
    with hub.pool.connection() as db:
        return [encode(event) for event in events.after(db, seen, limit=_AT_ONCE)]
