"""An emergency plan (应急预案): levels, tasks, command, notices, after-care (DOMAIN section 4)."""

from typing import Literal

from pydantic import Field

from rules.estate.affected import Audience
from rules.records.incidents import IncidentKind
from rules.records.notices import Urgency
from rules.records.tickets import ProofKind, Role, TicketClass
from rules.rulebook.part import Part
from rules.vocabulary.priority import Level, at_least, rank
from rules.vocabulary.text import Text


class PlanTask(Part):
    """A task of the plan from level `from_level` on; `within_min` minutes from the start.

    `proof` names in words what must be handed in, `proof_kinds` what the system insists on.
    `repeat_min`: once done, it is due again so many minutes later, until the incident ends.
    `report_to`: whom the task reports to outside the estate's own staff, at `phone` if fixed.
    """

    id: str
    role: Role
    title: Text
    within_min: float | None = None
    proof: Text | None = None
    proof_kinds: list[ProofKind] = Field([])
    repeat_min: float | None = Field(None, gt=0)
    report_to: Text | None = None
    phone: str | None = None
    from_level: Level = "IV"
    confirmed: bool = False


class Aftercare(Part):
    """What is left to do when the incident is closed, within `within_h` hours of that."""

    id: str
    role: Role
    title: Text
    within_h: float = Field(gt=0)
    from_level: Level = "IV"


class Command(Part):
    """Who leads at a level, and who is informed (DOMAIN section 4, Common)."""

    leads: Role
    informed: list[Role] = Field([])
    external: bool = False


class PlanNotice(Part):
    """What is sent to whom: from level `from_level` on, or only where a rule names `id`.

    `each_level`: told again when the level rises. `confirmed`: only for a confirmed incident.
    """

    id: str
    template: str
    audience: Audience
    urgency: Urgency
    from_level: Level | None = None
    confirmed: bool = False
    each_level: bool = False


class Escalate(Part):
    """The level becomes `to` once `at_least` distinct devices, or units, gave evidence.

    `within_s`: counted are those whose event times lie at most that far apart.
    """

    to: Level
    distinct: Literal["device", "unit"]
    at_least: int = Field(ge=2)
    within_s: float
    confirms: bool = False


class Plan(Part):
    """An emergency plan (应急预案). `tickets` names the service-level class from each level on.

    `levels` says when each level holds, `first` what the system and the control room do before
    anything else, `close` what must be true before the incident is closed. `by_hand`: a person
    starts it, no sensor does.
    """

    id: str
    version: int = Field(1, ge=1)
    kind: IncidentKind
    name: Text
    tickets: dict[Level, TicketClass]
    starts_confirmed: bool
    confirmed_level: Level | None = None
    restore_h: float | None = None
    by_hand: bool = False
    levels: dict[Level, Text] = Field({})
    first: list[Text] = Field([])
    command: dict[Level, Command] = Field({})
    escalate: list[Escalate] = Field([])
    tasks: list[PlanTask]
    notices: list[PlanNotice]
    close: list[Text] = Field([])
    aftercare: list[Aftercare] = Field([])
    source: str

    def ticket_class(self, level: Level) -> TicketClass:
        """The class of the gravest entry that `level` reaches."""
        return self.tickets[min((e for e in self.tickets if at_least(level, e)), key=rank)]
