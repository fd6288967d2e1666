"""Suppressions: alarms that are logged but not annunciated (ISA-18.2-2016, states G, H and I)."""

from dataclasses import dataclass
from typing import Literal

from rules.records.noun import Noun, Table
from rules.vocabulary.instant import Instant
from rules.vocabulary.text import Text

SuppressionKind = Literal["shelved", "by_design", "out_of_service"]
"""G by an operator for a while, H by logic, I by a permit."""

Holder = tuple[SuppressionKind, str]
"""The kind, and the id of the suppression or of the alarm that explains."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What holds back the alarms of `rules` (all, where empty) on `devices`, which are at `place`.

    `by` set it because of `reason`; it ends at `until_at`, or with `ended_at` before. `measure`
    is what guards people meanwhile, where something is out of service.
    """

    id: str
    estate: str
    kind: SuppressionKind
    devices: tuple[str, ...]
    rules: tuple[str, ...]
    place: Text
    by: str
    reason: str
    since_at: Instant
    until_at: Instant
    measure: str = ""
    ended_at: Instant | None = None

    def covers(self, rule: str, device: str) -> bool:
        return device in self.devices and (not self.rules or rule in self.rules)


NOUN = Noun(
    "suppression",
    Suppression,
    ("began", "ended"),
    begins="began",
    letter="s",
    held="suppressions",
    stands=lambda suppression: suppression.ended_at is None,
    table=Table("suppression", ("kind", "since_at", "ended_at"), since="since_at"),
)
