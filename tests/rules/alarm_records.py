"""Alarm events as the record holds them, for tests of what figures make of them."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from rules.figures.alarm_history import STANDING, AlarmPoint, Transition
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.priority import Priority

START: Instant = 1_782_864_000 * SECOND


@dataclass
class Record:
    """Writes transitions; times are seconds from `START`. An alarm's id is its point's device."""

    transitions: list[Transition] = field(default_factory=list)
    _seq: "count[int]" = field(default_factory=lambda: count(1))

    def raised(self, at: float, device: str = "d1", **more: Any) -> None:
        self._add("alarm.raised", at, device, standing=True, **more)

    def again(self, at: float, device: str = "d1", **more: Any) -> None:
        self._add("alarm.raised_again", at, device, standing=True, **more)

    def cleared(self, at: float, device: str = "d1", **more: Any) -> None:
        self._add("alarm.cleared", at, device, standing=False, **more)

    def stood_since(self, at: float, device: str = "d1", **more: Any) -> None:
        self._add(STANDING, at, device, standing=True, **more)

    def other(self, kind: str, at: float, device: str = "d1", **more: Any) -> None:
        self._add(f"alarm.{kind}", at, device, **{"standing": True, **more})

    def _add(
        self,
        kind: str,
        at: float,
        device: str,
        *,
        standing: bool,
        rule: str = "leak",
        priority: Priority = "P3",
        suppression: str | None = None,
        told: float | None = None,
    ) -> None:
        when = instant(at)
        self.transitions.append(
            Transition(
                seq=next(self._seq),
                kind=kind,
                alarm=device,
                point=AlarmPoint(rule, device),
                priority=priority,
                at=when,
                told_at=when if told is None else instant(told),
                raised_at=when if standing else START,
                standing=standing,
                suppression=suppression,
            )
        )


def instant(s: float) -> Instant:
    return START + round(s * SECOND)
