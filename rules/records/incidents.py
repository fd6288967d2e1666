"""Incidents: one real-world occurrence, with its alarms, plan, ticket and notices."""

from dataclasses import dataclass
from typing import Literal

from rules.records.noun import Noun, Table
from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, Priority
from rules.vocabulary.text import Text

IncidentKind = Literal[
    "fire", "lift", "pipe", "flood", "wind", "cold", "heat", "power", "mass", "health", "ticket"
]
Outcome = Literal["resolved", "false_alarm", "merged", "cancelled"]


@dataclass(frozen=True, slots=True)
class Cause:
    """What probably explains an incident: in words, and the device or valve that it points at."""

    text: Text
    device: str | None = None
    valve: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """`level` only rises; `confirmed` is by evidence or by a person; `key` is what groups alarms.

    `first_out` is the alarm with the earliest event time, which is `first_out_at`. `severity` is
    the priority of its gravest standing alarm, None when none stands: it follows the evidence.
    `merged_keys` are those of the incidents that a person merged into this one. A person put the
    households `added` on the list of those to be told, took `removed` off it, and sent them all
    further words at `updated_at`.
    """

    id: str
    estate: str
    kind: IncidentKind
    key: str
    level: Level
    confirmed: bool
    state: Literal["open", "closed"]
    title: Text
    place: Place
    plan: str | None
    plan_version: int | None
    opened_at: Instant
    alarm_count: int
    ticket_id: str
    first_out: str | None = None
    first_out_at: Instant | None = None
    severity: Priority | None = None
    cause: Cause | None = None
    merged_into: str | None = None
    merged_keys: tuple[str, ...] = ()
    closed_at: Instant | None = None
    outcome: Outcome | None = None
    drill: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    updated_at: Instant | None = None


_VERBS = (
    "opened", "alarm_added", "severity_changed", "cause_found", "merged", "grown", "shrunk",
    "reclassified", "level_raised", "confirmed", "household_added", "household_removed", "updated",
    "reopened", "closed",
)  # fmt: skip

NOUN = Noun(
    "incident",
    Incident,
    _VERBS,
    begins="opened",
    letter="i",
    held="incidents",
    then_held="closed_incidents",
    stands=lambda incident: incident.state == "open",
    incident="id",
    table=Table("incident", ("kind", "level", "state", "opened_at")),
)
