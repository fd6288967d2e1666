"""Watches: a rule bound to one device, with what its condition remembers, and their timers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import NamedTuple

from rules.conditions.absence import HEARD
from rules.conditions.leaves import Leaf
from rules.conditions.memory import UNREADABLE, Saved
from rules.conditions.nodes import presume_held
from rules.conditions.when import PlaceField, Siblings
from rules.estate.graph import Device, Estate
from rules.records.alarms import Alarm
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import NEVER, Instant, seconds
from rules.vocabulary.place import Place
from rules.vocabulary.reading import Value
from rules.watching.points import DevicePoints, Point
from rules.watching.watch import BoundRule, Watch, WatchMemory


class PointMemory(NamedTuple):
    """The newest reading of a point."""

    device: str
    signal: str
    at: Instant
    value: Value | None


class Watches:
    """All watches of an estate, found by point, with their deadlines in one heap.

    A watch is made when one of the devices that it reads is first heard, or somebody asks for it:
    what comes of it hangs on neither. `points` are those of the devices that were heard.
    """

    def __init__(self, estate: Estate, rulebook: Rulebook) -> None:
        self.points: dict[str, DevicePoints] = {}
        self._heap: list[tuple[Instant, tuple[str, int], Watch]] = []
        self._bound: dict[str, BoundRule] = {}
        self._take(estate, rulebook)

    def _take(self, estate: Estate, rulebook: Rulebook) -> None:
        """The rules by their place in the book; those that stay keep their watches."""
        chattering, before = rulebook.alarm_handling.chattering, self._bound
        self._estate = estate
        self._late = {d.id: seconds(d.lateness_s) for d in estate.devices.values() if d.lateness_s}
        self._reading: dict[tuple[str, str], list[tuple[BoundRule, Siblings | None]]] = {}
        self._bound = {}
        for place, rule in enumerate(rulebook.rules.values()):
            if (bound := before.get(rule.id)) is None:
                self._bound[rule.id] = BoundRule(rule, place, chattering, estate)
            else:
                self._bound[rule.id] = bound
                bound.take(rule, place, chattering, estate)

    def __iter__(self) -> Iterator[Watch]:
        """Those that there are, in their order."""
        found = [watch for bound in self._bound.values() for watch in bound.watches.values()]
        return iter(sorted(found, key=lambda watch: watch.order))

    def open(self, device_id: str) -> DevicePoints | None:
        """The points of a device, from now on with all that listen; None: nobody does."""
        if (signals := self.points.get(device_id)) is not None:
            return signals
        if (device := self._estate.devices.get(device_id)) is None:
            return None
        signals = DevicePoints()
        for bound, reader in self._readers(device):
            watch = self._watch(bound, reader)
            for leaf in watch.leaves:
                if leaf.device == device_id:
                    signals.add(leaf, watch)
        if not signals:
            return None
        signals.lateness = self._late.get(device_id, 0)
        self.points[device_id] = signals
        return signals

    def open_all(self) -> None:
        """Make every watch."""
        for device_id in self._estate.devices:
            self.open(device_id)

    def _readers(self, device: Device) -> list[tuple[BoundRule, Device]]:
        """The rules that read `device`, each with the device that it watches, in their order."""
        alike = device.type, device.location
        if (reading := self._reading.get(alike)) is None:
            reading = self._reading[alike] = [
                (bound, of) for bound in self._bound.values() for of in bound.reading(device)
            ]
        found: dict[tuple[str, int], tuple[BoundRule, Device]] = {}
        for bound, of in reading:
            if of is None:
                found[device.id, bound.place] = bound, device
            else:
                shared = [getattr(device.place, name) for name in of.same]
                for reader in bound.devices_at(of.same, shared):
                    found[reader.id, bound.place] = bound, reader
        return [pair for _, pair in sorted(found.items(), key=itemgetter(0))]

    def _watch(self, bound: BoundRule, device: Device) -> Watch:
        if (watch := bound.watches.get(device.id)) is None:
            watch = bound.watches[device.id] = Watch(bound, device)
            for leaf in watch.leaves:
                if leaf.device in self._late:
                    watch.lateness = max(watch.lateness, self._late[leaf.device])
        return watch

    def watch(self, rule_id: str, device_id: str) -> Watch | None:
        """The watch of a rule on a device; None: the rule does not watch it."""
        bound, device = self._bound.get(rule_id), self._estate.devices.get(device_id)
        if bound is None or device is None or not bound.watches_device(device):
            return None
        return self._watch(bound, device)

    def by_key(self, key: str) -> Watch | None:
        """The watch with this key, if there may be one."""
        rule_id, _, device_id = key.partition("/")
        return self.watch(rule_id, device_id)

    def devices_of(self, rule_id: str) -> list[Device]:
        """Those that the rule watches, in order of id."""
        bound = self._bound.get(rule_id)
        return bound.devices() if bound else []

    def of_rule_at(self, rule_id: str, same: Sequence[PlaceField], place: Place) -> list[Watch]:
        """The rule's watches, as far as they are made, at places that agree with `place`."""
        if (bound := self._bound.get(rule_id)) is None:
            return []
        devices = bound.devices_at(same, [getattr(place, name) for name in same])
        return [bound.watches[d.id] for d in devices if d.id in bound.watches]

    def watch_of(self, alarm: Alarm) -> Watch | None:
        """The watch whose alarm it is; None in a drill, or where its device or rule is gone."""
        return None if alarm.drill else self.watch(alarm.rule, alarm.device)

    def schedule(self, watch: Watch) -> None:
        """Have `watch` fired at its deadline, or when what may precede it must have come."""
        fires_at = watch.due + watch.lateness
        if watch.due < NEVER and fires_at != watch.scheduled:
            watch.scheduled = fires_at
            heappush(self._heap, (fires_at, watch.order, watch))

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
        return {watch.key: watch.memory() for watch in self if watch.has_heard}

    def points_memory(self) -> list[PointMemory]:
        return [
            PointMemory(device, signal, point.at, point.value)
            for device, signals in sorted(self.points.items())
            for signal, point in sorted(signals.items(), key=itemgetter(0))
            if point.at
        ]

    def restore(self, watches: Mapping[str, Saved], points: Iterable[PointMemory]) -> list[str]:
        """Take back what `memory` and `points_memory` gave, in any version.

        Conditions of a changed rule, a new rule or a new device start afresh, from the newest
        readings; an alarm that a changed rule had raised stays its own. Gives the keys of the
        watches whose memory cannot be read; they are of no use then.
        """
        known, unread = set[Watch](), []
        for key, saved in watches.items():
            if (watch := self.by_key(key)) is None:
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
            known.add(watch)
        for device, signal, at, value in points:
            signals = self.open(device)
            if signals is not None and (point := signals.get(signal)) is not None:
                point.at, point.value = at, value
                for leaf, watch in point.listeners:
                    self._tell(leaf, watch, point, is_fresh=watch not in known)
        for watch in self:
            if watch.raised and watch not in known:
                self.judge_at(watch, watch.at)
        return unread

    def rebind(self, estate: Estate, rulebook: Rulebook) -> list[Watch]:
        """What `bind` would make of the same memory, at the cost of what is otherwise now.

        Gives the watches that were made anew: those of changed rules, and those that are on, or
        read, a changed device. The others are as they were.
        """
        before, rules = self._estate, {id_: bound.rule for id_, bound in self._bound.items()}
        changed = _otherwise(rules, rulebook.rules)
        if estate.timezone != before.timezone:
            changed = {*rules, *rulebook.rules}
        moved = set[str]() if estate is before else _otherwise(before.devices, estate.devices)
        gone = {w for id_ in changed & rules.keys() for w in self._bound[id_].watches.values()}
        gone |= self._concerned_by(moved)
        self._take(estate, rulebook)
        gone |= self._concerned_by(moved)
        emptied = self._unplug(gone)
        if [*rules] != [*self._bound]:
            self._put_in_order()
        past = {(watch.rule.id, watch.device.id): watch for watch in gone}
        pairs = [
            (self._bound[id_], estate.devices[d])
            for id_, d in past
            if id_ in self._bound and d in estate.devices
        ]
        pairs += self._missing(changed, moved)
        wanted = {
            (bound.rule.id, d.id): (bound, d) for bound, d in pairs if bound.watches_device(d)
        }
        renewed = [self._renewed(*pair, past.get(key), rules) for key, pair in wanted.items()]
        self._tidy(emptied, moved)
        return renewed

    def _concerned_by(self, device_ids: Iterable[str]) -> set[Watch]:
        """The watches, as far as they are made, that are on these devices or read them."""
        devices = [self._estate.devices[id_] for id_ in device_ids if id_ in self._estate.devices]
        pairs = [pair for device in devices for pair in self._readers(device)]
        pairs += [(bound, device) for device in devices for bound in self._bound.values()]
        return {bound.watches[d.id] for bound, d in pairs if d.id in bound.watches}

    def _missing(self, rules: set[str], devices: set[str]) -> Iterator[tuple[BoundRule, Device]]:
        """The watches of these, by rule and device, that read a device which was heard."""
        if not self.points:
            return
        for bound in [self._bound[id_] for id_ in rules if id_ in self._bound]:
            yield from ((bound, device) for device in bound.devices() if self._hears(bound, device))
        for device in [self._estate.devices[id_] for id_ in devices if id_ in self._estate.devices]:
            rules_of = self._bound.values()
            yield from ((bound, device) for bound in rules_of if self._hears(bound, device))
            if device.id in self.points:
                yield from self._readers(device)

    def _hears(self, bound: BoundRule, device: Device) -> bool:
        """Whether a device was heard that the rule's watch of `device` reads."""
        if bound.reads == [None]:
            return device.id in self.points
        return any(
            device.id in self.points
            if of is None
            else any(found.id in self.points for found in of.find(device, self._estate))
            for of in bound.reads
        )

    def _unplug(self, gone: set[Watch]) -> set[tuple[str, str]]:
        """Have these watches hear nothing any more; gives the points that they listened to."""
        touched = {(leaf.device, leaf.signal) for watch in gone for leaf in watch.leaves}
        for device, signal in touched:
            if (signals := self.points.get(device)) is not None:
                point = signals[signal]
                point.listeners = [pair for pair in point.listeners if pair[1] not in gone]
        for watch in gone:
            del watch.bound.watches[watch.device.id]
        self._heap = [entry for entry in self._heap if entry[2] not in gone]
        heapify(self._heap)
        return touched

    def _renewed(
        self, bound: BoundRule, device: Device, past: Watch | None, rules: Mapping[str, Rule]
    ) -> Watch:
        """The watch that goes on where `past`, of one of the former `rules`, ended."""
        watch, is_fresh = self._watch(bound, device), True
        if past is not None and past.has_heard:
            if bound.rule.version == rules[bound.rule.id].version:
                try:
                    watch.restore(past.memory())
                except UNREADABLE:
                    del bound.watches[device.id]
                    return self._renewed(bound, device, None, rules)
                self.schedule(watch)
                is_fresh = False
            else:
                watch.raised, watch.alarm_id, watch.at = past.raised, past.alarm_id, past.at
        for leaf in watch.leaves:
            if (signals := self.points.get(leaf.device)) is not None:
                signals.insert(leaf, watch)
                self._tell(leaf, watch, signals[leaf.signal], is_fresh=is_fresh)
        if is_fresh and watch.raised:
            self.judge_at(watch, watch.at)
        return watch

    def _put_in_order(self) -> None:
        """Rules have other places in the book: so have their watches among others."""
        self._heap = [(at, watch.order, watch) for at, _, watch in self._heap]
        heapify(self._heap)
        for signals in self.points.values():
            for point in signals.values():
                point.listeners.sort(key=lambda pair: pair[1].order)

    def _tidy(self, points: set[tuple[str, str]], devices: set[str]) -> None:
        """Let go of points that nobody listens to any more."""
        for device_id, signal in points:
            signals = self.points.get(device_id)
            point = signals.get(signal) if signals is not None else None
            if (
                signals is not None
                and point is not None
                and (signal == HEARD or not point.listeners)
            ):
                signals.tidy()
                if not signals:
                    del self.points[device_id]
        for device_id in devices & self.points.keys():
            self.points[device_id].lateness = self._late.get(device_id, 0)

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

    def _tell(self, leaf: Leaf, watch: Watch, point: Point, *, is_fresh: bool) -> None:
        """Give the newest reading to a leaf that does not know it yet.

        A condition that starts afresh is judged once all are told, at the time of the newest.
        """
        at, value = point.at, point.value
        if at and leaf.is_behind(at) and not watch.set_aside:
            leaf.push(at, 0.0 if value is None else value)  # heard, whatever it was
            if is_fresh:
                watch.at = max(watch.at, at)
            self.judge_at(watch, at)

    def listen_anew(self, at: Instant) -> None:
        """Count silence from `at` on, as nobody was listening before; what is silent stays so."""
        for signals in self.points.values():
            heard = signals.heard
            if heard.at and not any(leaf.truth for leaf, _ in heard.listeners):
                heard.at = max(heard.at, at)

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


def _otherwise(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The keys whose values are not the same in both."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
