"""Watches: a rule bound to one device, with what its condition remembers, and their timers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from rules.conditions.memory import UNREADABLE, Saved
from rules.conditions.nodes import presume_held
from rules.estate.graph import Estate
from rules.records.alarms import Alarm
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import NEVER, Instant, seconds
from rules.vocabulary.reading import Value
from rules.watching.points import DevicePoints, Point
from rules.watching.watch import Watch, WatchMemory


class PointMemory(NamedTuple):
    """The newest reading of a point."""

    device: str
    signal: str
    at: Instant
    value: Value | None


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

    def memory(self) -> dict[str, WatchMemory]:
        """By watch: what it remembers, where it has heard anything."""
        return {
            key: watch.memory()
            for key, watch in self.by_key.items()
            if watch.at or any(leaf.at for leaf in watch.leaves)
        }

    def points_memory(self) -> list[PointMemory]:
        return [
            PointMemory(device, signal, point.at, point.value)
            for device, signals in self.points.items()
            for signal, point in signals.items()
            if point.at
        ]

    def restore(self, watches: Mapping[str, Saved], points: Iterable[PointMemory]) -> list[str]:
        """Take back what `memory` and `points_memory` gave, in any version.

        Conditions of a changed rule, a new rule or a new device start afresh, from the newest
        readings; an alarm that a changed rule had raised stays its own. Gives the keys of the
        watches whose memory cannot be read; they are of no use then.
        """
        fresh, unread = set(self.by_key.values()), []
        for key, saved in watches.items():
            if (watch := self.by_key.get(key)) is None:
                continue
            try:
                memory = WatchMemory.read(saved)
                if watch.rule.version != memory.rule_version:
                    watch.raised, watch.alarm_id = memory.raised, memory.alarm_id
                    watch.at = memory.at
                    continue
                watch.restore(memory)
            except UNREADABLE:
                unread.append(key)
            self.schedule(watch)
            fresh.discard(watch)
        for device, signal, at, value in points:
            if (point := self.points.get(device, DevicePoints()).get(signal)) is not None:
                point.at, point.value = at, value
                self._tell_fresh(point, fresh)
        for watch in fresh:
            if watch.raised:
                self.judge_at(watch, watch.at)
        return unread

    def tie(self, alarm: Alarm) -> None:
        """Have the watch of `alarm` know that it raised it, and whether it still stands."""
        if (watch := self.watch_of(alarm)) is not None:
            watch.raised, watch.alarm_id = alarm.standing, alarm.id

    def begin_anew(self, alarm: Alarm) -> None:
        """Tie a watch that remembers nothing to its alarm: while that stands, delays are over."""
        self.tie(alarm)
        if (watch := self.watch_of(alarm)) is not None:
            watch.at = max(watch.at, alarm.raised_at)
            if alarm.standing:
                presume_held(watch.node, watch.at)

    def _tell_fresh(self, point: Point, fresh: set[Watch]) -> None:
        """Give the newest reading to the leaves that do not know it yet.

        A condition that starts afresh is judged once all are told, at the time of the newest.
        """
        at, value = point.at, point.value
        for leaf, watch in point.listeners:
            if leaf.is_behind(at) and not watch.set_aside:
                leaf.push(at, 0.0 if value is None else value)  # heard, whatever it was
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


def bind(
    estate: Estate,
    rulebook: Rulebook,
    memory: Mapping[str, Saved],
    points: Sequence[PointMemory],
    alarms: Iterable[Alarm] = (),
) -> tuple[Watches, list[str]]:
    """All watches with what they remember, and the keys of those whose memory cannot be read.

    Those begin anew from the newest readings, tied to their `alarms`.
    """
    watches = Watches(estate, rulebook)
    unread = watches.restore(memory, points)
    if unread:
        watches = Watches(estate, rulebook)
        for alarm in alarms:
            if f"{alarm.rule}/{alarm.device}" in unread:
                watches.begin_anew(alarm)
        watches.restore({k: m for k, m in memory.items() if k not in unread}, points)
    return watches, unread
