"""Everything on the estate that speaks, in order of time: device models, stories, and who is held.

Pure: the caller brings the time and carries what is due to the broker.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Estate
from rules.vocabulary.instant import SECOND, Instant, seconds
from simulators.devices import Model, Signals, models
from simulators.devices.model import dice
from simulators.timeline import Message, Timeline

_FIRST_REPORTS_S = 4.0
_PACE = (0.4, 0.5)
"""Share of its heartbeat after which a device speaks again: one lost message is not silence."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a device says: measured `ts` by its own clock. Either `signals` or `status`."""

    device: str
    ts: Instant
    signals: Signals
    status: str | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """A device's turn to report; after a regular one comes the next."""

    device: str
    regular: bool


class Stage:
    """The whole estate from `start` on. A device that a story or a caller holds does not speak."""

    def __init__(self, estate: Estate, types: DeviceTypes, seed: int, start: Instant) -> None:
        self._models: dict[str, Model] = models(estate, seed)
        self._heartbeat = {
            d.id: types.by_id[d.type].heartbeat_s * SECOND for d in estate.devices.values()
        }
        self._chance = dice(seed, "pace")
        self._holds: dict[str, list[tuple[Instant, Instant]]] = {}
        self._order = count()
        self._queue: list[tuple[Instant, int, _Turn | Message]] = []
        for device in self._models:
            first = start + seconds(self._chance.uniform(0, _FIRST_REPORTS_S))
            self._push(first, _Turn(device, regular=True))

    @property
    def next_at(self) -> Instant:
        """When there is next something to say."""
        return self._queue[0][0]

    def due(self, now: Instant) -> list[Word]:
        """All that has been said up to `now`, in order."""
        words: list[Word] = []
        while self._queue and self.next_at <= now:
            at, _, entry = heapq.heappop(self._queue)
            if isinstance(entry, Message):
                measured_at = at - entry.delay + entry.clock
                words.append(Word(entry.device, measured_at, entry.signals, entry.status))
            else:
                words.extend(self._report(at, entry))
        return words

    def play(self, timeline: Timeline, start: Instant) -> None:
        """Have the timeline's devices say its messages from `start` on, instead of their own."""
        first: dict[str, Instant] = {}
        for message in timeline.messages:
            first[message.device] = min(first.get(message.device, message.at), message.at)
            self._push(start + message.sent_at, message)
        for device, at in first.items():
            self.hold([device], start + at, start + timeline.end)

    def hold(self, devices: Iterable[str], since: Instant, until: Instant) -> None:
        """Somebody else speaks for these devices meanwhile; then they report at once.

        Ids that are not of the estate are passed over.
        """
        for device in devices:
            if device in self._models:
                self._holds.setdefault(device, []).append((since, until))
                self._push(until, _Turn(device, regular=False))

    def _report(self, at: Instant, turn: _Turn) -> list[Word]:
        report = self._models[turn.device].read(at)
        if turn.regular:
            next_at = at + round(self._chance.uniform(*_PACE) * self._heartbeat[turn.device])
            if report.due_at is not None:
                next_at = max(at + 1, min(next_at, report.due_at))
            self._push(next_at, turn)
        return [] if self._is_held(turn.device, at) else [Word(turn.device, at, report.signals)]

    def _is_held(self, device: str, at: Instant) -> bool:
        holds = [hold for hold in self._holds.get(device, ()) if hold[1] > at]
        if device in self._holds:
            self._holds[device] = holds
        return any(since <= at for since, _ in holds)

    def _push(self, at: Instant, entry: _Turn | Message) -> None:
        heapq.heappush(self._queue, (at, next(self._order), entry))
