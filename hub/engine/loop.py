"""The engine's loop: own estates, drain them in turn, survive the database going away."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import structlog

from hub.engine.estate_engine import EstateEngine
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import LOST, Connection, connect
from store.engine import batches

log = structlog.get_logger(__name__)

LOOK_EVERY = 2 * SECOND
"""How often estates are taken over that have no engine, and lost wake-ups made good."""
IDLE_S = 1.0
"""Longest sleep, in seconds."""

_RETRY_FIRST_S, _RETRY_MOST_S = 0.2, 5.0

OnIdle = Callable[[Instant, Mapping[str, Instant]], None]
"""Told that all that was there or due at an instant is done, and each estate's next deadline."""


def run(
    dsn: str,
    rulebook: Rulebook,
    *,
    clock: Callable[[], Instant],
    stop: threading.Event,
    on_ready: Callable[[], None],
    on_idle: OnIdle | None = None,
) -> None:
    """Be an engine until `stop` is set; `on_ready` is called whenever the database answers,
    `on_idle` whenever there is nothing left to do, for which every inbox is looked at.

    Whatever happens to the connection, its locks and the state in memory go with it: everything
    is read again from what was recorded.
    """
    pause_s = _RETRY_FIRST_S
    while not stop.is_set():
        try:
            with connect(dsn, name="engine", autocommit=True) as db:
                batches.listen(db)
                on_ready()
                pause_s = _RETRY_FIRST_S
                _drain(db, rulebook, clock, stop, on_idle)
        except LOST as error:
            log.warning("database_lost", error=str(error).strip(), retry_s=round(pause_s, 1))
            stop.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause_s = min(pause_s * 2, _RETRY_MOST_S)


def _drain(
    db: Connection,
    rulebook: Rulebook,
    clock: Callable[[], Instant],
    stop: threading.Event,
    on_idle: OnIdle | None,
) -> None:
    estates = _Estates(db, rulebook, clock)
    look_at: Instant = 0
    while not stop.is_set():
        now = clock()
        if now >= look_at:
            look_at = now + LOOK_EVERY
            estates.own()
            estates.look()
        busy = estates.advance() or (on_idle is not None and estates.look())
        if not busy and on_idle is not None:
            on_idle(now, estates.dues)
        sleep_s = 0.0 if busy else _sleep_s(estates.dues, clock())
        estates.wake(batches.woken(db, within_s=sleep_s))


class _Estates:
    """Those that `db` owns, who of them was woken, and when each is due unwoken.

    A turn costs the database nothing for an estate that is neither woken nor due.
    """

    def __init__(self, db: Connection, rulebook: Rulebook, clock: Callable[[], Instant]) -> None:
        self._db = db
        self._rulebook = rulebook
        self._clock = clock
        self._engines: dict[str, EstateEngine] = {}
        self._woken: set[str] = set()
        self.dues: dict[str, Instant] = {}

    def own(self) -> None:
        """Become the engine of every estate that has none."""
        for estate_id in batches.estates(self._db):
            if estate_id not in self._engines and batches.own(self._db, estate_id):
                with self._contained(estate_id):
                    engine = EstateEngine(self._db, estate_id, self._rulebook, self._clock)
                    self._engines[estate_id] = engine
                    self._woken.add(estate_id)

    def look(self) -> bool:
        """Wake whoever has entries to take, announced or not; False: nobody has."""
        heads = batches.heads(self._db)
        self.wake(e for e, lane, seq in heads if self._is_behind(e, lane, seq))
        return bool(self._woken)

    def wake(self, estate_ids: Iterable[str]) -> None:
        """Have these take what is in their inboxes, as far as they are ours."""
        self._woken |= self._engines.keys() & set(estate_ids)

    def advance(self) -> bool:
        """One batch for each that is woken or due; False: there was none to take."""
        now, busy = self._clock(), False
        for estate_id in self._woken | {e for e, due in self.dues.items() if due <= now}:
            with self._contained(estate_id):
                engine = self._engines[estate_id]
                if engine.advance():
                    busy = True
                else:
                    self._woken.discard(estate_id)
                self.dues[estate_id] = engine.next_due()
        return busy

    def _is_behind(self, estate_id: str, lane: int, seq: int) -> bool:
        engine = self._engines.get(estate_id)
        return engine is not None and engine.is_behind(lane, seq)

    @contextmanager
    def _contained(self, estate_id: str) -> Iterator[None]:
        """A fault in one estate drops its state, to be restored later; the others go on."""
        try:
            yield
        except LOST:
            raise
        except Exception:
            self._engines.pop(estate_id, None)
            self.dues.pop(estate_id, None)
            self._woken.discard(estate_id)
            log.exception("estate_dropped", estate=estate_id, retry_s=LOOK_EVERY / SECOND)


def _sleep_s(dues: Mapping[str, Instant], now: Instant) -> float:
    due = min(dues.values(), default=now + SECOND)
    return min(max((due - now) / SECOND, 0.001), IDLE_S)
