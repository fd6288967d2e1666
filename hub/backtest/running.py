"""A whole backtest: the work cut into pieces, judged by processes, and added up."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized

from hub.backtest.errors import Interrupted, NothingRecorded
from hub.backtest.job import Job
from hub.backtest.orphans import end_with_parent
from hub.backtest.report import Part, Report, RuleReport
from hub.backtest.worker import Worker, slices
from rules.vocabulary.instant import to_rfc3339
from rules.watching.backtest import Group
from store.database.connection import LOST

FEW_POINTS = 20
"""So little is judged sooner here than a process starts."""

TELL_S = 0.5
"""How often it is told how far the processes are."""

Told = Callable[[int, int], None]
"""How much of the work is done, and of how much: points times parts of the time."""


def _untold(_done: int, _total: int) -> None:
    """Nobody waits."""


def run(job: Job, *, processes: int, told: Told = _untold) -> Report:
    """Judge the job with so many processes.

    Raises NothingRecorded: no reading in the period. Raises Interrupted: the database or a
    process went away.
    """
    begun = time.monotonic()
    found = job.groups()
    points = sum(len(group.points) for group in found)
    report = Report(job.estate, job.from_at, job.to_at, _rules(job, found), [])
    pieces = _pieces(found, 1 if points <= FEW_POINTS else processes)
    total = points * len(slices(job))
    try:
        for part in _parts(job, pieces, lambda done: told(done, total)):
            report.take(part)
    except LOST as lost:
        raise Interrupted(
            f"the database does not answer ({str(lost).strip()}); try again"
        ) from lost
    except BrokenProcessPool as broken:
        raise Interrupted(
            "a process of the backtest ended early, perhaps for want of memory; "
            "try a shorter period"
        ) from broken
    if report.readings == 0:
        raise NothingRecorded(
            f"from {to_rfc3339(job.from_at)} to {to_rfc3339(job.to_at)}: no reading of the "
            f"{points} points that the rules read is recorded; choose another period"
        )
    report.sort()
    report.took_s = round(time.monotonic() - begun, 2)
    return report


def _rules(job: Job, found: list[Group]) -> dict[str, RuleReport]:
    rules = {
        rule.id: RuleReport(rule.id, rule.name, rule.id not in job.rulebook.rules)
        for rule in job.tried
    }
    for group in found:
        for watch, is_tried in group.watches:
            rules[watch.rule.id].count.devices += is_tried
    return rules


def _pieces(found: list[Group], processes: int) -> list[list[int]]:
    """Numbers of groups by process, so that each gets about as many points."""
    pieces: list[list[int]] = [[] for _ in range(min(processes, len(found)))]
    loads = [0] * len(pieces)
    for number in sorted(range(len(found)), key=lambda n: -len(found[n].points)):
        least = loads.index(min(loads))
        pieces[least].append(number)
        loads[least] += len(found[number].points)
    return pieces


def _parts(job: Job, pieces: list[list[int]], told: Callable[[int], None]) -> Iterator[Part]:
    context = get_context("spawn")
    done = context.Value("q", 0)
    if len(pieces) == 1:
        yield Worker(job).judge(pieces[0], lambda points: told(_added(done, points)))
        return
    with ProcessPoolExecutor(
        len(pieces), mp_context=context, initializer=_begin, initargs=(job, done)
    ) as pool:
        waiting = {pool.submit(_judge, piece) for piece in pieces}
        while waiting:
            ended, waiting = wait(waiting, timeout=TELL_S, return_when=FIRST_COMPLETED)
            told(done.value)
            yield from (future.result() for future in ended)


def _added(done: "Synchronized[int]", points: int) -> int:
    with done.get_lock():
        done.value += points
        return done.value


_worker: Worker
_done: "Synchronized[int]"


def _begin(job: Job, done: "Synchronized[int]") -> None:
    """Make the worker of this process."""
    global _worker, _done
    end_with_parent()
    _worker, _done = Worker(job), done


def _judge(piece: list[int]) -> Part:
    return _worker.judge(piece, lambda points: _added(_done, points))
