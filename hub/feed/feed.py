"""The live feed: one thread reads new events once, and every open stream gets the same bytes.

The thread listens for the engines' announcements and reads what is new of the estates that they
name; it reconnects for ever. Streams, and what they were given, are touched on the event loop only.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec
import structlog

from hub.feed.progress import CommandProgress
from hub.feed.secret_drills import is_surprise
from hub.feed.streams import Encoded, ResidentStream, Stream
from store.database.backoff import Backoff
from store.database.connection import LOST, Connection, connect
from store.engine import commands, events
from store.engine.events import StoredEvent

log = structlog.get_logger(__name__)

_AT_ONCE = 1_000
_LONGEST_RETRY_S = 5.0
_POLL_S = 0.5  # also without an announcement: one may be lost with its connection

Household = tuple[str, str]
"""Estate and household id."""

Value = TypeVar("Value")


class Announcement(msgspec.Struct):
    """What the engine says of each batch: its estate, last event and last command."""

    estate: str
    last_seq: int | None = None
    commands_upto: int = 0


class _NoticeRecord(msgspec.Struct):
    household: str


def encode(event: StoredEvent) -> Encoded:
    """One Server-Sent Event; its id is the position of the stream that carries it."""
    data = msgspec.json.encode(event)
    touches: tuple[str, str | None] | None = None
    if event.kind.startswith("notice."):
        record = msgspec.json.decode(event.record, type=_NoticeRecord)
        touches = (event.estate, record.household)
    elif event.kind == "incident.closed":
        touches = (event.estate, None)
    return Encoded(event.estate, event.seq, b"data: %b\n\n" % data, touches, is_surprise(event))


class Feed:
    """Follows the events in a thread of its own and hands them to the streams."""

    def __init__(self, dsn: str, progress: CommandProgress) -> None:
        self._dsn = dsn
        self._progress = progress
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._read: dict[str, int] | None = None
        self._on_events: list[Callable[[], None]] = []
        self.seen: dict[str, int] | None = None
        self.connected = False
        self.dropped = 0
        self.streams: set[Stream] = set()
        self.residents: dict[Household, set[ResidentStream]] = {}

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """End the thread; it notices within a second."""
        self._stop.set()
        self._thread.join(timeout=5)

    def when_events_come(self, call: Callable[[], None]) -> None:
        """Have `call` called, from the feed's thread, after each batch of events."""
        self._on_events.append(call)

    def end_streams(self) -> None:
        """End every open stream, as the server is going away. On the event loop."""
        for stream in self.streams:
            stream.end()
        for opened in self.residents.values():
            for resident in opened:
                resident.end()

    def _run(self) -> None:
        backoff = Backoff(longest_s=_LONGEST_RETRY_S)
        while not self._stop.is_set():
            try:
                with connect(self._dsn, name="live", autocommit=True) as db:
                    events.listen(db)
                    self._resume(db)
                    backoff.reset()
                    self._follow(db)
            except LOST as lost:
                log.warning("live_connection_lost", reason=str(lost).strip())
            except Exception:
                log.exception("live_feed_failed")
            self.connected = False
            self._stop.wait(backoff.next_s())

    def _resume(self, db: Connection) -> None:
        heads = events.heads(db)
        if self._read is None:
            self._read = heads
            self._call(self._begin, dict(heads))
        elif back := [e for e, seq in self._read.items() if heads.get(e, 0) < seq]:
            log.warning("events_went_back", estates=back)
            self._read = heads
            self._call(self._restart, dict(heads))
        self._progress.advance(commands.read_upto(db))
        self.connected = True

    def _follow(self, db: Connection) -> None:
        announced: set[str] = set()
        while not self._stop.is_set():
            self._catch_up(db, announced)
            announced.clear()
            for payload in events.announcements(db, within_s=_POLL_S):
                try:
                    said = msgspec.json.decode(payload, type=Announcement)
                except msgspec.MsgspecError as unreadable:
                    log.warning("announcement_unreadable", payload=payload, reason=str(unreadable))
                    continue
                announced.add(said.estate)
                self._progress.advance({said.estate: said.commands_upto})

    def _catch_up(self, db: Connection, announced: set[str]) -> None:
        """Read what is new of the estates `announced`; of all where none was."""
        assert self._read is not None
        while found := events.after(db, self._read, limit=_AT_ONCE, only=announced or None):
            self._read |= {event.estate: event.seq for event in found}
            self._call(self._publish, [encode(event) for event in found])
            for call in self._on_events:
                call()

    def _call(self, method: Callable[[Value], None], value: Value) -> None:
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(method, value)

    def _begin(self, heads: dict[str, int]) -> None:
        self.seen = heads

    def _restart(self, heads: dict[str, int]) -> None:
        """The database was replaced by an older one: every stream must start anew."""
        self.seen = heads
        for stream in self.streams:
            stream.missed = True
            stream.end()

    def _publish(self, batch: list[Encoded]) -> None:
        assert self.seen is not None
        self.seen |= {event.estate: event.seq for event in batch}
        for stream in self.streams:
            was_ended = stream.ended
            stream.offer(batch)
            self.dropped += stream.missed and not was_ended
        for estate, household in {e.touches for e in batch if e.touches}:
            if household is not None:
                opened = self.residents.get((estate, household), set())
            else:
                opened = {p for key, of in self.residents.items() if key[0] == estate for p in of}
            for resident in opened:
                resident.wake()
