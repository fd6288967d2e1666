"""Open streams on the event loop: events that wait for a console, wake-ups for a resident's page.

A stream that does not keep up is told of a gap and dropped; nothing is buffered without end.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

MOST_QUEUED = 2_000
"""Events that may wait for one stream before it is dropped."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event as its bytes in the stream but for the id, and whose resident page it may change.

    `touches`: an estate and a household, or every household of the estate where that is None.
    `surprise`: of a drill that the staff are not to know of.
    """

    estate: str
    seq: int
    data: bytes
    touches: tuple[str, str | None] | None
    surprise: bool = False


class Stream:
    """One client's events that are still to be sent, of one estate or of all.

    Lives on the event loop.
    """

    def __init__(self, estate: str | None = None, most: int = MOST_QUEUED) -> None:
        self.only = None if estate is None else frozenset({estate})
        self._most = most
        self._waiting: deque[Encoded] = deque()
        self._changed = asyncio.Event()
        self.ended = False
        self.missed = False

    def offer(self, batch: Sequence[Encoded]) -> None:
        """Queue what it carries of a batch, or drop it with all that it holds: it is too slow."""
        batch = [event for event in batch if self.carries(event.estate)]
        if self.ended or not batch:
            return
        if len(self._waiting) + len(batch) > self._most:
            self._waiting.clear()
            self.missed = True
            self.end()
        else:
            self._waiting.extend(batch)
            self._changed.set()

    def carries(self, estate: str) -> bool:
        return self.only is None or estate in self.only

    def end(self) -> None:
        """No more events follow."""
        self.ended = True
        self._changed.set()

    async def take(self, *, within_s: float) -> list[Encoded]:
        """All that waits; empty when nothing came within `within_s` seconds, or at the end."""
        if not self._waiting and not self.ended:
            try:
                await asyncio.wait_for(self._changed.wait(), within_s)
            except TimeoutError:
                return []
        self._changed.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class ResidentStream:
    """Wakes a resident's stream to look again. Lives on the event loop."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.ended = False

    def wake(self) -> None:
        self._changed.set()

    def end(self) -> None:
        self.ended = True
        self._changed.set()

    async def wait(self, *, within_s: float) -> bool:
        """Whether something may have changed within `within_s` seconds."""
        try:
            await asyncio.wait_for(self._changed.wait(), within_s)
        except TimeoutError:
            return False
        self._changed.clear()
        return True
