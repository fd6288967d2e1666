"""One process's share of a backtest: readings through the groups that it is given."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from hub.backtest.job import Job
from hub.backtest.report import Part
from rules.backtest import Group, PointId, Sample, begins_from
from rules.catalogue import device_types
from rules.instant import DAY, HOUR, Instant
from store import backtest as history
from store.connection import connect

SLICE = 31 * DAY
"""So much history of one point is in memory at once; of points judged together, a share."""


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

    def judge(self, numbers: Sequence[int]) -> Part:
        """Several groups of one point each, or one group of any size."""
        found = [self._groups[number] for number in numbers]
        points = sum(len(group.points) for group in found)
        part = Part(points=points)
        heard: set[tuple[int, int]] = set()
        for begins, ends in self._slices(len(found[0].points)):
            counted = begins >= self._job.from_at
            if len(found) == points:
                part.readings += counted * self._take_singly(found, begins, ends, heard)
            else:
                part.readings += counted * self._take_together(found[0], begins, ends, heard)
        part.silent_points = points - len(heard)
        for group in found:
            compared = group.end(self._job.to_at)
            part.compared += [d for d in compared if begins_from(d, self._job.from_at)]
            part.faults += group.faults
        return part

    def _slices(self, points: int) -> Iterator[tuple[Instant, Instant]]:
        """The warm-up and the period, cut so that `points` together fit into memory."""
        job, width = self._job, max(HOUR, SLICE // points)
        for begins, ends in ((job.begins_at, job.from_at), (job.from_at, job.to_at)):
            for at in range(begins, ends, width):
                yield at, min(at + width, ends)

    def _take_singly(
        self, found: list[Group], begins: Instant, ends: Instant, heard: set[tuple[int, int]]
    ) -> int:
        """Each group has one point, so that its readings are in order as they come."""
        count = 0
        for series in self._series([group.points[0] for group in found], begins, ends):
            found[series.point].take(series.samples(0))
            heard.add((series.point, 0))
            count += len(series.times)
        return count

    def _take_together(
        self, group: Group, begins: Instant, ends: Instant, heard: set[tuple[int, int]]
    ) -> int:
        """Points that a watch compares: their readings are brought in one order of time."""
        samples: list[Sample] = []
        for series in self._series(group.points, begins, ends):
            samples += series.samples(series.point)
            heard.add((0, series.point))
        samples.sort(key=itemgetter(0, 1))
        group.take(samples)
        return len(samples)

    def _series(
        self, points: Sequence[PointId], begins: Instant, ends: Instant
    ) -> Iterator[history.Series]:
        return history.series(
            self._db,
            estate=self._job.estate,
            points=points,
            states=self._states,
            from_at=begins,
            to_at=ends,
        )
