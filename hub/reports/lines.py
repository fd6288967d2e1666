"""The lines of a report: plain data, words in both languages, times local to the estate."""

from dataclasses import dataclass

from rules.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """`first_out` marks the alarm that came first."""

    id: str
    title: Text
    place: Text
    priority: str
    rule: str
    rule_version: int
    raised: str
    cleared: str | None
    acknowledged: str | None
    acknowledged_by: str | None
    first_out: bool


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A service level; `margin` is how much before `due` it was met, or after, if it was `late`."""

    ticket: str
    name: Text
    due: str
    done: str | None
    margin: Text | None
    state: Text
    late: bool


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of the plan or of the after-care. `household` is the flat that was visited."""

    id: str
    duty: Text
    title: Text
    due: str | None
    done: str | None
    by: str | None
    state: Text
    late: bool
    note: str
    household: str | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Counts of the notices of one message; delivered are also those that were read."""

    template: str
    requested: int
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """`reach_95` is the time from the first request until 95 % were delivered; None: never."""

    requested: int
    delivered: int
    read: int
    withdrawn: int
    reach_95: Text | None
    by_template: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person did, `times` over."""

    words: Text
    times: int


@dataclass(frozen=True, slots=True)
class Person:
    """A user by id, and what was done."""

    user: str
    role: Text
    did: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class CostLine:
    """Parts or labour; `cost_fen` in fen."""

    ticket: str
    words: str
    quantity: float
    unit: str
    cost_fen: int
    by: str


@dataclass(frozen=True, slots=True)
class DamageItemLine:
    words: str
    cost_fen: int


@dataclass(frozen=True, slots=True)
class DamageLine:
    """What one flat lost, in fen; `photos` counts them."""

    household: str
    items: tuple[DamageItemLine, ...]
    cost_fen: int
    offer_fen: int | None
    signed: bool
    photos: int


@dataclass(frozen=True, slots=True)
class CauseLine:
    words: str
    part: Text
    by: str
    recorded: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    id: str
    phase: Text
    words: str
    owner: Text
    due: str
    state: Text
    late: bool
    done: str | None
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A file by its SHA-256, and what it shows."""

    hash: str
    of: Text


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened; `note` is what the person wrote who did it."""

    time: str
    words: Text
    by: Text
    note: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One part of a drill's score: `points` of `weight`; `when` is null if it was not reached."""

    name: Text
    target: Text
    reached: Text | None
    when: str | None
    points: float
    weight: float
    state: Text
    missed: bool


@dataclass(frozen=True, slots=True)
class RemarkLine:
    time: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class DrillLine:
    """A drill's scope and score; from `void` on nothing was scored, and there is no `total`."""

    id: str
    kind: Text
    title: str
    leader: str
    participants: tuple[Text, ...]
    households: tuple[str, ...]
    stood: Text | None
    total: int | None
    void: str | None
    void_why: Text
    scores: tuple[ScoreLine, ...]
    remarks: tuple[RemarkLine, ...]
