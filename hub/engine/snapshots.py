"""Snapshots, written by a copy of the engine's process while the engine itself goes on.

A copy shares its memory until either of them writes there, so that making one takes a few
milliseconds and shows every estate as it was after one batch.
"""

import gc
import os
import signal
import time
import traceback
from collections.abc import Collection
from typing import NoReturn, Self

import structlog

from hub.engine.estate_engine import EstateEngine
from store.database.connection import connect

log = structlog.get_logger(__name__)

_NICE = 10
"""The copy has time: a reading that comes in meanwhile has not."""


_PATIENCE_S = 300.0
"""A copy that writes for so many seconds has come to a standstill, and is ended."""


class Snapshots:
    """The writing of snapshots, at most one copy at a time; leaving the context ends it.

    What a copy had not committed when it ended was never there: the snapshot before stands.
    """

    def __init__(self, dsn: str, *, patience_s: float = _PATIENCE_S) -> None:
        self._dsn = dsn
        self._patience_s = patience_s
        self._pid = 0
        self._begun_s = 0.0
        self._writing: list[tuple[EstateEngine, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            self._end()

    def take(self, engines: Collection[EstateEngine]) -> None:
        """Have the estates that have moved on written as they are now.

        Does nothing while those of the last time are still being written.
        """
        if self._pid and not self._has_ended(os.WNOHANG):
            log.warning("snapshots_are_slow", pid=self._pid)
            if time.monotonic() - self._begun_s < self._patience_s:
                return
            self._end()
        moved = [engine for engine in engines if engine.batch_no != engine.kept_no]
        if not moved:
            return
        try:
            self._pid = os.fork()
        except OSError as error:  # no memory, or too many processes: next time
            log.error("snapshots_failed", error=str(error))
            return
        if not self._pid:
            _write(self._dsn, moved)
        self._begun_s = time.monotonic()
        self._writing = [(engine, engine.batch_no) for engine in moved]

    def wait(self) -> None:
        """Until what is being written is."""
        if self._pid:
            self._has_ended(0)

    def _end(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self.wait()

    def _has_ended(self, options: int) -> bool:
        pid, status = os.waitpid(self._pid, options)
        if not pid:
            return False
        self._pid = 0
        if status:
            log.error("snapshots_failed", status=os.waitstatus_to_exitcode(status))
        else:
            for engine, no in self._writing:
                engine.kept_no = no
        return True


def _write(dsn: str, engines: Collection[EstateEngine]) -> NoReturn:
    """All that the copy does. The engine's sockets are its own: with it they must be gone."""
    status = 1
    try:
        gc.disable()
        os.nice(_NICE)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        with connect(dsn, name="snapshots", autocommit=True) as db:
            for engine in engines:
                engine.keep(db)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
