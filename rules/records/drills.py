"""Drills (演练): simulated incidents, permanently flagged (DOMAIN section 8)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from rules.records.noun import Deadlines, Noun, Table
from rules.records.tickets import Role
from rules.vocabulary.fields import Id, UserId
from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level

DrillKind = Literal["tabletop", "functional", "full_scale", "unannounced"]
"""桌面, 功能, 全要素, 突击: of the last one the staff do not know the time."""

DrillState = Literal["planned", "running", "paused", "ended", "cancelled"]

GOING_ON: frozenset[DrillState] = frozenset({"running", "paused"})


PartName = Literal["acknowledge", "dispatch", "arrive", "notify", "tasks", "proof"]


@dataclass(frozen=True, slots=True)
class Participant:
    """A member of staff who takes part, and the duty that is held in the drill."""

    user: UserId
    duty: Role


@dataclass(frozen=True, slots=True)
class Injection:
    """A drill alarm `after_s` seconds of the drill's own time from its start.

    `rule` raises it on `device`; `signal` and `value` are what it shows, empty where unknown.
    """

    after_s: Annotated[float, Field(ge=0, le=28_800, examples=[60])]
    rule: Annotated[Id, Field(examples=["smoke-fire"])]
    device: Annotated[Id, Field(examples=["b3-10-corridor-smoke"])]
    signal: Annotated[
        str, Field(max_length=80, pattern=r"^[a-z0-9_]*$", examples=["panel_state"])
    ] = ""
    value: float | Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody saw during the drill, or after."""

    words: str
    by: str
    noted_at: Instant


@dataclass(frozen=True, slots=True)
class ScorePart:
    """`points` of `weight`; `reached` in seconds of the drill, or as a share from 0 to 1.

    It has no place in the score where it does not `apply`, as nothing was there to be done, or
    where it is `void`, as the drill was stopped before.
    """

    name: PartName
    weight: float
    target: float
    reached: float | None
    reached_at: Instant | None
    points: float
    applies: bool
    void: bool


@dataclass(frozen=True, slots=True)
class Score:
    """`total` of 100; None: void, as the drill was stopped, or nothing could be scored."""

    total: int | None
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """`title` is a person's; `plan` the id of an emergency plan, `plan_version` once it runs.

    It begins at `planned_at`, or by hand where that is None. `participants` are called by their
    duty; `households` are enrolled by their own consent, and nobody else is told. `injected`
    counts the injections of `script` so far; without one the plan is started by hand.

    While it is paused since `paused_at`, its deadlines stand; it stood for `stood_s` seconds
    before. From `void_from_at` on nothing is scored: a person stopped it, who said `void_why`, or
    incident `void_by` came first. `notified_at` is when 95 % of the enrolled households had the
    first message.
    """

    id: str
    estate: str
    kind: DrillKind
    title: str
    plan: str
    level: Level
    place: Place
    state: DrillState
    leader: str
    made_by: str
    made_at: Instant
    planned_at: Instant | None = None
    participants: tuple[Participant, ...] = ()
    households: tuple[str, ...] = ()
    script: tuple[Injection, ...] = ()
    injected: int = 0
    plan_version: int | None = None
    incident_id: str | None = None
    started_at: Instant | None = None
    paused_at: Instant | None = None
    stood_s: float = 0.0
    ended_at: Instant | None = None
    void_from_at: Instant | None = None
    void_why: str = ""
    void_by: str | None = None
    acknowledged_at: Instant | None = None
    dispatched_at: Instant | None = None
    arrived_at: Instant | None = None
    notified_at: Instant | None = None
    remarks: tuple[Remark, ...] = ()
    score: Score | None = None

    @property
    def in_hand(self) -> bool:
        """Whether it is yet to come, or going on."""
        return self.state == "planned" or self.state in GOING_ON

    @property
    def begins_at(self) -> Instant | None:
        """When it begins by itself; None: it does not."""
        return self.planned_at if self.state == "planned" else None

    @property
    def next_injection_at(self) -> Instant | None:
        """When the next drill alarm of its script is due; None: there is none, or it stands."""
        if self.state != "running" or self.injected == len(self.script):
            return None
        after_s = self.script[self.injected].after_s + self.stood_s
        return (self.started_at or 0) + seconds(after_s)

    def users(self, duty: Role | None = None) -> tuple[str, ...]:
        """The participants, or those who hold `duty`, each once."""
        return tuple(dict.fromkeys(p.user for p in self.participants if duty in (None, p.duty)))


def _deadlines(drill: Drill) -> Deadlines:
    due = {"drill": drill.begins_at, "inject": drill.next_injection_at}
    return {(kind, drill.id): at for kind, at in due.items() if at is not None}


_VERBS = (
    "planned", "cancelled", "postponed", "started", "injected", "progressed", "paused", "resumed",
    "noted", "ended",
)  # fmt: skip

NOUN = Noun(
    "drill",
    Drill,
    _VERBS,
    begins="planned",
    letter="d",
    held="drills",
    stands=lambda drill: drill.in_hand,
    deadlines=_deadlines,
    incident="incident_id",
    table=Table(
        "drill",
        ("kind", "plan", "state", "made_at", "ended_at", "incident_id", "households"),
        {"is_void": lambda drill: drill.void_from_at is not None},
        since="made_at",
        standing=("state", ("planned", "running", "paused")),
    ),
)
