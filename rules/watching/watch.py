"""A rule bound to one device, with what its condition remembers."""

from typing import Any, Literal

import msgspec

from rules.conditions.binding import build
from rules.conditions.leaves import Leaf
from rules.conditions.memory import Memory, Saved, named
from rules.conditions.nodes import Held
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
