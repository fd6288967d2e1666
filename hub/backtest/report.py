"""What a backtest found, and the form of it that machines read."""

from dataclasses import dataclass, field, replace
from typing import Any

from rules.records.json_form import as_json
from rules.vocabulary.instant import Instant
from rules.vocabulary.text import Text
from rules.watching.backtest import Count, Difference


@dataclass(slots=True)
class RuleReport:
    """One tried rule; `is_new`: it replaces none."""

    id: str
    name: Text
    is_new: bool
    count: Count = field(default_factory=Count)


@dataclass(slots=True)
class Part:
    """What one piece of the work came to. `readings` are those within the period."""

    points: int = 0
    silent_points: int = 0
    readings: int = 0
    compared: list[Difference] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """The comparison: counts by rule, and every alarm that is not the same in both.

    `differences` are in order of time. `silent_points` had no reading in the period or before.
    `took_s` is how long it took, in seconds.
    """

    estate: str
    from_at: Instant
    to_at: Instant
    rules: dict[str, RuleReport]
    differences: list[Difference]
    points: int = 0
    silent_points: int = 0
    readings: int = 0
    faults: list[str] = field(default_factory=list)
    took_s: float = 0.0

    def take(self, part: Part) -> None:
        """Add what a piece of the work came to."""
        self.points += part.points
        self.silent_points += part.silent_points
        self.readings += part.readings
        self.faults += part.faults
        for found in part.compared:
            self.rules[found.shown.rule].count.add(found)
            if found.kind != "changed" or found.moved or found.reprioritised:
                self.differences.append(found)

    def sort(self) -> None:
        """Bring the differences in order of time, whatever piece came first."""
        self.differences.sort(key=_order)
        self.faults.sort()


def as_data(report: Report, *, most: int | None = None) -> dict[str, Any]:
    """The report as JSON has it, with at most so many differences; `left_off` counts the rest."""
    shown = report.differences[:most]
    data: dict[str, Any] = as_json(replace(report, differences=[]))
    data["rules"] = [
        {key: value for key, value in rule.items() if key != "count"} | rule["count"]
        for rule in data["rules"].values()
    ]
    data["differences"] = [
        {
            **as_json(found),
            "kind": found.kind,
            "moved": found.moved,
            "reprioritised": found.reprioritised,
        }
        for found in shown
    ]
    data["left_off"] = len(report.differences) - len(shown)
    return data


def _order(found: Difference) -> tuple[Instant, str, str]:
    begins = min(o.raised_at for o in (found.current, found.tried) if o)
    return begins, found.shown.rule, found.shown.device
