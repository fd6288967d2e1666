"""Runs an estate as its engine would, under a clock of its own, and keeps what the engine keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from hub.engine.fold import run_batch
from rules import snapshot
from rules.catalogue import rulebook
from rules.state.inputs import KINDS, Input
from rules.state.state import State
from rules.vocabulary.instant import NEVER, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row, Value
from store.engine.batches import Batch, Entry
from store.engine.projections import as_recorded
from tests.histories.history import History, Took

BEAT = 55 * SECOND
"""Every device that has spoken does so again before any rule would find it silent."""

Said = tuple[str, dict[str, Value]]
"""What a device reports at the time of its batch."""

_COMMANDS, _LIVE, _BACKFILL = range(3)
_KIND = {form: kind for kind, form in KINDS.items()}


@dataclass
class Recorder:
    """`now` is the time of the last batch; `speaking` are the devices that send heartbeats."""

    state: State
    now: Instant
    batches: list[Took] = field(default_factory=list)
    speaking: dict[str, None] = field(default_factory=dict)
    seqs: list[int] = field(default_factory=lambda: [0, 0, 0])
    beat_at: Instant = NEVER
    snapshot_no: int = 0
    snapshot: bytes = b""

    @staticmethod
    def of(estate: str, start: Instant) -> "Recorder":
        return Recorder(State.empty(estate, rulebook()), start)

    def after(self, wait_s: float, *heard: Said | Input) -> None:
        """Let `wait_s` seconds pass as an engine does, then take all of `heard` in one batch."""
        end = self.now + round(wait_s * SECOND)
        while (due := min(self.state.next_due(), self.beat_at)) < end:
            self.now = max(self.now, due)
            self._take(self._beat())
        self.now = end
        rows = [
            (device, signal, self.now, value)
            for device, signals in (h for h in heard if isinstance(h, tuple))
            for signal, value in signals.items()
        ]
        for device, *_ in rows:
            self.speaking[device] = None
        self.beat_at = min(self.beat_at, end + BEAT) if self.speaking else NEVER
        inputs = [(_COMMANDS, i) for i in heard if not isinstance(i, tuple)]
        self._take([*inputs, *([(_LIVE, ReadingBatch(self.now, rows))] if rows else [])])

    def told_late(self, *rows: Row) -> None:
        """A gateway tells of what it kept during an outage."""
        self._take([(_BACKFILL, ReadingBatch(self.now, list(rows)))])

    def away(self, wait_s: float) -> None:
        """No engine runs for `wait_s` seconds; the devices go on speaking."""
        self.now += round(wait_s * SECOND)
        self._take(self._beat())

    def falls_silent(self, device: str) -> None:
        del self.speaking[device]

    def keep_snapshot(self) -> None:
        """What an engine would store now."""
        self.snapshot_no, self.snapshot = self.batches[-1].batch.no, snapshot.save(self.state)

    def history(self, version: str) -> History:
        return History(version, self.batches, self.snapshot_no, self.snapshot)

    def _beat(self) -> list[tuple[int, Input]]:
        if self.now < self.beat_at:
            return []
        self.beat_at = self.now + BEAT
        rows: list[Row] = [(device, "seq", self.now, 0.0) for device in self.speaking]
        return [(_LIVE, ReadingBatch(self.now, rows))]

    def _take(self, inputs: Iterable[tuple[int, Input]]) -> None:
        entries = [self._entry(lane, input) for lane, input in sorted(inputs, key=lambda i: i[0])]
        upto = (self.seqs[0], self.seqs[1], self.seqs[2])
        batch = Batch(len(self.batches) + 1, self.now, upto)
        events = [as_recorded(c) for c in run_batch(self.state, entries, batch)]
        self.batches.append(Took(batch, entries, events))

    def _entry(self, lane: int, input: Input) -> Entry:
        self.seqs[lane] += 1
        body = msgspec.json.encode(input).decode()
        return Entry(lane, self.seqs[lane], _KIND[type(input)], body)
