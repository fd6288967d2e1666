"""What becomes of an alarm once its rule has raised it, as the catalogue gives it: its form."""

from pydantic import BaseModel, ConfigDict, Field

from rules.records.tickets import TicketClass
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PriorityHandling(_Part):
    """`realarm_min`: minutes after which an acknowledged alarm is annunciated again."""

    realarm_min: float = Field(gt=0)


class Flood(_Part):
    """A flood begins over so many alarms `within_min` minutes, and ends under so many."""

    begins_over: int = Field(ge=1)
    ends_under: int = Field(ge=1)
    within_min: float = Field(gt=0)


class Chattering(_Part):
    """`activations` within `within_s` seconds, held until it is quiet for `quiet_min` minutes."""

    activations: int = Field(ge=2)
    within_s: float = Field(gt=0)
    quiet_min: float = Field(gt=0)
    ticket: TicketClass
    title: Text
    advice: Text


class AlarmHandling(_Part):
    """What becomes of an alarm once its rule has raised it (DOMAIN section 2)."""

    source: str
    reopen_within_min: float = Field(ge=0)
    stale_after_h: float = Field(gt=0)
    shelve_at_most_h: float = Field(gt=0)
    late_after_min: float = Field(gt=0)
    flood: Flood
    priorities: dict[Priority, PriorityHandling]
    chattering: Chattering
