"""Emergency tickets (应急工单): a job for people, its tasks and its clocks (DOMAIN section 5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text

TicketClass = Literal["emergency", "urgent", "ordinary", "planned", "complaint"]
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
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CALLBACK = "callback"
    CLOSED = "closed"
    CANCELLED = "cancelled"


BEFORE_SITE = frozenset({TicketState.NEW, TicketState.DISPATCHED, TicketState.ACCEPTED})
"""Nobody has come yet: the ticket may still be cancelled."""

WORK_DONE = frozenset({TicketState.RESOLVED, TicketState.VERIFIED, TicketState.CALLBACK})
"""What is left is to look at the work and to ask the household."""

ENDED = frozenset({TicketState.CLOSED, TicketState.CANCELLED})


ClockName = Literal["accept", "respond", "finish"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A service level: met in time, or late from `due_at` on. `met_at` is None while it runs.

    While the ticket is suspended the clock stands since `paused_at`; `due_at` moves on by that
    time when it runs again. `missed_at` is when it ran out, `stopped_at` when the ticket ended
    without having met it.
    """

    due_at: Instant
    met_at: Instant | None = None
    paused_at: Instant | None = None
    missed_at: Instant | None = None
    stopped_at: Instant | None = None

    @property
    def running(self) -> bool:
        return self.met_at is None and self.paused_at is None and self.stopped_at is None


PauseCause = Literal["parts", "access", "weather", "other"]


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (挂起): the clocks stand from `since_at`, until `until_at` or `ended_at` before.

    `state` is where the work goes on; `approver` let it rest.
    """

    cause: PauseCause
    reason: str
    approver: str
    state: TicketState
    since_at: Instant
    until_at: Instant
    ended_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was handed in for a task; files by the SHA-256 of their content, in hexadecimal."""

    photos: tuple[str, ...] = ()
    headcount: int | None = None
    reading: float | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One ordered task of the plan; `proof` names what must be handed in, empty where nothing.

    `proof_kinds` are those kinds without which it cannot be done. A task with `repeat_min` is
    open again when it was done, `times` so far. `overdue_at` is when it was found late.
    """

    id: str
    role: Role
    title: Text
    proof: Text | None
    due_at: Instant | None
    state: Literal["open", "done", "waived"] = "open"
    ended_at: Instant | None = None
    ended_by: str | None = None
    note: str = ""
    proof_kinds: tuple[ProofKind, ...] = ()
    handed_in: Proof | None = None
    report_to: Text | None = None
    phone: str | None = None
    repeat_min: float | None = None
    times: int = 0
    overdue_at: Instant | None = None

    @property
    def due(self) -> bool:
        """Whether it must still be done; a repeated one has been, once it was done at all."""
        return self.state == "open" and not self.times


@dataclass(frozen=True, slots=True)
class ValveAdvice:
    """A valve to close, where it is, and the number of flats that closing it leaves dry."""

    id: str
    place: Text
    isolates: int


@dataclass(frozen=True, slots=True)
class Effort:
    """Parts (材料) or labour (人工) that went into the work; `cost_fen` is in fen (1/100 yuan)."""

    kind: Literal["part", "labour"]
    words: str
    quantity: float
    unit: str
    cost_fen: int
    by: str
    added_at: Instant


@dataclass(frozen=True, slots=True)
class Report:
    """What a person told: a repair (报修) of a category, or a complaint (投诉) with its demand.

    `household` is the id of the reporter's household, where one is known; never a name. `about`
    is the incident that a complaint is about.
    """

    kind: Literal["repair", "complaint"]
    category: str
    words: str
    by: str
    household: str | None = None
    demand: str = ""
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Works:
    """Planned works (计划性停水): `valve` is closed from `from_at` until `until_at`.

    Whom it leaves dry is told at `tell_at`, and was at `told_at`. It began at `began_at`;
    `suppression` holds back the alarms that it explains, where there are such sensors.
    """

    valve: str
    from_at: Instant
    until_at: Instant
    tell_at: Instant
    reason: str
    told_at: Instant | None = None
    began_at: Instant | None = None
    suppression: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """`klass` is the service-level class.

    `role` is the trade that is needed, where one is known. `verification`: whether a person looks
    at the work, or alarms that are normal again are the proof. `call_back`: whether the household
    is asked afterwards (回访), which gives `satisfaction` (1–5). `worker` said that the work is
    done; `reopened` counts how often it was not. `photos` are SHA-256 in hexadecimal. Since
    `halted_at` all its deadlines stand, as the drill that it is of was stopped.
    """

    id: str
    estate: str
    incident_id: str
    klass: TicketClass
    priority: Priority
    state: TicketState
    title: Text
    place: Place
    opened_at: Instant
    clocks: dict[ClockName, Clock]
    tasks: tuple[Task, ...]
    valves: tuple[ValveAdvice, ...] = ()
    assignee: str | None = None
    closed_at: Instant | None = None
    drill: bool = False
    role: Role | None = None
    verification: Literal["person", "alarms"] = "person"
    call_back: bool = False
    worker: str | None = None
    verified_by: str | None = None
    satisfaction: int | None = None
    reopened: int = 0
    pauses: tuple[Pause, ...] = ()
    efforts: tuple[Effort, ...] = ()
    photos: tuple[str, ...] = ()
    report: Report | None = None
    works: Works | None = None
    halted_at: Instant | None = None

    @property
    def through(self) -> bool:
        """Whether nothing is left to be done before it is closed."""
        if self.call_back:
            return self.state is TicketState.CALLBACK and self.satisfaction is not None
        return self.state is TicketState.VERIFIED


def files_of(ticket: Ticket) -> set[str]:
    """Every file that the ticket names, by its SHA-256."""
    found = set(ticket.photos)
    for task in ticket.tasks:
        if task.handed_in is not None:
            found.update(task.handed_in.photos)
            if task.handed_in.signature is not None:
                found.add(task.handed_in.signature)
    return found
