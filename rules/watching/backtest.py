"""What changed rules would have decided on recorded readings, beside the rules in force.

Judged are conditions with their delays, by the very watches of `rules.step`, in order of event
time: as if every reading had come at its own time, and on the estate's graph in force. What
people did (acknowledge, shelve) and what suppression held back is left out; so are late readings'
own rules. Whether a device was heard is no reading, so that rules on silence cannot be tried.

Watches that share no point know nothing of each other, so an estate falls apart into groups that
may be judged in any order, or at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rules.conditions.absence import HEARD, ONLINE
from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Estate
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import MINUTE, Instant, seconds
from rules.vocabulary.priority import Priority
from rules.vocabulary.reading import Value
from rules.watching.points import Point
from rules.watching.watch import Watch
from rules.watching.watches import Watches

PointId = tuple[str, str]
"""A device and one of its signals."""

Sample = tuple[Instant, int, Value]
"""Event time, number of the point in its group, value."""

DifferenceKind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A rule in alarm on a device, from `raised_at` to `cleared_at`; None: until the end.

    `signal` of device `reported_by` and its `value` are what raised it.
    """

    rule: str
    device: str
    priority: Priority
    reported_by: str
    signal: str
    value: Value
    raised_at: Instant
    cleared_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One alarm as the rule in force decides it, and as the tried one does; None: not at all."""

    current: Occurrence | None
    tried: Occurrence | None

    @property
    def kind(self) -> DifferenceKind:
        if self.current is None:
            return "added"
        return "removed" if self.tried is None else "changed"

    @property
    def shown(self) -> Occurrence:
        """The tried one where there is one."""
        found = self.tried or self.current
        assert found is not None, "a difference has at least one side"
        return found

    @property
    def moved(self) -> bool:
        """Both are there, but one begins or ends at another time."""
        times = [(o.raised_at, o.cleared_at) for o in (self.current, self.tried) if o]
        return len(times) == 2 and times[0] != times[1]

    @property
    def reprioritised(self) -> bool:
        """Both are there, with another priority."""
        return len({o.priority for o in (self.current, self.tried) if o}) == 2


@dataclass(slots=True)
class Count:
    """How a rule's alarms compare; one may be both `moved` and `reprioritised`."""

    devices: int = 0
    current: int = 0
    tried: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    reprioritised: int = 0

    def add(self, found: Difference) -> None:
        """Count one alarm in."""
        self.current += found.current is not None
        self.tried += found.tried is not None
        self.added += found.kind == "added"
        self.removed += found.kind == "removed"
        self.moved += found.moved
        self.reprioritised += found.reprioritised


