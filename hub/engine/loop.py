"""The engine's loop: own estates, drain them in turn, survive the database going away."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog

from hub.engine.estate_engine import EstateEngine
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import SECOND, Instant
from store.database.backoff import Backoff
from store.database.connection import LOST, Connection, connect
from store.engine import batches

log = structlog.get_logger(__name__)

OWN_EVERY = 2 * SECOND
IDLE_S = 1.0
"""Longest sleep, in seconds: also how soon a lost wake-up is made good."""

_LONGEST_RETRY_S = 5.0

OnIdle = Callable[[Instant, Mapping[str, Instant]], None]
"""Told that all that was there or due at an instant is done, and each estate's next deadline."""


def run(
    dsn: str,
    rulebook: Rulebook,
    *,
    clock: Callable[[], Instant],
    stop: threading.Event,
    on_ready: Callable[[], None],
    on_idle: OnIdle = lambda _at, _dues: None,
) -> None:
    """Be an engine until `stop` is set; `on_ready` is called whenever the database answers,
    `on_idle` whenever there is nothing left to do.

    Whatever happens to the connection, its locks and the state in memory go with it: everything
    is read again from what was recorded.
    """
    backoff = Backoff(longest_s=_LONGEST_RETRY_S)
    while not stop.is_set():
        try:
            with connect(dsn, name="engine", autocommit=True) as db:
                batches.listen(db)
                on_ready()
                backoff.reset()
                _drain(db, rulebook, clock, stop, on_idle)
        except LOST as error:
            retry_s = backoff.next_s()
            log.warning("database_lost", error=str(error).strip(), retry_s=round(retry_s, 1))
            stop.wait(retry_s)


def _drain(
    db: Connection,
    rulebook: Rulebook,
    clock: Callable[[], Instant],
    stop: threading.Event,
    on_idle: OnIdle,
) -> None:
    engines: dict[str, EstateEngine] = {}
    own_at: Instant = 0
    while not stop.is_set():
        now = clock()
        if now >= own_at:
            own_at = now + OWN_EVERY
            for estate_id in batches.estates(db):
                if estate_id not in engines and batches.own(db, estate_id):
                    with _contained(estate_id, engines):
                        engines[estate_id] = EstateEngine(db, estate_id, rulebook, clock)
        busy = False
        for estate_id, engine in list(engines.items()):
            with _contained(estate_id, engines):
                busy |= engine.advance()
        if not busy:
            dues = {estate_id: engine.next_due() for estate_id, engine in engines.items()}
            on_idle(now, dues)
            batches.wait(db, within_s=_sleep_s(dues, clock()))


@contextmanager
def _contained(estate_id: str, engines: dict[str, EstateEngine]) -> Iterator[None]:
    """A fault in one estate drops its state, to be restored later; the others go on."""
    try:
        yield
    except LOST:
        raise
    except Exception:
        engines.pop(estate_id, None)
        log.exception("estate_dropped", estate=estate_id, retry_s=OWN_EVERY / SECOND)


def _sleep_s(dues: Mapping[str, Instant], now: Instant) -> float:
    due = min(dues.values(), default=now + SECOND)
    return min(max((due - now) / SECOND, 0.001), IDLE_S)
