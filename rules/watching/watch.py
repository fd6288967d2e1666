"""A rule bound to an estate, and to each of its devices, with what its condition remembers."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from rules.conditions.binding import compiled
from rules.conditions.leaves import Leaf
from rules.conditions.memory import Memory, Saved, named
from rules.conditions.nodes import Held
from rules.conditions.when import PlaceField, Siblings, whom_it_reads
from rules.estate.graph import Device, Estate
from rules.rulebook.alarm_handling import Chattering
from rules.rulebook.rule import Rule
from rules.vocabulary.instant import MINUTE, NEVER, Instant, seconds

Change = Literal["raise", "clear", "chatter", "settle"]
"""`chatter` and `settle`: a condition whose alarm stands began, or ceased, to chatter."""


_VERSION_0 = named(
    "raised", "alarm_id", "gone_since", "at", "due", "set_aside", "chattering", "onsets",
    "condition",
)  # fmt: skip


def _with_rule(saved: Saved) -> dict[str, Any]:
    """From version 0: the rule's version, and what the watch remembered."""
    rule_version, memory = saved
    return {"rule_version": rule_version, **_VERSION_0(memory)}


class WatchMemory(Memory, tag="watch/1"):
    """What a watch remembers, under `rule_version` of its rule."""

    upcasts = (_with_rule,)

    rule_version: int
    at: Instant
    due: Instant
    condition: Saved
    raised: bool = False
    alarm_id: str = ""
    gone_since: Instant | None = None
    set_aside: bool = False
    chattering: bool = False
    onsets: list[Instant] = msgspec.field(default_factory=list)


class BoundRule:
    """A rule on an estate: read once, then stamped for each device that it watches.

    It holds what all its watches share, and those that there are, by device. `place` is the
    rule's in the rulebook. `reads` is whom its tests read, each once; None: the device itself.
    """

    __slots__ = (
        "activations", "chatters_within", "estate", "may_chatter", "off_delay", "on_delay", "place",
        "quiet_for", "reads", "rule", "stamp", "watches",
    )  # fmt: skip

    def __init__(self, rule: Rule, place: int, chattering: Chattering, estate: Estate) -> None:
        self.watches: dict[str, Watch] = {}
        self.take(rule, place, chattering, estate)

    def take(self, rule: Rule, place: int, chattering: Chattering, estate: Estate) -> None:
        """From now on it is this rule, on this estate; its watches are the caller's to renew."""
        self.rule = rule
        self.place = place
        self.estate = estate
        self.stamp = compiled(rule.when, estate)
        self.on_delay = seconds(rule.on_delay_s)
        self.off_delay = seconds(rule.off_delay_s)
        self.may_chatter = not rule.latching and rule.priority != "P1"
        self.activations = chattering.activations
        self.chatters_within = seconds(chattering.within_s)
        self.quiet_for = round(chattering.quiet_min * MINUTE)
        self.reads: list[Siblings | None] = []
        for of in whom_it_reads(rule.when):
            if of not in self.reads:
                self.reads.append(of)

    def watches_device(self, device: Device) -> bool:
        return self.rule.watches(device.type, device.location)

    def devices(self) -> list[Device]:
        """Those that it watches, in order of id."""
        return self.devices_at((), ())

    def devices_at(self, fields: Sequence[PlaceField], values: Sequence[object]) -> list[Device]:
        """Those that it watches whose place has these values, none of them None, in its fields."""
        if not self.rule.enabled or None in values:
            return []
        types = dict.fromkeys(self.rule.device_types)
        found = [
            device
            for type_ in types
            for device in self.estate.devices_by_place(type_, tuple(fields)).get(tuple(values), [])
            if self.watches_device(device)
        ]
        return found if len(types) == 1 else sorted(found, key=lambda device: device.id)

    def reading(self, device: Device) -> Iterator[Siblings | None]:
        """The parts of `reads` for which `device` can be the one that is read."""
        for of in self.reads:
            if of is None:
                if self.watches_device(device):
                    yield of
            elif of.type == device.type and of.location in (None, device.location):
                yield of


