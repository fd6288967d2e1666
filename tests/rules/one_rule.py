"""One rule on one lift, with leak sensors beside it: what its condition makes of readings."""

from collections.abc import Iterable
from typing import Any

from rules import snapshot
from rules.catalogue import load
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import EstateChanged, Status, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row, Value

START: Instant = 1_782_864_000 * SECOND
DEVICE = "l1"
_WORDS = {"en": "x", "zh": "字"}

Reading = tuple[float, str, Value]
"""Seconds from the start, the lift's signal (or `device.signal`), the value."""

Outcome = tuple[float, str]
"""Seconds from the start, and `raised` or `cleared`."""


def rule(when: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A rule as YAML gives it."""
    return {
        "id": "judged", "name": _WORDS, "device_types": ["lift"], "when": when, "priority": "P3",
        "response": {"kind": "ticket", "group_by": [], "level": "IV", "ticket": "ordinary"},
        "advice": _WORDS, "source": "test", **fields,
    }  # fmt: skip


def book(*rules: dict[str, Any]) -> Rulebook:
    handling = load("alarm_handling.yaml")
    handling["chattering"]["activations"] = 1_000  # its own tests are elsewhere
    return Rulebook.model_validate(
        {"rules": list(rules), "plans": [], "messages": {}, "service_levels": {"ordinary": {}},
         "alarm_handling": handling, "notice_policy": load("notice_policy.yaml"),
         "escalation_policy": load("escalation_policy.yaml"),
         "ticket_policy": load("ticket_policy.yaml"),
         "drill_policy": load("drill_policy.yaml")}
    )  # fmt: skip


def estate(*leaks: str, riser: str | None = "R1", timezone: str = "UTC") -> dict[str, Any]:
    """The estate's file: a house with a lift, and leak sensors on a riser."""
    house = {
        "id": "B1", "name": _WORDS, "floors": 2, "flats_per_floor": 1, "assembly_place": _WORDS,
        "risers": [{"id": "R1", "flats": [1]}], "water_zones": [{"id": "all", "floors": "1-2"}],
    }  # fmt: skip
    lift = {"id": DEVICE, "type": "lift", "place": _WORDS, "building": "B1", "riser": riser}
    sensors = [
        {"id": leak, "type": "leak", "place": _WORDS, "building": "B1", "riser": "R1"}
        for leak in leaks
    ]
    return {
        "estate": "small", "name": _WORDS, "timezone": timezone, "phone": "1", "buildings": [house],
        "devices": [lift, *sensors],
    }  # fmt: skip


class Bench:
    """Plays readings to a state as an engine does, ticking when the state asks for it."""

    def __init__(
        self, rules: Rulebook, file: dict[str, Any] | None = None, *, restarts: bool = False
    ) -> None:
        self.rules = rules
        self.state = State.empty("small", rules)
        self.restarts = restarts
        self.outcomes: list[Outcome] = []
        self.faults: list[str] = []
        self.change(0, file or estate("k1", "k2"))

    def change(self, at_s: float, file: dict[str, Any]) -> None:
        """Import a version of the estate."""
        self._step(at_s, EstateChanged(self.state.estate_version + 1, file))

    def play(self, readings: Iterable[Reading]) -> None:
        """Give each reading at its own time."""
        for reading in readings:
            self.until(reading[0] - 1e-6)
            self.take([reading])

    def take(self, readings: list[Reading]) -> None:
        """Give readings of one time together, at that time."""
        rows: list[Row] = []
        for at_s, signal, value in readings:
            device, _, name = signal.rpartition(".")
            rows.append((device or DEVICE, name, START + round(at_s * SECOND), value))
        self._step(readings[0][0], ReadingBatch(rows[0][2], rows))

    def until(self, at_s: float) -> list[Outcome]:
        """Let time pass; gives all outcomes so far."""
        end = START + round(at_s * SECOND)
        while (due := self.state.next_due()) <= end:
            self._step((max(due, self.now) - START) / SECOND, Tick())
        return self.outcomes

    def tell(self, at_s: float, status: Status) -> None:
        """Give a device's own word, or its last will."""
        self.until(at_s - 1e-6)
        self._step(at_s, status)

    def wake(self, at_s: float) -> None:
        """Go on at a time up to which nobody listened."""
        self._step(at_s, Tick())

    now: Instant = START

    def _step(self, at_s: float, input: ReadingBatch | Tick | EstateChanged | Status) -> None:
        self.now = START + round(at_s * SECOND)
        for event in [*step(self.state, input, self.now), *step(self.state, Tick(), self.now)]:
            noun, _, verb = event.kind.partition(".")
            if noun == "alarm" and verb in ("raised", "raised_again", "cleared"):
                happened = verb.removesuffix("_again")
                self.outcomes.append(((event.at - START) / SECOND, happened))
            if event.kind == "system.alarm":
                self.faults.append(event.record.id)
        if self.restarts:
            self.state = snapshot.load(snapshot.save(self.state), self.rules)


def outcomes(
    rules: dict[str, Any], readings: Iterable[Reading], *, until: float, restarts: bool = False
) -> list[Outcome]:
    """What one rule comes to; `restarts`: with a restart after every batch."""
    bench = Bench(book(rules), restarts=restarts)
    bench.play(readings)
    return bench.until(until)
