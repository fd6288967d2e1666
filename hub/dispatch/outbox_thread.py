"""A thread that serves the outbox: through every fault, until it is told to stop."""

import threading
from abc import ABC, abstractmethod

import structlog
from psycopg_pool import PoolTimeout

from store.database.connection import LOST

log = structlog.get_logger(__name__)

_POLL_S = 1.0
_PAUSE_AFTER_FAULT_S = 2.0


class OutboxThread(ABC):
    """Calls `dispatch` while that finds something, then whenever it is woken, or once a second."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._due = threading.Event()

    @abstractmethod
    def dispatch(self) -> int:
        """Serve one batch of what is due; gives how many rows that was."""

    def wake(self) -> None:
        """Look at the outbox now: something was written to it."""
        self._due.set()

    def run(self, stop: threading.Event) -> None:
        """Dispatch until `stop` is set, through every fault and loss of the database."""
        while not stop.is_set():
            try:
                busy = self.dispatch()
            except (*LOST, PoolTimeout) as lost:
                log.warning("dispatch_waits", channel=self._name, reason=str(lost).strip())
                stop.wait(_PAUSE_AFTER_FAULT_S)
                continue
            except Exception:
                log.exception("dispatch_failed", channel=self._name)
                stop.wait(_PAUSE_AFTER_FAULT_S)
                continue
            if not busy:
                self._due.wait(_POLL_S)
                self._due.clear()
