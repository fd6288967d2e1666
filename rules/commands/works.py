"""Planning works for which a valve is closed."""

from typing import Annotated

from pydantic import Field

from rules.commands.refused import Refused
from rules.planned_works import plan_works
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Id, Reason, Time
from rules.vocabulary.instant import DAY, HOUR, to_rfc3339


class PlanWorks(Command, frozen=True, tag="works.plan"):
    """Plan to close a valve: whom it leaves dry is told why, and its low pressure is no alarm."""

    estate: EstateId
    valve: Annotated[Id, Field(examples=["B3-R1-HIGH"])]
    from_: Annotated[Time, Field(alias="from", examples=["2026-07-03T01:00:00Z"])]
    until: Annotated[Time, Field(examples=["2026-07-03T05:00:00Z"])]
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        policy, valves = work.state.rulebook.ticket_policy.works, work.state.estate.valves
        valve = valves.get(self.valve)
        if valve is None:
            known = ", ".join(sorted(valves)[:5])
            raise Refused("bad-valve", f"valve {self.valve!r}: use one of {known} …")
        if not work.now < self.from_ <= work.now + round(policy.ahead_at_most_days * DAY):
            most = f"{policy.ahead_at_most_days:g} days"
            raise Refused("bad-from", f"from {to_rfc3339(self.from_)}: give a time within {most}")
        if not self.from_ < self.until <= self.from_ + round(policy.at_most_h * HOUR):
            most = f"{policy.at_most_h:g} hours"
            raise Refused(
                "bad-until", f"until {to_rfc3339(self.until)}: later than from, by at most {most}"
            )
        plan_works(work, valve, self.from_, self.until, by=order.by, reason=self.reason)
