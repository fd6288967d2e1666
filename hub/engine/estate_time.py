"""What time it is for an estate, whatever is done to the clock."""

from hub.clock import Clock
from rules.vocabulary.instant import Instant
from store.engine.batches import Batch


class EstateTime:
    """The clock's time, but never before that of the newest batch, and never at a stand.

    Where a clock was wrong, or was set back, the batches are ahead of it. From there time runs on
    by what passes, a tenth slower: delays last a ninth longer, and the clock catches up.
    """

    def __init__(self, clock: Clock, monotonic: Clock, last: Batch) -> None:
        """`last` is the estate's newest batch, be it another engine's."""
        self._clock = clock
        self._monotonic = monotonic
        passed = clock() - (last.now - last.ahead)
        self._at = last.now + _slowed(max(passed, 0))
        self._since = self._read_at = monotonic()

    def read(self) -> tuple[Instant, Instant]:
        """The time, and by how many microseconds it is ahead of the clock."""
        clock, self._read_at = self._clock(), self._monotonic()
        now = max(clock, self._at + _slowed(self._read_at - self._since))
        return now, now - clock

    def keep(self, now: Instant) -> None:
        """A batch was recorded at `now`, which was read last: no time comes before it any more."""
        self._at, self._since = now, self._read_at


def _slowed(passed: Instant) -> Instant:
    return passed * 9 // 10
