"""Emergency tickets (应急工单): a job for people, its tasks and its clocks (DOMAIN section 5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rules.instant import Instant
from rules.places import Place
from rules.priority import Priority
from rules.text import Text

TicketClass = Literal["emergency", "urgent", "ordinary", "planned"]
ProofKind = Literal["photo", "text", "headcount", "reading", "signature"]
"""What a task can insist on as its proof."""

Role = Literal["CR", "SL", "EN", "SE", "CS", "CL", "PM", "MC", "HQ"]
"""Duties of DOMAIN's head: control room, shift leader, engineer, security, customer service,
cleaning, property manager, lift maintainer, company."""


class TicketState(StrEnum):
    NEW = "new"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"
    WORKING = "working"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Clock:
    """A service level: met in time, or late from `due_at` on. `met_at` is None while it runs."""

    due_at: Instant
    met_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One ordered task of the plan; `proof` names what must be handed in, empty where nothing."""

    id: str
    role: Role
    title: Text
    proof: Text | None
    due_at: Instant | None
    state: Literal["open", "done", "waived"] = "open"
    ended_at: Instant | None = None
    ended_by: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ValveAdvice:
    """A valve to close, where it is, and the number of flats that closing it leaves dry."""

    id: str
    place: Text
    isolates: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """`klass` is the service-level class; `clocks` are keyed accept, respond, finish."""

    id: str
    estate: str
    incident_id: str
    klass: TicketClass
    priority: Priority
    state: TicketState
    title: Text
    place: Place
    opened_at: Instant
    clocks: dict[str, Clock]
    tasks: tuple[Task, ...]
    valves: tuple[ValveAdvice, ...] = ()
    assignee: str | None = None
    closed_at: Instant | None = None
    drill: bool = False
