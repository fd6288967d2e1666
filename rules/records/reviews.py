"""Reviews: what is left to do and to learn once an incident is closed (善后; DOMAIN section 4)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from rules.records.noun import Deadlines, Noun, Table
from rules.records.tickets import Role
from rules.vocabulary.fields import SomeWords
from rules.vocabulary.instant import Instant
from rules.vocabulary.text import Text

LiablePart = Literal["common", "developer", "owner", "other"]
"""Whose part the cause lies in: common parts, the developer's warranty, an owner's; or none."""

Phase = Literal["plan", "do", "check", "act"]
"""Of the PDCA circle."""

Fen = Annotated[int, Field(ge=0, le=10**11)]
"""1/100 yuan; more than a billion yuan is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class AftercareTask:
    """One task of the plan's after-care, or the call-back visit (回访) to a damaged `household`.

    `score` is the household's satisfaction, 1–5. `overdue_at` is when it was found late.
    `photos` are SHA-256 in hexadecimal.
    """

    id: str
    role: Role
    title: Text
    due_at: Instant
    household: str | None = None
    state: Literal["open", "done", "waived"] = "open"
    ended_at: Instant | None = None
    ended_by: str | None = None
    note: str = ""
    score: int | None = None
    photos: tuple[str, ...] = ()
    overdue_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """How the plan wants those visited who were hurt, trapped or suffered damage."""

    role: Role
    title: Text
    within_h: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The cause, as the liability file (责任档案) holds it."""

    words: str
    part: LiablePart
    by: str
    recorded_at: Instant
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DamageItem:
    """One thing that was damaged, and what it costs."""

    words: Annotated[SomeWords, Field(examples=["ceiling of the kitchen"])]
    cost_fen: Annotated[Fen, Field(examples=[120_000])]


@dataclass(frozen=True, slots=True)
class Damage:
    """What a household lost, what it is offered in fen, and the file of its signature."""

    household: str
    items: tuple[DamageItem, ...]
    by: str
    recorded_at: Instant
    photos: tuple[str, ...] = ()
    offer_fen: int | None = None
    signature: str | None = None

    @property
    def cost_fen(self) -> int:
        return sum(item.cost_fen for item in self.items)


@dataclass(frozen=True, slots=True)
class Measure:
    """What shall change, by whom and until when; open until somebody says that it is done.

    `overdue_at` is when it was found late.
    """

    id: str
    phase: Phase
    words: str
    owner: Role
    due_at: Instant
    state: Literal["open", "done"] = "open"
    ended_at: Instant | None = None
    ended_by: str | None = None
    note: str = ""
    overdue_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The after-care of one incident. Its files belong to the ticket that the incident opened with.

    A false alarm needs no cause beyond the one it was closed with. `visit` is None where the
    plan knows none.
    """

    id: str
    estate: str
    incident_id: str
    ticket_id: str
    state: Literal["open", "done"]
    opened_at: Instant
    tasks: tuple[AftercareTask, ...]
    false_alarm: bool = False
    drill: bool = False
    visit: Visit | None = None
    cause: Finding | None = None
    damages: tuple[Damage, ...] = ()
    measures: tuple[Measure, ...] = ()
    finished_at: Instant | None = None
    finished_by: str | None = None
    conclusion: str = ""

    @property
    def in_hand(self) -> bool:
        """Whether anything may still happen to it."""
        return self.state == "open" or any(m.state == "open" for m in self.measures)


def review_deadlines(review: Review) -> Deadlines:
    """The timer of each open task and measure that was not found late before."""
    duties = (("aftercare", review.tasks), ("measure", review.measures))
    return {
        (kind, f"{review.id}/{duty.id}"): duty.due_at
        for kind, of in duties
        for duty in of
        if duty.state == "open" and duty.overdue_at is None
    }


def files_of_review(review: Review) -> set[str]:
    """Every file that the review names, by its SHA-256."""
    found = {hash_ for task in review.tasks for hash_ in task.photos}
    found |= {hash_ for damage in review.damages for hash_ in damage.photos}
    found |= {damage.signature for damage in review.damages if damage.signature}
    return found | set(review.cause.photos if review.cause else ())


_VERBS = (
    "opened", "task_added", "task_completed", "task_waived", "task_overdue", "cause_recorded",
    "damage_recorded", "measure_added", "measure_completed", "measure_overdue", "finished",
)  # fmt: skip

NOUN = Noun(
    "review",
    Review,
    _VERBS,
    begins="opened",
    letter="r",
    held="reviews",
    stands=lambda review: review.in_hand,
    deadlines=review_deadlines,
    incident="incident_id",
    table=Table(
        "review",
        ("incident_id", "state", "opened_at"),
        {"measures_open": lambda review: sum(m.state == "open" for m in review.measures)},
    ),
)
