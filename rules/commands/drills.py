"""What a person may do with a drill: plan, start, stop, go on, finish."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field, StringConstraints

from rules.commands.notices import need_household
from rules.commands.place import AtPlace
from rules.commands.refused import Refused
from rules.drills import course
from rules.drills.real_first import what_comes_first
from rules.records.drills import Drill, DrillKind, Injection, Participant, Remark
from rules.rulebook.plan import Plan
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import EstateId, Id, Reason, SomeWords, Time, UserId, Words
from rules.vocabulary.instant import DAY, to_rfc3339
from rules.vocabulary.priority import Level

MOST_INJECTIONS = 500
MOST_PEOPLE = 500
LATEST_START = 2 * 366 * DAY

Title = Annotated[SomeWords, StringConstraints(max_length=120)]


class PlanDrill(AtPlace, frozen=True, tag="drill.plan"):
    """Plan a drill; it begins at its time, or by hand where `begins` is not given.

    `households` are those that have agreed to take part: nobody else hears of it. Without a
    `script` the plan is started by hand.
    """

    estate: EstateId
    kind: Annotated[DrillKind, Field(examples=["functional"])]
    title: Annotated[Title, Field(examples=["Evacuation of building 3"])]
    plan: Annotated[Id, Field(examples=["FIRE"])]
    level: Annotated[Level, Field(examples=["II"])]
    leader: UserId | None = None
    participants: Annotated[tuple[Participant, ...], Field(max_length=MOST_PEOPLE)] = ()
    households: Annotated[tuple[Id, ...], Field(max_length=MOST_PEOPLE)] = ()
    begins: Annotated[Time | None, Field(examples=["2026-07-01T10:30:00Z"])] = None
    script: Annotated[tuple[Injection, ...], Field(max_length=MOST_INJECTIONS)] = ()

    def carry_out(self, work: Work, order: Ordered) -> None:
        plan = _known_plan(work, self.plan)
        place = self.place(work)
        if self.begins is not None and not work.now < self.begins <= work.now + LATEST_START:
            raise Refused(
                "bad-begins",
                f"begins {to_rfc3339(self.begins)}: give a time within the next two years",
            )
        for household in self.households:
            need_household(work, household)
        self._need_fitting_script(work, plan)
        drill = Drill(
            id=work.state.new_id("d"),
            estate=work.state.estate_id,
            kind=self.kind,
            title=self.title,
            plan=plan.id,
            level=self.level,
            place=place,
            state="planned",
            leader=self.leader or order.by,
            made_by=order.by,
            made_at=work.now,
            planned_at=self.begins,
            participants=tuple(dict.fromkeys(self.participants)),
            households=tuple(dict.fromkeys(self.households)),
            script=tuple(sorted(self.script, key=lambda injection: injection.after_s)),
        )
        work.emit("drill.planned", drill, by=order.by, reason=self.title)

    def _need_fitting_script(self, work: Work, plan: Plan) -> None:
        for n, injection in enumerate(self.script, 1):
            rule, device = injection.rule, injection.device
            watch = work.state.watches.watch(rule, device)
            if watch is None:
                fault = f"no rule {rule!r} watches device {device!r} here"
            elif watch.rule.response.kind != plan.kind:
                fault = f"{rule} does not lead to plan {plan.id}"
            else:
                continue
            raise Refused("bad-script", f"script entry {n}: {fault}")


class CancelDrill(Command, frozen=True, tag="drill.cancel"):
    """Do not hold a planned drill."""

    drill: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        drill = _in(work, self, "planned")
        cancelled = replace(drill, state="cancelled", ended_at=work.now)
        work.emit("drill.cancelled", cancelled, by=order.by, reason=self.reason)


class StartDrill(Command, frozen=True, tag="drill.start"):
    """Begin it now."""

    drill: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        drill = _in(work, self, "planned")
        other = course.going_on(work)
        if other is not None:
            raise Refused("other-drill", f"drill {other.id} is going on: finish it first")
        _need_quiet(work, drill)
        course.start(work, drill, _known_plan(work, drill.plan), by=order.by, reason="")


class StopDrill(Command, frozen=True, tag="drill.stop"):
    """STOP: everybody is told, deadlines stand, the score is void."""

    drill: Id
    reason: Annotated[Reason, Field(examples=["somebody fell on the stairs"])]

    def carry_out(self, work: Work, order: Ordered) -> None:
        course.pause(work, _in(work, self, "running"), by=order.by, reason=self.reason)


class ResumeDrill(Command, frozen=True, tag="drill.resume"):
    """Go on, when nothing real is open."""

    drill: Id

    def carry_out(self, work: Work, order: Ordered) -> None:
        drill = _in(work, self, "paused")
        _need_quiet(work, drill)
        course.resume(work, drill, by=order.by, reason="")


class FinishDrill(Command, frozen=True, tag="drill.finish"):
    """End it, score it, and open its review."""

    drill: Id
    reason: Words = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        drill = _in(work, self, "running", "paused")
        course.finish(work, drill, by=order.by, reason=self.reason)


class NoteOnDrill(Command, frozen=True, tag="drill.note"):
    """Write down what was seen."""

    drill: Id
    words: Annotated[SomeWords, Field(examples=["the fire door on floor 9 was wedged open"])]

    def carry_out(self, work: Work, order: Ordered) -> None:
        drill = _in(work, self, "planned", "running", "paused")
        noted = (*drill.remarks, Remark(self.words, order.by, work.now))
        work.emit("drill.noted", replace(drill, remarks=noted), by=order.by, reason=self.words)


def _in(work: Work, command: Command, *states: str) -> Drill:
    drill = work.state.drills.get(command.target)
    if drill is None:
        raise Refused("drill-over", f"drill {command.target} has ended or was cancelled")
    if drill.state not in states:
        raise Refused(
            "wrong-state",
            f"drill {drill.id} is {drill.state}: {command.name} needs {' or '.join(states)}",
        )
    return drill


def _need_quiet(work: Work, drill: Drill) -> None:
    real = what_comes_first(work.state, drill)
    if real is not None:
        raise Refused("real-first", f"{real} is real and open: end it first, then the drill")


def _known_plan(work: Work, id_: str) -> Plan:
    plans = work.state.rulebook.plans
    if id_ not in plans:
        raise Refused("no-plan", f"plan {id_!r}: use one of {', '.join(sorted(plans))}")
    return plans[id_]
