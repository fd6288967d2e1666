"""Points that ask the operator too often: the ten worst, and those that chatter (ISA-18.2)."""

from collections import Counter
from dataclasses import dataclass

from rules.figures.alarm_history import Activation, AlarmPoint, Annunciation
from rules.figures.alarm_targets import CHATTERING_ACTIVATIONS, CHATTERING_WITHIN
from rules.figures.delay_proposals import DelayProposal, propose
from rules.vocabulary.priority import Priority

BAD_ACTORS = 10


@dataclass(frozen=True, slots=True)
class BadActor:
    """A point among those that ask the operator most often; `alarm` is its latest."""

    rule: str
    device: str
    priority: Priority
    alarm: str
    annunciated: int
    share: float
    proposal: DelayProposal | None


@dataclass(frozen=True, slots=True)
class ChatteringPoint:
    """A point with `most_per_min` activations within a minute; `alarm` is its latest."""

    rule: str
    device: str
    priority: Priority
    alarm: str
    activations: int
    most_per_min: int
    proposal: DelayProposal | None


def bad_actors(
    asked: list[Annunciation], activations: dict[AlarmPoint, list[Activation]]
) -> tuple[BadActor, ...]:
    counts = Counter(a.point for a in asked)
    latest = {a.point: a for a in asked}
    worst = sorted(counts, key=lambda point: (-counts[point], point))[:BAD_ACTORS]
    return tuple(
        BadActor(
            *point,
            priority=latest[point].priority,
            alarm=latest[point].alarm,
            annunciated=counts[point],
            share=counts[point] / len(asked),
            proposal=propose(activations.get(point, []), latest[point].priority),
        )
        for point in worst
    )


def chattering_points(
    asked: list[Annunciation], activations: dict[AlarmPoint, list[Activation]]
) -> tuple[ChatteringPoint, ...]:
    """Worst first."""
    latest = {a.point: a for a in asked}
    found = []
    for point, last in latest.items():
        own = activations.get(point, [])
        most = _most_per_minute(own)
        if most >= CHATTERING_ACTIVATIONS or any(a.held for a in own):
            proposal = propose(own, last.priority)
            found.append(
                ChatteringPoint(*point, last.priority, last.alarm, len(own), most, proposal)
            )
    return tuple(sorted(found, key=lambda c: (-c.activations, c.rule, c.device)))


def _most_per_minute(activations: list[Activation]) -> int:
    most, first = 0, 0
    began = sorted(a.began_at for a in activations)
    for last, at in enumerate(began):
        while began[first] < at - CHATTERING_WITHIN:
            first += 1
        most = max(most, last + 1 - first)
    return most
