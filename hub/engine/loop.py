"""The engine's loop: own estates, drain them in turn, survive the database going away."""

import random
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import structlog

from hub.clock import CheckedClock, Clock, ClockAhead, monotonic_clock
from hub.engine.estate_engine import EstateEngine
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import Fault
from rules.vocabulary.instant import SECOND, Instant
from store.database.clock import database_clock
from store.database.connection import LOST, Connection, connect
from store.engine import batches, inbox

log = structlog.get_logger(__name__)

OWN_EVERY = 2 * SECOND
IDLE_S = 1.0
"""Longest sleep, in seconds: also how soon a lost wake-up is made good."""

_RETRY_FIRST_S, _RETRY_MOST_S = 0.2, 5.0
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
    on_idle: OnIdle = lambda _at, _dues: None,
    monotonic: Clock = monotonic_clock,
    measure: Callable[[Connection], Instant] = database_clock,
) -> None:
    """Be an engine until `stop` is set; `on_ready` is called whenever the database answers,
    `on_idle` whenever there is nothing left to do.

    Whatever happens to the connection, its locks and the state in memory go with it: everything
    is read again from what was recorded. While `clock` is ahead of what `measure` asks of the
    database, there is no connection: who has a right clock may take the estates over.
    """
    pause_s, is_refused = _RETRY_FIRST_S, False
    while not stop.is_set():
        try:
            with connect(dsn, name="engine", autocommit=True) as db:
                batches.listen(db)
                on_ready()
                pause_s = _RETRY_FIRST_S
                checked = CheckedClock(clock, monotonic, partial(measure, db))
                try:
                    checked()
                    is_refused = False
                    _drain(db, rulebook, checked, monotonic, stop, on_idle)
                except ClockAhead as ahead:
                    if not is_refused:
                        _tell(db, ahead, at=measure(db))
                    is_refused = True
            if is_refused:
                stop.wait(_REFUSED_S)
        except LOST as error:
            log.warning("database_lost", error=str(error).strip(), retry_s=round(pause_s, 1))
            stop.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause_s = min(pause_s * 2, _RETRY_MOST_S)


def _drain(
    db: Connection,
    rulebook: Rulebook,
    clock: Clock,
    monotonic: Clock,
    stop: threading.Event,
    on_idle: OnIdle,
) -> None:
    engines: dict[str, EstateEngine] = {}
    own_at = monotonic()
    while not stop.is_set():
        now = clock()
        if monotonic() >= own_at:
            own_at = monotonic() + OWN_EVERY
            for estate_id in batches.estates(db):
                if estate_id not in engines and batches.own(db, estate_id):
                    with _contained(estate_id, engines):
                        engines[estate_id] = EstateEngine(db, estate_id, rulebook, clock, monotonic)
        busy = False
        for estate_id, engine in list(engines.items()):
            with _contained(estate_id, engines):
                busy |= engine.advance()
        if not busy:
            on_idle(now, {estate_id: engine.next_due() for estate_id, engine in engines.items()})
            batches.wait(db, within_s=_sleep_s(engines.values()))


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
            inbox.append(db, estate_id=estate_id, lane=0, kind="fault", body=fault, at=at)


@contextmanager
def _contained(estate_id: str, engines: dict[str, EstateEngine]) -> Iterator[None]:
    """A fault in one estate drops its state, to be restored later; the others go on."""
    try:
        yield
    except (*LOST, ClockAhead):
        raise
    except Exception:
        engines.pop(estate_id, None)
        log.exception("estate_dropped", estate=estate_id, retry_s=OWN_EVERY / SECOND)


def _sleep_s(engines: Iterable[EstateEngine]) -> float:
    due_in = min((engine.due_in() for engine in engines), default=SECOND)
    return min(max(due_in / SECOND, 0.001), IDLE_S)
