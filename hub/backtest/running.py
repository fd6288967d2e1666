"""A whole backtest: the work cut into pieces, judged by processes, and added up."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from hub.backtest.errors import Interrupted, NothingRecorded
from hub.backtest.job import Job
from hub.backtest.orphans import end_with_parent
from hub.backtest.report import Part, Report, RuleReport
from hub.backtest.worker import Worker
from rules.backtest import Group
from rules.instant import to_rfc3339
from store.connection import LOST

PIECES = 12
"""For each process: enough that none waits long for the last one."""

MOST_POINTS = 100
"""In one piece of single points, so that progress is seen."""

FEW_POINTS = 20
"""So little is judged sooner here than a process starts."""

Told = Callable[[int, int], None]
"""How many points are done, and of how many."""


def _untold(_done: int, _total: int) -> None:
    """Nobody waits."""


def run(job: Job, *, processes: int, told: Told = _untold) -> Report:
    """Judge the job with so many processes.

    Raises NothingRecorded: no reading in the period. Raises Interrupted: the database or a
    process went away.
    """
    begun = time.monotonic()
    found = job.groups()
    total = sum(len(group.points) for group in found)
    report = Report(job.estate, job.from_at, job.to_at, _rules(job, found), [])
    try:
        for part in _parts(job, _pieces(found, processes), 1 if total <= FEW_POINTS else processes):
            report.take(part)
            told(report.points, total)
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
            f"{total} points that the rules read is recorded; choose another period"
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
    """Numbers of groups that are judged together: each large one alone, and singles in packs."""
    large = [n for n, group in enumerate(found) if len(group.points) > 1]
    large.sort(key=lambda n: -len(found[n].points))
    singles = [n for n, group in enumerate(found) if len(group.points) == 1]
    size = min(MOST_POINTS, -(-len(singles) // (processes * PIECES)) or 1)
    packs = [singles[n : n + size] for n in range(0, len(singles), size)]
    return [[n] for n in large] + packs


def _parts(job: Job, pieces: list[list[int]], processes: int) -> Iterator[Part]:
    if processes == 1:
        worker = Worker(job)
        yield from (worker.judge(piece) for piece in pieces)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(job,)
    ) as pool:
        try:
            for done in as_completed([pool.submit(_judge, piece) for piece in pieces]):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_worker: Worker


def _begin(job: Job) -> None:
    """Make the worker of this process."""
    global _worker
    end_with_parent()
    _worker = Worker(job)


def _judge(piece: list[int]) -> Part:
    return _worker.judge(piece)
