"""A name in a rulebook that leads nowhere: where it stands, and the remedy."""

from dataclasses import dataclass
from typing import Literal

from rules.written.faults import REMEDIES, Path, dotted


@dataclass(frozen=True, slots=True)
class Misfit:
    """A field of rule or plan `id` whose `value` leads nowhere; `code` is one of `REMEDIES`."""

    noun: Literal["rule", "plan"]
    id: str
    path: Path
    value: str
    code: str
    expected: str = ""

    def __str__(self) -> str:
        got = f" {self.value}" if self.value else ""
        remedy = REMEDIES[self.code].format(expected=self.expected)
        return f"{self.noun} {self.id}: {dotted(self.path)}{got}: {remedy}"
