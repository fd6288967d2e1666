"""One process's share of a backtest: readings through the groups that it is given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter

from hub.backtest.job import Job
from hub.backtest.report import Part
from rules.catalogue import device_types
from rules.vocabulary.instant import DAY, Instant
from rules.watching.backtest import Group, PointId, Sample, begins_from
from store.database.connection import connect
from store.readings import backtest as history
from store.readings.backtest import Series

SLICE = DAY
"""So much history of all points of a piece is in memory at once."""


class Worker:
    """Judges groups by their number; each group once."""

    def __init__(self, job: Job) -> None:
        """Raises psycopg.OperationalError: the database does not answer."""
        self._job = job
        self._groups = job.groups()
        self._states = sorted(
            {
                state
                for type_ in device_types().by_id.values()
                for signal in type_.signals.values()
                for state in signal.states
            }
        )
        self._db = connect(job.dsn, name="backtest", autocommit=True)
        history.prepare(self._db)

    def judge(self, numbers: Sequence[int], told: Callable[[int], object]) -> Part:
        """What the groups come to; `told` hears how many points are through another slice."""
        found = [self._groups[number] for number in numbers]
        points = [id_ for group in found for id_ in group.points]
        part = Part(points=len(points))
        heard: set[PointId] = set()
        for begins, ends in slices(self._job):
            series = history.series(
                self._db, estate=self._job.estate, points=points, states=self._states,
                from_at=begins, to_at=ends,
            )  # fmt: skip
            heard |= series.keys()
            for group in found:
                count = _take(group, series)
                part.readings += count if begins >= self._job.from_at else 0
            told(len(points))
        part.silent_points = len(points) - len(heard.intersection(points))
        for group in found:
            compared = group.end(self._job.to_at)
            part.compared += [d for d in compared if begins_from(d, self._job.from_at)]
            part.faults += group.faults
        return part


def slices(job: Job) -> list[tuple[Instant, Instant]]:
    """The warm-up, then the period, in parts that fit into memory."""
    spans = ((job.begins_at, job.from_at), (job.from_at, job.to_at))
    return [(at, min(at + SLICE, end)) for start, end in spans for at in range(start, end, SLICE)]


def _take(group: Group, series: Mapping[PointId, Series]) -> int:
    """Give the group its readings in order of time; how many they are."""
    heard = [(number, series[id_]) for number, id_ in enumerate(group.points) if id_ in series]
    if len(heard) > 1:
        group.take(_merged(heard))
    elif heard:
        number, only = heard[0]
        group.take(only.samples(number))
    return sum(len(one.times) for _, one in heard)


def _merged(heard: Sequence[tuple[int, Series]]) -> Iterator[Sample]:
    samples = [sample for number, one in heard for sample in one.samples(number)]
    samples.sort(key=itemgetter(0, 1))
    return iter(samples)