@dataclass(slots=True)
class Group:
    """Watches that share points, of both versions, and what they have decided so far."""

    points: list[PointId]
    watches: list[tuple[Watch, bool]]
    """Each with whether it is a tried one."""
    listeners: list[Point] = field(default_factory=list)
    decided: dict[Watch, list[Occurrence]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def take(self, samples: Iterable[Sample]) -> None:
        """Judge readings in order of event time; must be no older than those taken before.

        As the step does: a point's older or equal time changes nothing, and readings of one
        instant are judged together.
        """
        points, changed = self.listeners, dict[Watch, None]()
        instant: Instant = 0
        for at, number, value in samples:
            point = points[number]
            if at <= point.at:
                continue
            if changed and at != instant:
                self._judge(changed, instant)
            is_first = not point.at
            instant = point.at = at
            for leaf, watch in point.listeners:
                if watch.due < at:
                    self._advance_until(watch, at - 1)
                try:
                    if leaf.push(at, value) or is_first or watch.due <= at:
                        changed[watch] = None
                except Exception as error:
                    self._set_aside(watch, error)
        self._judge(changed, instant)

    def end(self, at: Instant) -> list[Difference]:
        """Let time pass until `at`, and compare what both versions decided."""
        for watch, _ in self.watches:
            self._advance_until(watch, at)
        sides: dict[tuple[str, str], list[list[Occurrence]]] = {}
        for watch, is_tried in self.watches:
            pair = sides.setdefault((watch.rule.id, watch.device.id), [[], []])
            pair[is_tried] = self.decided.get(watch, [])
        return [found for pair in sides.values() for found in matched(*pair)]

    def _judge(self, changed: dict[Watch, None], at: Instant) -> None:
        for watch in changed:
            self._advance(watch, at)
        changed.clear()

    def _advance_until(self, watch: Watch, at: Instant) -> None:
        """Fire the deadlines up to `at`, each at its own time."""
        while watch.due <= at and not watch.set_aside:
            self._advance(watch, watch.due)

    def _advance(self, watch: Watch, at: Instant) -> None:
        if watch.set_aside:
            return
        try:
            change = watch.advance(at)
            if change == "raise":
                self.decided.setdefault(watch, []).append(_occurrence(watch))
            elif change == "clear":
                last = self.decided[watch]
                last[-1] = replace(last[-1], cleared_at=watch.at)
        except Exception as error:
            self._set_aside(watch, error)

    def _set_aside(self, watch: Watch, error: Exception) -> None:
        """As the step does: a rule that fails on a device fails there alone."""
        watch.set_aside = True
        self.faults.append(
            f"rule {watch.rule.id} failed on device {watch.device.id} "
            f"({type(error).__name__}: {error}); mend it before it is put in force"
        )


def changed_rules(current: Mapping[str, Rule], tried: Sequence[Rule]) -> list[Rule]:
    """Those of `tried` that are new or differ in more than their version."""
    return [
        rule
        for rule in tried
        if rule.id not in current
        or rule.model_copy(update={"version": 0})
        != current[rule.id].model_copy(update={"version": 0})
    ]


def needs_hearing(found: Iterable[Group]) -> list[str]:
    """Ids of rules that ask whether a device was heard, which is not among its readings."""
    return sorted(
        {
            watch.rule.id
            for group in found
            for watch, _ in group.watches
            for leaf in watch.leaves
            if leaf.signal in (HEARD, ONLINE)
        }
    )


def groups(estate: Estate, rulebook: Rulebook, tried: Sequence[Rule]) -> list[Group]:
    """The watches of the tried rules and of those that they replace, by what they share.

    The order, and that of the points within each, is always the same.
    """
    new = {rule.id: rule for rule in tried}
    old = {id_: rule for id_, rule in rulebook.rules.items() if id_ in new}
    listeners: dict[PointId, Point] = {}
    watches: list[tuple[Watch, bool]] = []
    for rules, is_tried in ((old, False), (new, True)):
        bound = Watches(estate, rulebook.model_copy(update={"rules": rules}))
        bound.open_all()
        watches += [(watch, is_tried) for watch in bound]
        for device, signals in bound.points.items():
            for signal, point in signals.items():
                joined = listeners.setdefault((device, signal), Point())
                joined.listeners += point.listeners
    root = _joined(listeners, [watch for watch, _ in watches])
    found: dict[PointId, Group] = {}
    for id_ in sorted(listeners):
        group = found.setdefault(root(id_), Group([], []))
        group.points.append(id_)
        group.listeners.append(listeners[id_])
    for watch, is_tried in watches:
        if leaf := next(iter(watch.leaves), None):
            found[root((leaf.device, leaf.signal))].watches.append((watch, is_tried))
    return list(found.values())


def matched(current: Sequence[Occurrence], tried: Sequence[Occurrence]) -> Iterator[Difference]:
    """Alarms of one rule on one device, paired where they overlap in time, the earliest first."""
    old, new = list(current), list(tried)
    while old and new:
        if _ends_before(old[0], new[0]):
            yield Difference(old.pop(0), None)
        elif _ends_before(new[0], old[0]):
            yield Difference(None, new.pop(0))
        else:
            yield Difference(old.pop(0), new.pop(0))
    yield from (Difference(occurrence, None) for occurrence in old)
    yield from (Difference(None, occurrence) for occurrence in new)


def begins_from(found: Difference, at: Instant) -> bool:
    """Whether either side was raised at `at` or later; what began in the warm-up is not judged."""
    return any(o.raised_at >= at for o in (found.current, found.tried) if o)


def warm_up(rulebook: Rulebook, rules: Iterable[Rule], types: DeviceTypes) -> int:
    """Microseconds of history before the period that let every condition know what it needs.

    All the spans of a rule one after the other, the longest silence of a healthy device, and the
    time after which chattering is over.
    """
    spans = max(
        (_spans(rule.when.model_dump()) + rule.on_delay_s + rule.off_delay_s for rule in rules),
        default=0.0,
    )
    silence = max(type_.heartbeat_s for type_ in types.by_id.values())
    quiet = round(rulebook.alarm_handling.chattering.quiet_min * MINUTE)
    return seconds(spans + silence) + quiet


def _spans(part: Any) -> float:
    """The sum of all that is in seconds, in a condition's data."""
    if isinstance(part, dict):
        own = [v for k, v in part.items() if k.endswith("_s") and isinstance(v, int | float)]
        return sum(own) + sum(_spans(v) for v in part.values())
    return sum(_spans(item) for item in part) if isinstance(part, list) else 0.0


def _occurrence(watch: Watch) -> Occurrence:
    cause, rule = watch.cause(), watch.rule
    return Occurrence(
        rule.id, watch.device.id, rule.priority, cause.device, cause.signal, cause.value, watch.at
    )


def _ends_before(one: Occurrence, other: Occurrence) -> bool:
    return one.cleared_at is not None and one.cleared_at < other.raised_at


def _joined(points: Iterable[PointId], watches: Iterable[Watch]) -> Callable[[PointId], PointId]:
    """Which of its group's points stands for a point: watches join all the points they read."""
    parent = {id_: id_ for id_ in points}

    def root(id_: PointId) -> PointId:
        while parent[id_] != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for watch in watches:
        leaves = [root((leaf.device, leaf.signal)) for leaf in watch.leaves]
        for other in leaves[1:]:
            parent[root(other)] = root(leaves[0])
    return root
