"""The thread that reads messages and commits them, for ever trying until each is durable."""

import queue
import threading
from collections.abc import Callable

import psycopg
import structlog

from gateway import metrics
from gateway.commit import Receipt, commit
from gateway.errors import Unstorable
from gateway.intake import Intake, take
from gateway.message import Message
from gateway.registry import RegistryCache
from rules.estate.device_types import DeviceTypes
from rules.vocabulary.instant import SECOND
from store.database.backoff import Backoff
from store.database.clock import DatabaseTime
from store.database.connection import Connection, connect
from store.engine import inbox

log = structlog.get_logger(__name__)

Batch = list[Message]

_OF_THE_MESSAGE = (psycopg.DataError, psycopg.IntegrityError)
"""Database errors that another message would not have met."""


class Writer:
    """Takes batches from one thread by `submit` and gives each to `done` when it is durable.

    While a commit runs, what is submitted gathers into the next one. Batches come back in the
    order in which they were submitted. `connected` is called when the database first
    answers, `failed` if the thread ends by a defect.
    """

    def __init__(
        self,
        dsn: str,
        types: DeviceTypes,
        *,
        time: DatabaseTime,
        done: Callable[[Batch], None],
        connected: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self._dsn = dsn
        self._types = types
        self._time = time
        self._done = done
        self._connected = connected
        self._failed = failed
        self._submitted: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._db: Connection | None = None
        self._registry: RegistryCache | None = None
        self._online: dict[tuple[str, str], bool] = {}
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, batch: Batch) -> None:
        """Have `batch` committed. Its bound is the caller's: nothing is ever refused here."""
        self._submitted.put(batch)

    def is_life_safety(self, topic: str) -> bool:
        """Whether a life-safety device publishes to `topic`, as far as known; from any thread."""
        registry = self._registry
        source = registry.latest.by_topic.get(topic) if registry else None
        return source is not None and source.life_safety

    def stop(self) -> None:
        """Commit what was submitted, if the database answers, and end."""
        self._submitted.put(None)
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._await_database()
            while (batch := self._next()) is not None and self._store(batch, self._read):
                self._done(batch)
        except Exception:
            log.exception("writer_failed")
            self._failed()
        finally:
            self._disconnect()

    def _await_database(self) -> None:
        while not self._stopping.is_set():
            try:
                self._connection()
            except psycopg.Error as error:
                self._pause(error)
            else:
                self._backoff.reset()
                self._connected()
                return

    def _next(self) -> Batch | None:
        """All that is submitted by now, waiting for the first; None when there will be no more."""
        batch = self._submitted.get()
        if batch is None:
            return None
        while not self._submitted.empty():
            more = self._submitted.get()
            if more is None:
                self._submitted.put(None)
                break
            batch += more
        return batch

    def _store(self, batch: Batch, read: Callable[[Batch], Intake]) -> bool:
        """Make `batch` durable, whatever it takes; False: stopped without the database."""
        while True:
            try:
                self._commit(batch, read)
            except inbox.UnknownEstate:
                self._known().reload()
            except _OF_THE_MESSAGE as error:
                log.warning("batch_refused", messages=len(batch), error=str(error))
                return self._store_singly(batch, error)
            except psycopg.Error as error:
                self._pause(error)
                if self._stopping.is_set():
                    return False
            else:
                self._backoff.reset()
                return True

    def _pause(self, error: psycopg.Error) -> None:
        self._disconnect()
        retry_s = self._backoff.next_s()
        log.warning("database_lost", error=str(error).strip(), retry_s=round(retry_s, 2))
        self._stopping.wait(retry_s)

    def _store_singly(self, batch: Batch, error: psycopg.Error) -> bool:
        """The database refuses something in `batch`: the one message goes to the dead letters."""
        if len(batch) > 1:
            return all(self._store([message], self._read) for message in batch)

        def refuse(messages: Batch) -> Intake:
            intake = Intake(self._time.epoch)
            intake.refuse(messages[0], Unstorable(f"database: {error}; report this defect"))
            return intake

        return self._store(batch, refuse)

    def _commit(self, batch: Batch, read: Callable[[Batch], Intake]) -> None:
        with metrics.COMMIT_S.time():
            db = self._connection()
            now = self._time.now(db)
            intake = read(batch)
            receipt = commit(db, intake, now=now)
        for estate, status in intake.statuses:
            self._online[estate, status.device] = status.online
        _count(batch, receipt)
        metrics.LAG_S.set(self._time.since(batch[0].arrived) / SECOND)

    def _read(self, batch: Batch) -> Intake:
        return take(batch, self._known().current(), self._online, epoch=self._time.epoch)

    def _known(self) -> RegistryCache:
        self._connection()
        assert self._registry is not None
        return self._registry

    def _connection(self) -> Connection:
        if self._db is None:
            self._db = connect(self._dsn, name="gateway", autocommit=True)
            self._registry = RegistryCache(self._db, self._types)
            self._online = {**self._registry.current().online, **self._online}
            metrics.DATABASE_UP.set(1)
            log.info("database_connected")
        return self._db

    def _disconnect(self) -> None:
        metrics.DATABASE_UP.set(0)
        if self._db is not None:
            self._db.close()
        self._db = self._registry = None


def _count(batch: Batch, receipt: Receipt) -> None:
    metrics.MESSAGES.inc(len(batch))
    metrics.BATCH_MESSAGES.observe(len(batch))
    metrics.READINGS.labels("live").inc(receipt.live)
    metrics.READINGS.labels("late").inc(receipt.late)
    metrics.REPEATED.inc(receipt.repeated)
    for message, reason in receipt.refused:
        metrics.DEAD_LETTERS.labels(reason).inc()
        log.debug("message_refused", topic=message.topic, reason=reason)
