"""One owned estate: its state in memory, and the transaction that moves it forward."""

import structlog

from hub.clock import MOST_AHEAD, Clock, monotonic_clock
from hub.engine.estate_time import EstateTime
from hub.engine.fold import fold, run_batch
from hub.versions.rulebook import adopt_shipped
from rules import snapshot
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import Fault
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import Connection, pipelined
from store.engine import batches, inbox, projections
from store.engine.batches import Batch, Entry
from store.engine.inbox import Lane
from store.engine.projections import Caused

log = structlog.get_logger(__name__)

LIMITS = (200, 60, 20)
"""Most entries of each lane in one batch; a live entry holds up to a gateway's window."""

SNAPSHOTS_KEPT = 3
"""Of the newest; one an hour stays for a day beside them."""


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
        self.kept_no = folded.last.no - folded.batches
        """The batch of the newest snapshot; 0: there is none."""
        self._time = EstateTime(clock, monotonic, folded.last)
        self._is_told_ahead = folded.last.ahead > MOST_AHEAD
        if folded.difference is not None:
            log.error("replay_differed", estate=estate_id, batch=folded.difference.batch_no)
            self._begin_with(folded.difference.fault())
        if folded.lost is not None:
            log.error("state_lost", estate=estate_id, batch=folded.last.no, whole=folded.lost.whole)
            self._begin_with(folded.lost.fault())
        adopt_shipped(db, estate_id, rulebook, now=clock())
        log.info(
            "estate_owned",
            estate=estate_id,
            batch=folded.last.no,
            restepped=folded.batches,
            exact=folded.exact,
            rebuilt=folded.lost is not None and folded.lost.whole,
        )

    @property
    def batch_no(self) -> int:
        """The newest batch in the state."""
        return self._last.no

    def next_due(self) -> Instant:
        """When a timer wants the next batch, if no input comes before."""
        return self._state.next_due()

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

    def keep(self, db: Connection) -> None:
        """Store the state after the newest batch, through `db`, as a snapshot."""
        state = snapshot.save(self._state)
        with db.transaction():
            batches.save_snapshot(db, self.estate_id, self._last, state, keep=SNAPSHOTS_KEPT)
        self.kept_no = self._last.no

    def _commit(self, batch: Batch, events: list[Caused], *, has_commands: bool) -> None:
        """What says nothing to anybody may be lost in a crash: its entries are stepped again."""
        estate, db = self.estate_id, self._db
        is_told = bool(events) or has_commands
        with pipelined(db, durable=is_told):
            projections.write_state(db, events)
            seqs = projections.write_events(db, estate, batch.no, batch.now, events)
            batches.record(db, estate, batch, seqs)
            if is_told:
                last_seq = seqs[1] if seqs else None
                projections.announce(db, estate, last_seq=last_seq, commands_upto=batch.upto[0])

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

    def _begin_with(self, fault: Fault) -> None:
        """Keep the state as it begins now, so that the next restart tells nothing twice."""
        with self._db.transaction():
            self.keep(self._db)
            self._tell(fault)

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
