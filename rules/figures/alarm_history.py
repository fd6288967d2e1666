"""Recorded alarm events, folded into what figures are made of: who was asked what, and when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rules.vocabulary.instant import Instant
from rules.vocabulary.priority import Priority

STANDING = "alarm.standing"
"""The kind of a transition that no event tells: the alarm stood before the history begins."""

_RAISES = ("alarm.raised", "alarm.raised_again")
_ASKS = (*_RAISES, "alarm.realarmed", "alarm.unsuppressed")


@dataclass(frozen=True, slots=True)
class Period:
    """From `from_at`, before `to_at`."""

    from_at: Instant
    to_at: Instant

    def __contains__(self, at: Instant) -> bool:
        return self.from_at <= at < self.to_at

    @property
    def length(self) -> int:
        """In microseconds."""
        return self.to_at - self.from_at

    def overlap(self, began_at: Instant, ended_at: Instant) -> int:
        """Microseconds of the span that lie within."""
        return max(0, min(ended_at, self.to_at) - max(began_at, self.from_at))


class AlarmPoint(NamedTuple):
    """What raises alarms: one rule on one device."""

    rule: str
    device: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One event of an alarm, `kind` being the event's.

    `seq` orders events; `at` is event time, `told_at` when the operator could see it. `standing`:
    the condition is true after it; `suppression`: the id of what then holds the alarm back.
    `raised_at` is the alarm's own.
    """

    seq: int
    kind: str
    alarm: str
    point: AlarmPoint
    priority: Priority
    at: Instant
    told_at: Instant
    raised_at: Instant
    standing: bool
    suppression: str | None = None

    @property
    def shown(self) -> bool:
        return self.standing and self.suppression is None


@dataclass(frozen=True, slots=True)
class Annunciation:
    """The operator was asked for an answer at `at`."""

    at: Instant
    alarm: str
    point: AlarmPoint
    priority: Priority


@dataclass(frozen=True, slots=True)
class Activation:
    """The condition was true from `began_at` to `ended_at` (None: still, or not known).

    `held`: it was chattering and was held as one alarm, so its length says nothing.
    """

    began_at: Instant
    ended_at: Instant | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm stood on the board from `began_at` to `ended_at` (None: it still does)."""

    alarm: str
    point: AlarmPoint
    priority: Priority
    began_at: Instant
    ended_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A person acknowledged at `at`, `after` microseconds after they were asked."""

    at: Instant
    priority: Priority
    after: int


@dataclass(frozen=True, slots=True)
class History:
    """Each list in order of time; `held_back` is by (alarm, what held it back), when it began."""

    annunciations: list[Annunciation]
    activations: dict[AlarmPoint, list[Activation]]
    shown: list[Shown]
    answers: list[Answer]
    held_back: dict[tuple[str, str], Instant]


def fold(transitions: Iterable[Transition]) -> History:
    """The history that `transitions`, in any order, add up to; O(n log n)."""
    fold = _Fold()
    for transition in sorted(transitions, key=lambda t: (t.seq, t.alarm)):
        fold.take(transition)
    return History(
        annunciations=sorted((a for a in fold.annunciations if a is not None), key=lambda a: a.at),
        activations={p: sorted(a, key=lambda a: a.began_at) for p, a in fold.activations.items()},
        shown=sorted((*fold.shown, *fold.on_board.values()), key=lambda s: (s.began_at, s.alarm)),
        answers=fold.answers,
        held_back=fold.held_back,
    )


@dataclass(slots=True)
class _Fold:
    """By alarm: since when it is `asked`, its place `on_board`, where it was annunciated last."""

    annunciations: list[Annunciation | None] = field(default_factory=list)
    activations: dict[AlarmPoint, list[Activation]] = field(
        default_factory=lambda: defaultdict(list)
    )
    shown: list[Shown] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    held_back: dict[tuple[str, str], Instant] = field(default_factory=dict)
    asked: dict[str, Instant] = field(default_factory=dict)
    on_board: dict[str, Shown] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def take(self, t: Transition) -> None:
        if t.suppression is not None:
            self._hold_back(t, t.suppression)
        elif t.kind in _ASKS and t.standing:
            self._ask(t)
        if t.kind == "alarm.acknowledged":
            after = t.told_at - self.asked.pop(t.alarm, t.raised_at)
            self.answers.append(Answer(t.told_at, t.priority, max(0, after)))
        self._follow_condition(t)
        self._follow_board(t)

    def _ask(self, t: Transition) -> None:
        self.last[t.alarm] = len(self.annunciations)
        self.annunciations.append(Annunciation(t.told_at, t.alarm, t.point, t.priority))
        if t.kind == "alarm.realarmed":  # it had been acknowledged
            self.asked[t.alarm] = t.told_at
        else:
            self.asked.setdefault(t.alarm, t.told_at)

    def _hold_back(self, t: Transition, holder: str) -> None:
        """Held back in the same breath as it was raised, it never reached anybody."""
        self.held_back.setdefault((t.alarm, holder), t.told_at)
        self.asked.pop(t.alarm, None)
        index = self.last.pop(t.alarm, None)
        if index is not None:
            asked = self.annunciations[index]
            if asked is not None and asked.at == t.told_at:
                self.annunciations[index] = None

    def _follow_condition(self, t: Transition) -> None:
        activations = self.activations[t.point]
        if t.kind in _RAISES and t.suppression is None:
            activations.append(Activation(t.at))
        elif activations and activations[-1].ended_at is None:
            if t.kind == "alarm.cleared":
                activations[-1] = replace(activations[-1], ended_at=t.at)
            elif t.kind == "alarm.chattering":
                activations[-1] = replace(activations[-1], held=True)

    def _follow_board(self, t: Transition) -> None:
        if t.shown and t.alarm not in self.on_board:
            began = t.at if t.kind in _ASKS else t.raised_at
            self.on_board[t.alarm] = Shown(t.alarm, t.point, t.priority, began)
        elif not t.shown and t.alarm in self.on_board:
            self.shown.append(replace(self.on_board.pop(t.alarm), ended_at=t.at))