class Watch:
    """One rule on one device.

    `raised` is whether its condition, with its delays, stands; `alarm_id` is the alarm that it
    raised last, which may be back to normal; `set_aside` marks a watch that failed. While it is
    `chattering` its alarm is held; `onsets` are the last times at which its condition, without
    the delays, became true.
    """

    __slots__ = (
        "alarm_id", "at", "bound", "chattering", "device", "due", "gone_since", "lateness",
        "leaves", "node", "onsets", "raised", "scheduled", "set_aside",
    )  # fmt: skip

    def __init__(self, bound: BoundRule, device: Device) -> None:
        self.bound = bound
        self.device = device
        self.node = Held(bound.stamp(device), bound.on_delay)
        self.leaves = tuple(self.node.leaves())
        self.raised = False
        self.alarm_id = ""
        self.gone_since: Instant | None = None
        self.at: Instant = 0
        self.due: Instant = NEVER
        self.scheduled: Instant = NEVER
        self.set_aside = False
        self.lateness: int = 0
        self.chattering = False
        self.onsets: list[Instant] = []

    @property
    def rule(self) -> Rule:
        return self.bound.rule

    @property
    def key(self) -> str:
        return f"{self.bound.rule.id}/{self.device.id}"

    @property
    def order(self) -> tuple[str, int]:
        """Its place among all watches of the estate, however they came to be."""
        return self.device.id, self.bound.place

    @property
    def has_heard(self) -> bool:
        """Whether it has anything to remember."""
        return bool(self.at) or any(leaf.at for leaf in self.leaves)

    @property
    def may_chatter(self) -> bool:
        """Whether its alarm may be held as one: never where life is at stake, or it latches."""
        return self.bound.may_chatter

    def advance(self, at: Instant) -> Change | None:
        """Judge the condition at event time `at` (or later, if it was judged later already)."""
        self.at = at = max(at, self.at)
        began = self.node.since
        stands = self.node.evaluate(at)
        is_onset = self.node.since not in (None, began)
        turned = self.bound.may_chatter and self._note_onset(at, is_onset=is_onset)
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
            if at - self.gone_since >= self.bound.off_delay:
                self.raised, self.gone_since = False, None
                return "clear"
        return None

    def _next_due(self) -> Instant:
        due = self.node.deadline()
        if self.gone_since is not None:
            due = min(due, self.gone_since + self.bound.off_delay)
        if self.chattering:
            due = min(due, self._settles_at())
        return due

    def _note_onset(self, at: Instant, *, is_onset: bool) -> bool:
        """Whether it began or ceased to chatter (ISA-18.2); once quiet, it counts as long gone."""
        most = self.bound.activations
        if is_onset:
            self.onsets = [*self.onsets, at][-most:]
        if not self.chattering:
            within = self.bound.chatters_within
            self.chattering = len(self.onsets) == most and at - self.onsets[0] <= within
            return self.chattering
        if at < self._settles_at():
            return False
        self.chattering, self.gone_since, self.onsets = False, self.onsets[-1], []
        return True

    def _settles_at(self) -> Instant:
        """When it has been quiet for long enough, or has stood so long that it means something."""
        if self.node.since is not None:
            return self.node.since + self.bound.chatters_within
        return self.onsets[-1] + self.bound.quiet_for

    def cause(self) -> Leaf:
        """The leaf that explains why the condition is true: its signal and value are shown."""
        return self.node.cause() or self.leaves[0]

    def memory(self) -> WatchMemory:
        return WatchMemory(
            self.rule.version, self.at, self.due, self.node.memory(), self.raised, self.alarm_id,
            self.gone_since, self.set_aside, self.chattering, self.onsets,
        )  # fmt: skip

    def restore(self, memory: WatchMemory) -> None:
        """Raises `UNREADABLE`; the watch is of no use then."""
        self.node.restore(memory.condition)
        self.raised, self.alarm_id = memory.raised, memory.alarm_id
        self.at, self.due, self.gone_since = memory.at, memory.due, memory.gone_since
        self.set_aside = memory.set_aside
        self.chattering, self.onsets = memory.chattering, memory.onsets
