"""Events: everything that happened, each with the whole record as it stands afterwards.

Because an event carries its record, the current-state tables, the console's reducer and the
webhook all do the same thing with it: put the record in its place by its id.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import msgspec

from rules.records.alarms import Alarm
from rules.records.callouts import Callout
from rules.records.drills import Drill
from rules.records.floods import AlarmFlood
from rules.records.handovers import Handover
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.reviews import Review
from rules.records.suppressions import Suppression
from rules.records.tickets import Ticket
from rules.vocabulary.instant import Instant, from_rfc3339, to_rfc3339
from rules.vocabulary.priority import Priority


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


Record = (
    Alarm
    | Incident
    | Ticket
    | Notice
    | Callout
    | Drill
    | Handover
    | Review
    | Suppression
    | AlarmFlood
    | DeviceStatus
    | Refusal
    | SystemAlarm
)


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is `noun.past-participle`; `at` event time; `by` a user id, `rule:ID` or `system`."""

    kind: str
    at: Instant
    by: str
    record: Record
    reason: str = ""


def as_json(value: Any) -> Any:
    """`value` as JSON data: `_at` instants as RFC 3339, dataclasses as objects, tuples as lists.

    This is the one shape that the database, the API and the console share. Field `klass` is
    written `class`, its name in the API.
    """
    if is_dataclass(value):
        return {_name(f.name): _field(f.name, getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    return value


def _name(field: str) -> str:
    return "class" if field == "klass" else field


def _field(name: str, value: Any) -> Any:
    if name.endswith("_at") and value is not None:
        return to_rfc3339(value)
    return as_json(value)


_RECORDS: dict[str, type[Record]] = {
    "alarm": Alarm,
    "incident": Incident,
    "ticket": Ticket,
    "notice": Notice,
    "callout": Callout,
    "drill": Drill,
    "handover": Handover,
    "review": Review,
    "suppression": Suppression,
    "flood": AlarmFlood,
    "device": DeviceStatus,
    "command": Refusal,
    "system": SystemAlarm,
}


def record_from_json(kind: str, data: dict[str, Any]) -> Record:
    """The record of an event of `kind`, from what `as_json` gave."""
    return msgspec.convert(_from_json(data), _RECORDS[kind.split(".")[0]])


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "klass" if k == "class" else k: from_rfc3339(v)
            if k.endswith("_at") and isinstance(v, str)
            else _from_json(v)
            for k, v in value.items()
        }
    return [_from_json(v) for v in value] if isinstance(value, list) else value
