"""Backtests on behalf of people at a console: one at a time, in a process of its own.

What is known of them is kept in the memory of the hub process that began them: a restart forgets
them, and another hub process does not know them. They are an experiment, never a record.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from secrets import token_hex
from typing import Any, Literal

from hub.backtest.errors import BacktestError
from hub.backtest.job import Job
from hub.backtest.orphans import end_with_parent
from hub.backtest.report import as_data
from hub.backtest.running import run
from rules.vocabulary.instant import Instant

PROCESSES = min(2, os.cpu_count() or 1)
NICENESS = 10
"""An experiment gives way to the engine and the gateway."""

LONGEST_S = 600.0
"""A run that takes longer is ended."""

MOST_DIFFERENCES = 500
"""In an answer; all of them are counted."""

KEPT = 10
"""So many runs are remembered, the last ones."""

State = Literal["running", "done", "failed", "cancelled"]


class Busy(BacktestError):
    """Another backtest runs; one at a time."""

    field = "estate"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backtest is: `done` of `total`, and in the end its report or its error."""

    id: str
    estate: str
    rules: list[str]
    from_at: Instant
    to_at: Instant
    state: State = "running"
    done: int = 0
    total: int = 0
    error: str = ""
    report: dict[str, Any] | None = None


class Backtests:
    """The hub's backtests, for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Progress] = OrderedDict()
        self._running: tuple[str, BaseProcess] | None = None

    def start(self, job: Job) -> Progress:
        """Begin a run and give its first progress. Raises Busy."""
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        begun = Progress(
            token_hex(8), job.estate, [rule.id for rule in job.tried], job.from_at, job.to_at
        )
        with self._lock:
            if self._running is not None:
                running = self._known[self._running[0]]
                raise Busy(
                    f"a backtest of {', '.join(running.rules)} runs on this hub; wait for it, "
                    "or cancel it"
                )
            process = context.Process(target=_work, args=(job, theirs), name="backtest")
            process.start()
            self._running = (begun.id, process)
            self._known[begun.id] = begun
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        theirs.close()
        threading.Thread(target=self._follow, args=(begun.id, process, ours), daemon=True).start()
        return begun

    def progress(self, id_: str) -> Progress | None:
        """What is known of a run; None: nothing (any more)."""
        return self._known.get(id_)

    def cancel(self, id_: str) -> Progress | None:
        """End a run that still goes on; one that has ended stays as it is."""
        with self._lock:
            if self._running is not None and self._running[0] == id_:
                self._known[id_] = replace(self._known[id_], state="cancelled")
                self._running[1].kill()
        return self.progress(id_)

    def stop(self) -> None:
        """End the run that goes on, as the hub does."""
        with self._lock:
            running = self._running
        if running is not None:
            self.cancel(running[0])
            running[1].join()

    def _follow(self, id_: str, process: BaseProcess, ours: Connection) -> None:
        """Take in what the process tells until it has ended, or has taken too long."""
        expiry = threading.Timer(LONGEST_S, self._expire, args=(id_, process))
        expiry.daemon = True
        expiry.start()
        with ours, suppress(EOFError, OSError):
            while True:
                self._note(id_, ours.recv())
        expiry.cancel()
        process.join()
        self._note(id_, {"state": "failed", "error": "its process ended early; see the hub's log"})
        with self._lock:
            self._running = None

    def _expire(self, id_: str, process: BaseProcess) -> None:
        error = f"it took longer than {LONGEST_S:g} s; try a shorter period or fewer rules"
        self._note(id_, {"state": "failed", "error": error})
        process.kill()

    def _note(self, id_: str, news: dict[str, Any]) -> None:
        """Add what has become known; a run that has ended stays as it is."""
        with self._lock:
            if self._known[id_].state == "running":
                self._known[id_] = replace(self._known[id_], **news)


def _work(job: Job, theirs: Connection) -> None:
    """The process: tells how far it is, then the report or what went wrong."""
    end_with_parent()
    os.nice(NICENESS)
    tell: Callable[[dict[str, Any]], None] = theirs.send
    try:
        report = run(
            job,
            processes=PROCESSES,
            told=lambda done, total: tell({"done": done, "total": total}),
        )
        tell({"state": "done", "report": as_data(report, most=MOST_DIFFERENCES)})
    except BacktestError as error:
        tell({"state": "failed", "error": str(error)})
