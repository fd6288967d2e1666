"""Who is called when nobody answers, as the catalogue gives it (DOMAIN section 7): its form."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.records.notices import Channel
from rules.records.tickets import Role
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EscalationLevel(_Part):
    """Called after `after_min` minutes without an answer: who holds one of `duties` then.

    `everyone`: all who are on duty, with the siren. `neighbours`: the estate next door. They are
    called again every `repeat_min` minutes until somebody answers.
    """

    name: str
    after_min: float = Field(ge=0)
    duties: list[Role] = []
    everyone: bool = False
    neighbours: bool = False
    repeat_min: Annotated[float, Field(gt=0)] | None = None


class CalloutWords(_Part):
    """What a person who is called reads: {priority}, {title} and {place} are filled in."""

    unanswered: Text
    dispatched: Text
    not_accepted: Text


class CalloutStep(_Part):
    """`channel` from `after_s` seconds on; `unless_reached`: only if none has delivered by then."""

    channel: Channel
    after_s: float = Field(default=0, ge=0)
    unless_reached: bool = False


class Gathering(_Part):
    """After `more_than` messages to a person within `within_s` seconds, one message gathers what
    comes in the next `wait_s` seconds: nobody is buzzed hundreds of times in a flood.
    """

    more_than: int = Field(default=3, ge=1)
    within_s: float = Field(default=60, gt=0)
    wait_s: float = Field(default=15, ge=0, le=60)


class EscalationPolicy(_Part):
    """`required` are the duties that somebody holds at any time, or the roster has a gap. The
    desk is not handed over within `handover_waits_min` minutes after a P1 alarm began.

    `channels` are the ways to a person who is called, by priority; a priority that is not among
    them goes by all ways at once.
    """

    source: str
    required: list[Role]
    priorities: dict[Priority, list[EscalationLevel]]
    handover_waits_min: float = Field(default=15, ge=0)
    channels: dict[Priority, list[CalloutStep]] = {}
    gathering: Gathering = Gathering()
    words: CalloutWords

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for priority, levels in self.priorities.items():
            minutes = [level.after_min for level in levels]
            if minutes != sorted(minutes):
                raise ValueError(f"priorities.{priority}: after_min must grow from level to level")
        return self
