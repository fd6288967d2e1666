"""The engine's loop: own estates, drain them in turn, survive the database going away."""

import socket
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import structlog

from hub.clock import CheckedClock, Clock, ClockAhead, monotonic_clock
from hub.engine.estate_engine import EstateEngine
from hub.engine.snapshots import Snapshots
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import Fault
from rules.vocabulary.instant import SECOND, Instant
from store.database.backoff import Backoff
from store.database.clock import database_clock
from store.database.connection import LOST, Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane

log = structlog.get_logger(__name__)

LOOK_EVERY = 2 * SECOND
"""How often estates are taken over that have no engine, and lost wake-ups made good."""
SNAPSHOT_EVERY = 30 * SECOND
"""How often what has moved on is kept, so that a restart has little to step again."""
IDLE_S = 1.0
"""Longest sleep, in seconds."""

_LONGEST_RETRY_S = 5.0
_REFUSED_S = 1.0
"""How long, in seconds, a clock that is refused is left alone."""

OnIdle = Callable[[Instant, Mapping[str, Instant]], None]
"""Told that all that was there or due at an instant is done, and each estate's next deadline."""


def run(
    dsn: str,
    rulebook: Rulebook,
    *,
    clock: Clock,
    stop: threading.Event,
    on_ready: Callable[[], None],
    on_idle: OnIdle | None = None,
    monotonic: Clock = monotonic_clock,
    measure: Callable[[Connection], Instant] = database_clock,
) -> None:
    """Be an engine until `stop` is set; `on_ready` is called whenever the database answers,
    `on_idle` whenever there is nothing left to do, for which every inbox is looked at.

    Whatever happens to the connection, its locks and the state in memory go with it: everything
    is read again from what was recorded. While `clock` is ahead of what `measure` asks of the
    database, there is no connection: who has a right clock may take the estates over.
    """
    backoff, is_refused = Backoff(longest_s=_LONGEST_RETRY_S), False
    while not stop.is_set():
        try:
            with connect(dsn, name="engine", autocommit=True) as db, Snapshots(dsn) as snapshots:
                batches.listen(db)
                on_ready()
                backoff.reset()
                checked = CheckedClock(clock, monotonic, partial(measure, db))
                try:
                    checked()
                    is_refused = False
                    _drain(db, rulebook, checked, monotonic, stop, on_idle, snapshots)
                except ClockAhead as ahead:
                    if not is_refused:
                        _tell(db, ahead, at=measure(db))
                    is_refused = True
            if is_refused:
                stop.wait(_REFUSED_S)
        except LOST as error:
            retry_s = backoff.next_s()
            log.warning("database_lost", error=str(error).strip(), retry_s=round(retry_s, 1))
            stop.wait(retry_s)


def _drain(
    db: Connection,
    rulebook: Rulebook,
    clock: Clock,
    monotonic: Clock,
    stop: threading.Event,
    on_idle: OnIdle | None,
    snapshots: Snapshots,
) -> None:
    estates = _Estates(db, rulebook, clock, monotonic)
    look_at = snapshot_at = monotonic()
    while not stop.is_set():
        now = clock()
        if monotonic() >= look_at:
            look_at = monotonic() + LOOK_EVERY
            if estates.own():
                snapshot_at = monotonic()
            estates.look()
        busy = estates.advance() or (on_idle is not None and estates.look())
        if not busy and on_idle is not None:
            on_idle(now, estates.dues())
        if monotonic() >= snapshot_at:
            snapshot_at = monotonic() + SNAPSHOT_EVERY
            snapshots.take(estates.engines())
        sleep_s = 0.0 if busy else estates.sleep_s()
        estates.wake(batches.woken(db, within_s=sleep_s))


class _Estates:
    """Those that `db` owns, and who of them was woken.

    A turn costs the database nothing for an estate that is neither woken nor due.
    """

    def __init__(self, db: Connection, rulebook: Rulebook, clock: Clock, monotonic: Clock) -> None:
        self._db = db
        self._rulebook = rulebook
        self._clocks = clock, monotonic
        self._engines: dict[str, EstateEngine] = {}
        self._woken: set[str] = set()

    def own(self) -> bool:
        """Become the engine of every estate that has none; False: every one has."""
        known = len(self._engines)
        for estate_id in batches.estates(self._db):
            if estate_id not in self._engines and batches.own(self._db, estate_id):
                with self._contained(estate_id):
                    engine = EstateEngine(self._db, estate_id, self._rulebook, *self._clocks)
                    self._engines[estate_id] = engine
                    self._woken.add(estate_id)
        return len(self._engines) > known

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
        busy = False
        due = {estate_id for estate_id, engine in self._engines.items() if engine.due_in() <= 0}
        for estate_id in self._woken | due:
            with self._contained(estate_id):
                engine = self._engines[estate_id]
                if engine.advance():
                    busy = True
                else:
                    self._woken.discard(estate_id)
        return busy

    def engines(self) -> Collection[EstateEngine]:
        """One for each that is owned."""
        return self._engines.values()

    def dues(self) -> dict[str, Instant]:
        """Each estate's next deadline."""
        return {estate_id: engine.next_due() for estate_id, engine in self._engines.items()}

    def sleep_s(self) -> float:
        """How long, in seconds, until the first is due; a moment at least, `IDLE_S` at most."""
        due_in = min((engine.due_in() for engine in self._engines.values()), default=SECOND)
        return min(max(due_in / SECOND, 0.001), IDLE_S)

    def _is_behind(self, estate_id: str, lane: int, seq: int) -> bool:
        engine = self._engines.get(estate_id)
        return engine is not None and engine.is_behind(lane, seq)

    @contextmanager
    def _contained(self, estate_id: str) -> Iterator[None]:
        """A fault in one estate gives it up, to be owned again later; the others go on."""
        try:
            yield
        except (*LOST, ClockAhead):
            raise
        except Exception:
            self._engines.pop(estate_id, None)
            self._woken.discard(estate_id)
            batches.give_up(self._db, estate_id)
            log.exception("estate_dropped", estate=estate_id, retry_s=LOOK_EVERY / SECOND)


def _tell(db: Connection, ahead: ClockAhead, *, at: Instant) -> None:
    """A clock that is refused is a system alarm of every estate."""
    log.error("clock_refused", ahead_s=ahead.by // SECOND)
    host = socket.gethostname()
    fault = Fault(
        id=f"clock_refused/{host}",
        detail=f"the engine on {host} decides nothing: {ahead}",
    )
    with db.transaction():
        for estate_id in batches.estates(db):
            inbox.append(
                db, estate_id=estate_id, lane=Lane.COMMANDS, kind="fault", body=fault, at=at
            )
