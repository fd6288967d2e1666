"""A rule: when which devices are in alarm, and what the alarm belongs to."""

from pydantic import Field

from rules.conditions.when import Condition, PlaceField
from rules.records.incidents import IncidentKind
from rules.records.tickets import TicketClass
from rules.rulebook.part import Part
from rules.vocabulary.priority import Level, Priority
from rules.vocabulary.text import Text


class Response(Part):
    """What an alarm of the rule belongs to."""

    kind: IncidentKind = Field(
        description="Kind of the incident, which names its plan; ticket: none, a ticket alone."
    )
    group_by: list[PlaceField] = Field(
        description="Alarms whose devices agree in all of these form one incident; an empty list: "
        "one for the estate."
    )
    grouped: bool = Field(
        False,
        description="Of kind ticket only: alarms of this rule share a ticket, by group_by, as "
        "lines of one job; otherwise each device has its own.",
    )
    level: Level = Field(description="Level that the incident has at least, I (highest) to IV.")
    ticket: TicketClass | None = Field(
        None, description="Service-level class of the ticket where no plan gives it."
    )
    evidence: bool = Field(
        False, description="Whether the alarm counts towards raising the incident's level."
    )


class Explained(Part):
    """Suppression by design (ISA-18.2, state H): an alarm of `rule` explains this one.

    It does so where both places agree in all of `same`, and for `linger_s` seconds after.
    """

    rule: str = Field(description="Id of the rule whose alarm explains this one.")
    same: list[PlaceField] = Field(
        description="Attributes of place in which both devices must agree; an empty list: all of "
        "the estate."
    )
    linger_s: float = Field(
        0, ge=0, description="Seconds for which it goes on explaining after it has cleared."
    )


class Rule(Part):
    """When a device of `device_types` (at one of `locations`, if given) is in alarm."""

    id: str = Field(
        pattern=r"^[a-z0-9-]+$", description="Its name for machines: a-z, 0-9 and hyphens."
    )
    version: int = Field(1, ge=1, description="Counts the changes of this rule on an estate.")
    enabled: bool = Field(True, description="Whether it is watched.")
    name: Text = Field(description="What people call the alarm, in both languages.")
    device_types: list[str] = Field(description="Types of the devices that it watches.")
    locations: list[str] | None = Field(
        None, description="Only devices that watch one of these, such as riser; none: all."
    )
    when: Condition = Field(description="The condition of the alarm.")
    on_delay_s: float = Field(
        0, ge=0, description="Seconds for which the condition must hold before it is an alarm."
    )
    off_delay_s: float = Field(
        0, ge=0, description="Seconds for which the condition must be gone before the alarm is."
    )
    priority: Priority = Field(
        description="P1 life or major loss, P2 fast damage, P3 degraded, P4 maintenance."
    )
    latching: bool = Field(
        False, description="Whether the alarm stays until a person resets it (ISA-18.2)."
    )
    shelvable: bool = Field(True, description="Whether an operator may shelve the alarm.")
    suppressed_while: list[Explained] = Field(
        [], description="Alarms that explain this one: while they stand it is held back."
    )
    response: Response = Field(description="What the alarm belongs to.")
    advice: Text = Field(description="What to do first, in both languages.")
    source: str = Field(description="Where the figures come from: a standard, or a default.")
    notice: list[str] = Field(
        [], description="Notices of the plan that residents get because of this rule."
    )
    notice_after_s: float = Field(
        0,
        ge=0,
        description="Residents are told so many seconds later, unless the sensor chatters by then.",
    )

    def watches(self, type_: str, location: str) -> bool:
        """Whether it is bound to a device of this type at this location."""
        if not self.enabled or type_ not in self.device_types:
            return False
        return self.locations is None or location in self.locations
