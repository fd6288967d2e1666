"""Handovers (交接班): who leaves the desk gives it to who comes; both sign (DOMAIN section 7)."""

from dataclasses import dataclass
from typing import Literal

from rules.records.noun import Noun, Table
from rules.vocabulary.instant import Instant


@dataclass(frozen=True, slots=True)
class Handover:
    """`outgoing` proposed it, `incoming` accepted it; each by a session of their own.

    `alarms` (active ones), `suppressions`, `incidents` and `tickets` are the ids of what was open:
    when it was proposed, then when it was accepted. `keys`, `radios` and `note` are in the outgoing
    person's words. One that is `withdrawn` was followed by another proposal.
    """

    id: str
    estate: str
    outgoing: str
    incoming: str
    proposed_at: Instant
    state: Literal["proposed", "accepted", "withdrawn"] = "proposed"
    keys: str = ""
    radios: str = ""
    note: str = ""
    alarms: tuple[str, ...] = ()
    suppressions: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    ended_at: Instant | None = None


NOUN = Noun(
    "handover",
    Handover,
    ("proposed", "accepted", "withdrawn"),
    begins="proposed",
    letter="h",
    held="handover",
    alone=True,
    stands=lambda handover: handover.state == "proposed",
    table=Table(
        "handover",
        ("state", "proposed_at"),
        since="proposed_at",
        standing=("state", ("proposed",)),
    ),
)
