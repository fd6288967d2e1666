"""What becomes of a ticket beside its clocks: proof, call-back, reopening, what people report."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rules.records.notices import Urgency
from rules.records.tickets import Role, TicketClass
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text

FalseAlarmCause = Literal["steam", "cooking", "dust", "insects", "test", "malicious", "other"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Suspending(_Part):
    """Tickets of `classes` may rest, for so many days at the most."""

    classes: list[TicketClass]
    at_most_days: float = Field(gt=0)


class CallBackPolicy(_Part):
    """Whether those are called back who reported it, and those whose flat was entered."""

    reported: bool
    in_flat: bool


class Category(_Part):
    """What a person may report, and the trade that sees to it."""

    id: str = Field(pattern=r"^[a-z_]+$")
    name: Text
    role: Role


class LeftToDo(_Part):
    """The ticket that a false alarm leaves."""

    klass: TicketClass = Field(alias="class")
    role: Role
    title: Text


class WorksPolicy(_Part):
    """Alarms of the rules `suppresses` mean nothing below a valve that is closed by plan.

    Works last `at_most_h` hours and are planned `ahead_at_most_days` days before.
    """

    title: Text
    at_most_h: float = Field(gt=0)
    ahead_at_most_days: float = Field(gt=0)
    notice_before_h: float = Field(ge=0)
    template: str
    urgency: Urgency
    suppresses: list[str]


class TicketPolicy(_Part):
    """DOMAIN section 5, as figures."""

    source: str
    reopen_within_days: float = Field(gt=0)
    dissatisfied_at_most: int = Field(ge=0, le=5)
    suspend: Suspending
    verified_by_alarms: list[TicketClass]
    call_back: CallBackPolicy
    open_reports_per_household: int = Field(ge=1)
    priorities: dict[TicketClass, Priority]
    categories: list[Category]
    complaints: list[Category]
    false_alarms: dict[FalseAlarmCause, LeftToDo]
    works: WorksPolicy

    def category(self, id_: str) -> Category | None:
        return next((c for c in self.categories if c.id == id_), None)

    def complaint(self, grade: str) -> Category | None:
        return next((c for c in self.complaints if c.id == grade), None)
