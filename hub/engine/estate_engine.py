"""One owned estate: its state in memory, and the transaction that moves it forward."""

import structlog

from hub.clock import MOST_AHEAD, Clock, monotonic_clock
from hub.engine.estate_time import EstateTime
from hub.engine.fold import Difference, fold, run_batch
from hub.engine.rebuilt import Lost
from hub.versions.rulebook import adopt_shipped
from rules import snapshot
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import Fault
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import Connection
from store.engine import batches, inbox, projections
from store.engine.batches import Batch, Entry
from store.engine.inbox import Lane
from store.engine.projections import Caused

log = structlog.get_logger(__name__)

LIMITS = (200, 60, 20)
"""Most entries of each lane in one batch; a live entry holds up to a gateway's window."""

SNAPSHOT_EVERY = 30 * SECOND
SNAPSHOTS_KEPT = 3


class EstateEngine:
    """The engine of one estate. After an exception it is unusable: make a new one."""

    def __init__(
        self,
        db: Connection,
        estate_id: str,
        rulebook: Rulebook,
        clock: Clock,
        monotonic: Clock = monotonic_clock,
    ) -> None:
        """Restore the state, and see to it that the shipped `rulebook` is the estate's.

        Precondition: `db` owns the estate.
        """
        self.estate_id = estate_id
        self._db = db
        self._clock = clock
        folded = fold(db, estate_id, rulebook)
        self._state = folded.state
        self._last = folded.last
        self._time = EstateTime(clock, monotonic, folded.last)
        self._is_told_ahead = folded.last.ahead > MOST_AHEAD
        self._snapshot_at = folded.last.now
        if folded.difference is not None:
            self._snapshot_at = 0  # the next batch keeps what was put right
            self._report(folded.difference)
        if folded.lost is not None:
            self._begin_with(folded.lost)
        adopt_shipped(db, estate_id, rulebook, now=clock())
        log.info(
            "estate_owned",
            estate=estate_id,
            batch=folded.last.no,
            restepped=folded.batches,
            exact=folded.exact,
            rebuilt=folded.lost is not None and folded.lost.whole,
        )

    def next_due(self) -> Instant:
        """When a timer wants the next batch, if no input comes before."""
        return self._state.next_due()

    @property
    def devices_heard(self) -> int:
        return len(self._state.watches.points)

    def due_in(self) -> Instant:
        """Microseconds until then, as the estate's time runs; negative: it is late."""
        return self.next_due() - self._time.read()[0]

    def is_behind(self, lane: int, seq: int) -> bool:
        """Whether the entry `seq` of `lane` is still to be taken."""
        return seq > self._last.upto[lane]

    def advance(self) -> bool:
        """Take the next batch, if there is an input or a timer is due; False: nothing to do.

        Effects, checkpoint and outbox commit together. Raises psycopg.Error: the batch was not
        committed, or nobody knows; either way a new engine starts from what is recorded.
        """
        entries = batches.next_entries(self._db, self.estate_id, self._last.upto, LIMITS)
        now, ahead = self._time.read()
        self._tell_ahead(ahead)
        if not entries and self.next_due() > now:
            return False
        batch = Batch(self._last.no + 1, now, _upto(self._last.upto, entries), ahead)
        events = run_batch(self._state, entries, batch)
        commands = any(entry.lane == Lane.COMMANDS for entry in entries)
        self._commit(batch, events, has_commands=commands)
        self._last = batch
        self._time.keep(now)
        return True

    def _commit(self, batch: Batch, events: list[Caused], *, has_commands: bool) -> None:
        estate, db = self.estate_id, self._db
        takes_snapshot = batch.now - self._snapshot_at >= SNAPSHOT_EVERY
        with db.transaction():
            projections.write_state(db, events)
            if takes_snapshot:
                state = snapshot.save(self._state)
                batches.save_snapshot(db, estate, batch, state, keep=SNAPSHOTS_KEPT)
            seqs = projections.write_events(db, estate, batch.no, batch.now, events)
            batches.record(db, estate, batch, seqs)
            if events or has_commands:
                last_seq = seqs[1] if seqs else None
                projections.announce(db, estate, last_seq=last_seq, commands_upto=batch.upto[0])
        if takes_snapshot:
            self._snapshot_at = batch.now

    def _report(self, difference: Difference) -> None:
        """A replay that differs is a system alarm."""
        log.error("replay_differed", estate=self.estate_id, batch=difference.batch_no)
        fault = Fault(
            id=f"replay/{difference.batch_no}",
            detail=f"batch {difference.batch_no} was recorded as {difference.recorded:.300} "
            f"and replayed as {difference.replayed:.300}; what was recorded stands",
        )
        with self._db.transaction():
            self._tell(fault)

    def _tell_ahead(self, ahead: Instant) -> None:
        """That the estate's time is ahead of the clock is a system alarm, told once each time."""
        if ahead > MOST_AHEAD and not self._is_told_ahead:
            ahead_s = ahead // SECOND
            log.error("estate_ahead", estate=self.estate_id, ahead_s=ahead_s)
            fault = Fault(
                id=f"time_ahead/{ahead_s}",
                detail=f"the estate's time is {ahead_s} s ahead of the clock, which was wrong or "
                "was set back; delays last a ninth longer until the clock has caught up: see "
                "that the clocks of engine and database are right",
            )
            with self._db.transaction():
                self._tell(fault)
            self._is_told_ahead = True
        elif not ahead:
            self._is_told_ahead = False

    def _begin_with(self, lost: Lost) -> None:
        """Keep the state as it begins now, so that the next restart tells nothing twice."""
        log.error("state_lost", estate=self.estate_id, batch=self._last.no, whole=lost.whole)
        state = snapshot.save(self._state)
        with self._db.transaction():
            batches.save_snapshot(self._db, self.estate_id, self._last, state, keep=SNAPSHOTS_KEPT)
            self._tell(lost.fault())

    def _tell(self, fault: Fault) -> None:
        estate, now = self.estate_id, self._clock()
        inbox.append(
            self._db, estate_id=estate, lane=Lane.COMMANDS, kind="fault", body=fault, at=now
        )


def _upto(before: tuple[int, int, int], entries: list[Entry]) -> tuple[int, int, int]:
    reached = list(before)
    for entry in entries:
        reached[entry.lane] = entry.seq
    return reached[0], reached[1], reached[2]
