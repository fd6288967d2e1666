"""Folding inbox entries into a state: the same for live batches, restarts and replays."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import structlog

from hub.engine.batch_time import in_batch_time
from hub.engine.decode import UnreadableEntry, decode
from hub.engine.rebuilt import Lost, lost_of, rebuilt, refuse_blindness
from rules import snapshot
from rules.records.events import Event, SystemAlarm
from rules.records.nouns import record_from_json
from rules.rulebook.rulebook import Rulebook
from rules.state.adopting import adopt, retract
from rules.state.inputs import Fault, Tick
from rules.state.state import State
from rules.step import step
from store.database.connection import Connection
from store.engine import batches, projections
from store.engine.batches import NONE_YET, Batch, Entry
from store.engine.projections import Caused

log = structlog.get_logger(__name__)

FOLDED_AT_MOST = 5_000
"""Batches that an engine steps again, seconds of work, before it watches: else it rebuilds."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a replay first left the recorded course: a batch, and both versions of an event."""

    batch_no: int
    recorded: str
    replayed: str

    def fault(self) -> Fault:
        """What the operator is told."""
        return Fault(
            id=f"replay/{self.batch_no}",
            detail=f"batch {self.batch_no} was recorded as {self.recorded:.300} "
            f"and replayed as {self.replayed:.300}; what was recorded stands",
        )


@dataclass(frozen=True, slots=True)
class Folded:
    """A state and the last batch in it; `difference` is None where the replay was as recorded.

    `lost` is what the state does not have that was known then: it is exact where both are None.
    """

    state: State
    last: Batch
    batches: int
    difference: Difference | None
    lost: Lost | None

    @property
    def exact(self) -> bool:
        return self.difference is None and self.lost is None


def run_batch(state: State, entries: Iterable[Entry], batch: Batch) -> list[Caused]:
    """Step every entry, then the clock, at one `now`; an unreadable entry becomes an event."""
    now = batch.now
    events: list[Caused] = []
    for entry in entries:
        try:
            happened = step(state, in_batch_time(decode(entry), batch), now)
        except UnreadableEntry as fault:
            alarm = SystemAlarm(f"inbox/{entry.lane}/{entry.seq}", state.estate_id, str(fault))
            happened = [Event("system.alarm", now, "system", alarm)]
        events += [Caused(event, (entry.lane, entry.seq)) for event in happened]
    events += [Caused(event, None) for event in step(state, Tick(), now)]
    return events


def fold(db: Connection, estate_id: str, rulebook: Rulebook, *, from_start: bool = False) -> Folded:
    """The estate's state after its last recorded batch.

    Starts at the newest usable snapshot (or, `from_start`, at the beginning) and steps the
    batches behind it again; without a snapshot, and with more to step than `FOLDED_AT_MOST`, it is
    rebuilt from what is on record. Where the events come out other than recorded, the recorded
    records win and the first difference is told. Raises BlindEngine.
    """
    state, last, lost = _start(db, estate_id, rulebook, from_start=from_start)
    first_difference: Difference | None = None
    count = 0
    for batch in batches.after(db, estate_id, last.no):
        entries = batches.entries_of(db, estate_id, last, batch)
        happened = run_batch(state, entries, batch)
        replayed = [projections.as_recorded(caused) for caused in happened]
        recorded = projections.recorded(db, estate_id, batch.no)
        if replayed != recorded:  # or written by an earlier version of the program
            recorded = [projections.as_written_now(row) for row in recorded]
        if replayed != recorded:
            first_difference = first_difference or _difference(batch.no, recorded, replayed)
            for caused in happened:
                retract(state, caused.event)
            for row in recorded:
                adopt(state, record_from_json(row.kind, msgspec.json.decode(row.record)))
        last = batch
        count += 1
    refuse_blindness(db, state, last)
    return Folded(state, last, count, first_difference, lost)


def _start(
    db: Connection, estate_id: str, rulebook: Rulebook, *, from_start: bool
) -> tuple[State, Batch, Lost | None]:
    newest = batches.last(db, estate_id)
    upto = newest.no
    while not from_start and upto > 0:
        found = batches.latest_snapshot(db, estate_id, upto_no=upto)
        if found is None:
            break
        try:
            state, batch = snapshot.load(found[1], rulebook), found[0]
        except snapshot.UnusableSnapshot as error:
            log.warning("snapshot_unusable", estate=estate_id, batch=found[0].no, why=str(error))
            upto = found[0].no - 1
            continue
        return state, batch, lost_of(state, batch, whole=False) if state.begun_anew else None
    few = newest.no <= FOLDED_AT_MOST and batches.reaches_back(db, estate_id)
    if from_start or few:
        return State.empty(estate_id, rulebook), NONE_YET, None
    state = rebuilt(db, estate_id, rulebook, newest)
    return state, newest, lost_of(state, newest, whole=True)


def _difference(
    batch_no: int, recorded: list[projections.Recorded], replayed: list[projections.Recorded]
) -> Difference:
    n = next(
        (n for n, (a, b) in enumerate(zip(recorded, replayed, strict=False)) if a != b),
        min(len(recorded), len(replayed)),
    )
    shown = [str(rows[n]) if n < len(rows) else "nothing" for rows in (recorded, replayed)]
    return Difference(batch_no, *shown)
