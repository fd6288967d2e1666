"""The database's own clock: the one that all processes have in common."""

from collections.abc import Callable

from rules.vocabulary.instant import MINUTE, SECOND, Instant, from_datetime
from store.database.connection import Connection

_LOOK_EVERY = MINUTE
_STEP = SECOND
"""By less the time is not set: it would go back and forth with what each look costs."""


def database_clock(db: Connection) -> Instant:
    """What the database's clock shows now, within a transaction too."""
    (row,) = db.execute("SELECT clock_timestamp()").fetchall()
    return from_datetime(row[0])


class DatabaseTime:
    """The database's time, carried on by `monotonic` between two looks by `measure`.

    Nothing depends on how the machine's own clock was set. `epoch` is the time at which
    `monotonic` would have shown zero; it stays over a lost connection, so that what is tried
    again has the times it had before.
    """

    def __init__(
        self, measure: Callable[[Connection], Instant], monotonic: Callable[[], Instant]
    ) -> None:
        self._measure = measure
        self._monotonic = monotonic
        self._looked_at: Instant | None = None
        self.epoch: Instant = 0

    def now(self, db: Connection) -> Instant:
        """The time, after a look where the last was a minute ago."""
        if self._looked_at is None or self._monotonic() - self._looked_at >= _LOOK_EVERY:
            epoch = self._measure(db) - self._monotonic()
            if abs(epoch - self.epoch) > _STEP:
                self.epoch = epoch
            self._looked_at = self._monotonic()
        return self.epoch + self._monotonic()

    def since(self, arrived: Instant) -> Instant:
        """Microseconds since `monotonic` showed `arrived`."""
        return self._monotonic() - arrived
