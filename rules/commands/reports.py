"""What people report (报修、投诉), and further tickets for an incident."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rules.commands.incidents import open_incident
from rules.commands.place import AtPlace, place_of_unit
from rules.commands.refused import Refused
from rules.incidents.asked_for import open_further, take_report
from rules.records.tickets import Report, Role
from rules.rulebook.ticket_policy import Category
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Holds, Id, OptionalId, Photos, SomeWords, Words
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

Urgency = Literal["urgent", "ordinary", "planned"]
"""What a person who reports a repair may ask for: a class of tickets."""

CategoryId = Annotated[
    str, Holds.ID, StringConstraints(pattern=r"^[a-z_]{1,40}$"), Field(examples=["water"])
]


class _Told(AtPlace, frozen=True, kw_only=True):
    """What a person told, of what place; the household is an id, never a name."""

    household: Annotated[OptionalId, Field(examples=["B3-05-01"])] = None
    photos: Photos = ()

    def place(self, work: Work) -> Place:
        """The place that is named, else the reporter's flat."""
        household = self.household or ""
        named = self.building or self.unit or self.garage
        if not named and household in work.state.estate.units:
            return place_of_unit(work, household)
        return super().place(work)

    def need_household(self, work: Work, order: Ordered) -> None:
        """Raises Refused: it is not in the estate, or its page sends too many reports at once."""
        state = work.state
        if self.household is not None and self.household not in state.estate.households:
            raise Refused("bad-household", f"household {self.household!r}: not in this estate")
        if order.role != "resident":  # the telephone takes all
            return
        most = state.rulebook.ticket_policy.open_reports_per_household
        reports = [t.report for t in state.tickets.values() if t.report]
        if sum(report.household == self.household for report in reports) >= most:
            raise Refused(
                "too-many-reports",
                f"{most} reports of this household are open: call the desk instead",
            )


class ReportRepair(_Told, frozen=True, tag="ticket.report"):
    """Open a ticket for what somebody reported (报修), by telephone, in person or on their page."""

    estate: EstateId
    words: Annotated[SomeWords, Field(examples=["Kitchen tap drips"])]
    category: CategoryId
    urgency: Urgency

    def carry_out(self, work: Work, order: Ordered) -> None:
        policy = work.state.rulebook.ticket_policy
        found = policy.category(self.category)
        category = _need(found, "category", self.category, policy.categories)
        self.need_household(work, order)
        report = Report("repair", category.id, self.words, order.by, self.household)
        take_report(
            work, report, category, self.urgency, self.place(work), photos=self.photos, by=order.by
        )  # fmt: skip


class Complain(_Told, frozen=True, tag="ticket.complain"):
    """Take down a complaint (投诉), of which the policy's clocks run by its grade.

    What is demanded, and the incident of the last days that it is about, where there is one.
    """

    estate: EstateId
    words: Annotated[SomeWords, Field(examples=["Nobody came yesterday"])]
    demand: Words = ""
    grade: Literal["ordinary", "complex", "major"] = "ordinary"
    about: Annotated[OptionalId, Field(description="An incident of the last days.")] = None

    def carry_out(self, work: Work, order: Ordered) -> None:
        policy = work.state.rulebook.ticket_policy
        category = _need(policy.complaint(self.grade), "grade", self.grade, policy.complaints)
        known = work.state.incidents.keys() | work.state.closed_incidents.keys()
        if self.about is not None and self.about not in known:
            raise Refused(
                "bad-about", f"about {self.about!r}: name an incident of the last days, or none"
            )
        self.need_household(work, order)
        report = Report(
            "complaint", category.id, self.words, order.by, self.household,
            demand=self.demand, about=self.about,
        )  # fmt: skip
        take_report(
            work, report, category, "complaint", self.place(work), photos=self.photos, by=order.by
        )  # fmt: skip


class OpenTicket(Command, frozen=True, tag="ticket.open"):
    """Open one more ticket on an open incident, for another trade."""

    incident: Annotated[Id, Field(examples=["riverside-i4"])]
    role: Annotated[Role, Field(examples=["CL"])]
    klass: Annotated[Literal["emergency", "urgent", "ordinary", "planned"], Field(alias="class")]
    title: Annotated[SomeWords, Field(examples=["Dry the corridor"])]

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        title = Text(self.title, self.title)
        open_further(work, incident, self.klass, self.role, title, by=order.by)


def _need(found: Category | None, name: str, given: str, known: list[Category]) -> Category:
    if found is None:
        words = ", ".join(category.id for category in known)
        raise Refused(f"bad-{name}", f"{name} {given!r}: use {words}")
    return found
