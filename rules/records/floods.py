"""Alarm floods (报警泛滥): more alarms than an operator can answer (ISA-18.2; DOMAIN section 2)."""

from dataclasses import dataclass

from rules.records.noun import Noun, Table
from rules.vocabulary.instant import Instant


@dataclass(frozen=True, slots=True)
class AlarmFlood:
    """From the alarm that was one too many until the rate has fallen; `count` alarms fell in it."""

    id: str
    estate: str
    began_at: Instant
    count: int
    ended_at: Instant | None = None


NOUN = Noun(
    "flood",
    AlarmFlood,
    ("began", "ended"),
    begins="began",
    letter="f",
    held="flood",
    alone=True,
    stands=lambda flood: flood.ended_at is None,
    table=Table("alarm_flood", ("began_at", "ended_at"), since="began_at"),
)
