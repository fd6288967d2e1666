"""Events: everything that happened, each with the whole record as it stands afterwards.

Because an event carries its record, the current-state tables, the console's reducer and the
webhook all do the same thing with it: put the record in its place by its id.
"""

from dataclasses import dataclass
from typing import Protocol

from rules.records.noun import Noun
from rules.vocabulary.instant import Instant
from rules.vocabulary.priority import Priority


class Record(Protocol):
    """What an event tells of, by the `id` that it has for ever; `rules.records.nouns` lists all."""

    @property
    def id(self) -> str: ...

    @property
    def estate(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """Whether a device is reachable; offline is not clear: its alarms stand (DOMAIN section 2)."""

    id: str
    estate: str
    state: str
    since_at: Instant


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that could not take effect, and why. `id` is the command's target."""

    id: str
    estate: str
    command: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class SystemAlarm:
    """A fault of the system itself: a rule set aside, a replay that differed.

    One of P1 stands until somebody has seen it.
    """

    id: str
    estate: str
    detail: str
    priority: Priority = "P3"
    seen_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is `noun.past-participle`; `at` event time; `by` a user id, `rule:ID` or `system`."""

    kind: str
    at: Instant
    by: str
    record: Record
    reason: str = ""


DEVICE = Noun("device", DeviceStatus, ("offline", "online"), held="devices")

REFUSAL = Noun("command", Refusal, ("refused",), stands=lambda _: False)

SYSTEM_ALARM = Noun(
    "system",
    SystemAlarm,
    ("alarm", "seen"),
    begins="alarm",
    held="unseen",
    stands=lambda alarm: alarm.priority == "P1" and alarm.seen_at is None,
)
