"""Watches: a rule bound to one device, with what its condition remembers, and their timers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Literal

from rules.alarm_handling import Chattering
from rules.alarms import Alarm
from rules.conditions.absence import HEARD, Silent
from rules.conditions.binding import build
from rules.conditions.leaves import NEVER, Leaf, Memory
from rules.conditions.nodes import Held
from rules.estate import Device, Estate
from rules.instant import MINUTE, Instant, seconds
from rules.readings import Value
from rules.rulebook import Rule, Rulebook

Change = Literal["raise", "clear", "chatter", "settle"]
"""`chatter` and `settle`: a condition whose alarm stands began, or ceased, to chatter."""


class Watch:
    """One rule on one device.

    `raised` is whether its condition, with its delays, stands; `alarm_id` is the alarm that it
    raised last, which may be back to normal; `set_aside` marks a watch that failed. While it is
    `chattering` its alarm is held; `onsets` are the last times at which its condition, without
    the delays, became true.
    """

    __slots__ = (
        "alarm_id", "at", "chatter", "chattering", "device", "due", "gone_since", "index",
        "lateness", "leaves", "node", "off_delay", "onsets", "raised", "rule", "scheduled",
        "set_aside",
    )  # fmt: skip

    def __init__(
        self, rule: Rule, device: Device, estate: Estate, chatter: Chattering, index: int
    ) -> None:
        self.rule = rule
        self.device = device
        self.index = index
        self.node = Held(build(rule.when, device, estate), seconds(rule.on_delay_s))
        self.leaves = tuple(self.node.leaves())
        self.off_delay = seconds(rule.off_delay_s)
        self.raised = False
        self.alarm_id = ""
        self.gone_since: Instant | None = None
        self.at: Instant = 0
        self.due: Instant = NEVER
        self.scheduled: Instant = NEVER
        self.set_aside = False
        self.lateness: int = 0
        self.chatter = chatter
        self.chattering = False
        self.onsets: list[Instant] = []

    @property
    def key(self) -> str:
        return f"{self.rule.id}/{self.device.id}"

    @property
    def may_chatter(self) -> bool:
        """Whether its alarm may be held as one: never where life is at stake, or it latches."""
        return not self.rule.latching and self.rule.priority != "P1"

    def advance(self, at: Instant) -> Change | None:
        """Judge the condition at event time `at` (or later, if it was judged later already)."""
        self.at = at = max(at, self.at)
        began = self.node.since
        stands = self.node.evaluate(at)
        is_onset = self.node.since not in (None, began)
        turned = self.may_chatter and self._note_onset(at, is_onset=is_onset)
        change = self._decide(at, stands or self.chattering)
        if change is None and turned and self.raised:
            change = "chatter" if self.chattering else "settle"
        self.due = self._next_due()
        return change

    def _decide(self, at: Instant, stands: bool) -> Change | None:
        if stands:
            self.gone_since = None
            if not self.raised:
                self.raised = True
                return "raise"
        elif self.raised:
            if self.gone_since is None:
                self.gone_since = at
            if at - self.gone_since >= self.off_delay:
                self.raised, self.gone_since = False, None
                return "clear"
        return None

    def _next_due(self) -> Instant:
        due = self.node.deadline()
        if self.gone_since is not None:
            due = min(due, self.gone_since + self.off_delay)
        if self.chattering:
            due = min(due, self._settles_at())
        return due

    def _note_onset(self, at: Instant, *, is_onset: bool) -> bool:
        """Whether it began or ceased to chatter (ISA-18.2); once quiet, it counts as long gone."""
        most = self.chatter.activations
        if is_onset:
            self.onsets = [*self.onsets, at][-most:]
        if not self.chattering:
            within = seconds(self.chatter.within_s)
            self.chattering = len(self.onsets) == most and at - self.onsets[0] <= within
            return self.chattering
        if at < self._settles_at():
            return False
        self.chattering, self.gone_since, self.onsets = False, self.onsets[-1], []
        return True

    def _settles_at(self) -> Instant:
        """When it has been quiet for long enough, or has stood so long that it means something."""
        if self.node.since is not None:
            return self.node.since + seconds(self.chatter.within_s)
        return self.onsets[-1] + round(self.chatter.quiet_min * MINUTE)

    def cause(self) -> Leaf:
        """The leaf that explains why the condition is true: its signal and value are shown."""
        return self.node.cause() or self.leaves[0]

    def memory(self) -> Memory:
        return [
            self.raised, self.alarm_id, self.gone_since, self.at, self.due, self.set_aside,
            self.chattering, self.onsets, self.node.memory(),
        ]  # fmt: skip

    def restore(self, memory: Memory) -> None:
        (
            self.raised, self.alarm_id, self.gone_since, self.at, self.due, self.set_aside,
            self.chattering, self.onsets, node,
        ) = memory  # fmt: skip
        self.node.restore(node)


@dataclass(slots=True)
class Point:
    """One signal of one device, and who listens to it. `at` is the newest event time seen."""

    at: Instant = 0
    value: Value | None = None
    listeners: list[tuple[Leaf, Watch]] = field(default_factory=list)


class DevicePoints(dict[str, Point]):
    """The points of one device by signal.

    `heard` is the time of its newest reading, whatever the signal; who waits for its silence is
    told of a reading only after `patience` (microseconds), the least that any of them has.
    `lateness` (microseconds) is how long its readings wait for earlier ones.
    """

    __slots__ = ("heard", "lateness", "patience")

    def __init__(self) -> None:
        super().__init__()
        self.heard = Point()
        self.patience: int = NEVER
        self.lateness: int = 0

    def add(self, leaf: Leaf, watch: Watch) -> None:
        """Have `leaf` of `watch` listen."""
        if isinstance(leaf, Silent) and leaf.signal == HEARD:
            self[HEARD] = leaf.source = self.heard
            self.patience = min(self.patience, leaf.after)
        self.setdefault(leaf.signal, Point()).listeners.append((leaf, watch))


class Watches:
    """All watches of an estate, found by point, with their deadlines in one heap."""

    def __init__(self, estate: Estate, rulebook: Rulebook) -> None:
        self.points: dict[str, DevicePoints] = {}
        self.by_key: dict[str, Watch] = {}
        self.by_rule: dict[str, list[Watch]] = {}
        self._heap: list[tuple[Instant, int, Watch]] = []
        chatter = rulebook.alarm_handling.chattering
        by_type: dict[str, list[Rule]] = defaultdict(list)
        for rule in rulebook.rules.values():
            for type_ in dict.fromkeys(rule.device_types):
                by_type[type_].append(rule)
        for device in sorted(estate.devices.values(), key=lambda d: d.id):
            for rule in by_type[device.type]:
                if rule.watches(device.type, device.location):
                    self._add(Watch(rule, device, estate, chatter, len(self.by_key)), estate)

    def _add(self, watch: Watch, estate: Estate) -> None:
        self.by_key[watch.key] = watch
        self.by_rule.setdefault(watch.rule.id, []).append(watch)
        for leaf in watch.leaves:
            if (signals := self.points.get(leaf.device)) is None:
                signals = self.points[leaf.device] = DevicePoints()
                signals.lateness = seconds(estate.devices[leaf.device].lateness_s)
            signals.add(leaf, watch)
            watch.lateness = max(watch.lateness, signals.lateness)

    def watch_of(self, alarm: Alarm) -> Watch | None:
        """The watch whose alarm it is; None in a drill, or where its device or rule is gone."""
        return None if alarm.drill else self.by_key.get(f"{alarm.rule}/{alarm.device}")

    def schedule(self, watch: Watch) -> None:
        """Have `watch` fired at its deadline, or when what may precede it must have come."""
        fires_at = watch.due + watch.lateness
        if watch.due < NEVER and fires_at != watch.scheduled:
            watch.scheduled = fires_at
            heappush(self._heap, (fires_at, watch.index, watch))

    def due(self, now: Instant) -> Iterator[Watch]:
        """Watches whose deadline has come, in order of deadline; advance each before the next."""
        while self._heap and self._heap[0][0] <= now:
            fires_at, _, watch = heappop(self._heap)
            if watch.scheduled == fires_at:
                watch.scheduled = NEVER
            if watch.due + watch.lateness == fires_at:
                yield watch

    def next_due(self) -> Instant:
        """The earliest deadline, or NEVER: the same after a restart, for decisions hang on it."""
        while self._heap:
            fires_at, _, watch = self._heap[0]
            if watch.due + watch.lateness == fires_at:
                return fires_at
            heappop(self._heap)
            if watch.scheduled == fires_at:
                watch.scheduled = NEVER
        return NEVER

    def memory(self) -> dict[str, Memory]:
        """By watch: rule version and memory; by point: time and value. Only what has data."""
        return {
            key: [watch.rule.version, watch.memory()]
            for key, watch in self.by_key.items()
            if watch.at or any(leaf.at for leaf in watch.leaves)
        }

    def points_memory(self) -> list[list[Value | None]]:
        return [
            [device, signal, point.at, point.value]
            for device, signals in self.points.items()
            for signal, point in signals.items()
            if point.at
        ]

    def restore(self, watches: dict[str, Memory], points: list[Memory]) -> None:
        """Take back what `memory` and `points_memory` gave.

        Conditions of a changed rule, a new rule or a new device start afresh, from the newest
        readings; an alarm that a changed rule had raised stays its own.
        """
        fresh = set(self.by_key.values())
        for key, (version, memory) in watches.items():
            if (watch := self.by_key.get(key)) is None:
                continue
            if watch.rule.version == version:
                watch.restore(memory)
                self.schedule(watch)
                fresh.discard(watch)
            else:
                watch.raised, watch.alarm_id, _, watch.at = memory[:4]
        for device, signal, at, value in points:
            if (point := self.points.get(device, DevicePoints()).get(signal)) is not None:
                point.at, point.value = at, value
                self._tell_fresh(point, at, value, fresh)
        for watch in fresh:
            if watch.raised:
                self.judge_at(watch, watch.at)

    def _tell_fresh(self, point: Point, at: Instant, value: Value, fresh: set[Watch]) -> None:
        """Give the newest reading to the leaves that do not know it yet.

        A condition that starts afresh is judged once all are told, at the time of the newest.
        """
        for leaf, watch in point.listeners:
            if leaf.is_behind(at) and not watch.set_aside:
                leaf.push(at, value)
                if watch in fresh:
                    watch.at = max(watch.at, at)
                self.judge_at(watch, at)

    def listen_anew(self, at: Instant) -> None:
        """Count silence from `at` on, as nobody was listening before; what is silent stays so."""
        for signals in self.points.values():
            heard = signals.heard
            if heard.at and not any(leaf.truth for leaf, _ in heard.listeners):
                heard.at = max(heard.at, at)

    def judge_again(self) -> None:
        """Have every watch that was judged before judged again at the next tick."""
        for watch in self.by_key.values():
            if watch.at:
                self.judge_at(watch, watch.at)

    def judge_at(self, watch: Watch, at: Instant) -> None:
        """Have `watch` judged at the next tick, at event time `at`."""
        watch.due = min(watch.due, at)
        self.schedule(watch)
