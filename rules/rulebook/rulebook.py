"""Rules, emergency plans, messages and service levels, as the catalogue gives them.

Each is data with its source beside it; the models here are its form and its checks.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, model_validator

from rules.messages.word_faults import known_placeholders
from rules.records.incidents import IncidentKind
from rules.records.tickets import TicketClass
from rules.rulebook.alarm_handling import AlarmHandling
from rules.rulebook.drill_policy import DrillPolicy
from rules.rulebook.escalation_policy import EscalationPolicy
from rules.rulebook.misfits import Misfit
from rules.rulebook.notice_policy import NoticePolicy
from rules.rulebook.part import Part
from rules.rulebook.plan import Plan
from rules.rulebook.rule import Rule
from rules.rulebook.ticket_policy import TicketPolicy
from rules.vocabulary.text import Text
from rules.written.faults import Path, choices


class ServiceLevel(Part):
    """Minutes from opening until accepted, on site, and finished; None where there is none."""

    accept: float | None = None
    respond: float | None = None
    finish: float | None = None


Policy = (
    dict[TicketClass, ServiceLevel]
    | AlarmHandling
    | NoticePolicy
    | EscalationPolicy
    | TicketPolicy
    | DrillPolicy
)
"""What decides beside rules and plans: one of each, under a name of the rulebook's."""

PolicyName = Literal[
    "service_levels", "alarm_handling", "notice_policy", "escalation_policy", "ticket_policy",
    "drill_policy",
]  # fmt: skip
POLICIES: tuple[PolicyName, ...] = (
    "service_levels", "alarm_handling", "notice_policy", "escalation_policy", "ticket_policy",
    "drill_policy",
)  # fmt: skip


def _by_id(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    found: dict[str, Any] = {}
    for n, item in enumerate(value):
        id_ = item.get("id") if isinstance(item, dict) else getattr(item, "id", None)
        if not isinstance(id_, str):
            raise ValueError(f"entry {n + 1}: id is missing; add it")
        if id_ in found:
            raise ValueError(f"id {id_!r} stands twice; rename one")
        found[id_] = item
    return found


class Rulebook(Part):
    """All that decides: changed only as a whole, by version."""

    rules: Annotated[dict[str, Rule], BeforeValidator(_by_id)]
    plans: Annotated[dict[str, Plan], BeforeValidator(_by_id)]
    messages: Annotated[dict[str, Text], AfterValidator(known_placeholders)]
    service_levels: dict[TicketClass, ServiceLevel]
    alarm_handling: AlarmHandling
    notice_policy: NoticePolicy
    escalation_policy: EscalationPolicy
    ticket_policy: TicketPolicy
    drill_policy: DrillPolicy

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Every name leads somewhere, so that nothing is found missing in an emergency."""
        faults = [str(misfit) for misfit in self.misfits()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def misfits(self) -> Iterator[Misfit]:
        """What does not fit together; nothing, in a rulebook that was validated."""
        for plan in self.plans.values():
            yield from self._misfits_of_plan(plan)
        for rule in self.rules.values():
            yield from self._misfits_of_rule(rule)

    def _misfits_of_plan(self, plan: Plan) -> Iterator[Misfit]:
        def misfit(path: Path, value: str, code: str, expected: Iterable[str] = ()) -> Misfit:
            return Misfit("plan", plan.id, path, value, code, choices(expected, value))

        if "IV" not in plan.tickets:
            yield misfit(("tickets",), "", "no_class")
        for level, klass in plan.tickets.items():
            if klass not in self.service_levels:
                yield misfit(("tickets", level), klass, "unknown_class", self.service_levels)
        for n, notice in enumerate(plan.notices):
            if notice.template not in self.messages:
                path = ("notices", n, "template")
                yield misfit(path, notice.template, "unknown_message", self.messages)

    def _misfits_of_rule(self, rule: Rule) -> Iterator[Misfit]:
        def misfit(path: Path, value: str, code: str, expected: Iterable[str] = ()) -> Misfit:
            return Misfit("rule", rule.id, path, value, code, choices(expected, value))

        plan, klass = self.plan_of(rule.response.kind), rule.response.ticket
        known = {notice.id for notice in plan.notices} if plan else set()
        for n, notice in enumerate(rule.notice):
            if notice not in known:
                yield misfit(("notice", n), notice, "unknown_notice", known)
        for n, explained in enumerate(rule.suppressed_while):
            path = ("suppressed_while", n)
            longest = self.alarm_handling.reopen_within_min * 60
            if explained.rule not in self.rules:
                yield misfit((*path, "rule"), explained.rule, "unknown_rule", self.rules)
            if explained.linger_s > longest:
                yield misfit(
                    (*path, "linger_s"), f"{explained.linger_s:g}", "linger", [f"{longest:g}"]
                )
            if rule.id in self._explaining(explained.rule):
                yield misfit((*path, "rule"), explained.rule, "circle")
        if plan is None and klass is None:
            yield misfit(("response", "ticket"), rule.response.kind, "no_plan", self.service_levels)
        if klass is not None and klass not in self.service_levels:
            yield misfit(("response", "ticket"), klass, "unknown_class", self.service_levels)

    def _explaining(self, rule_id: str) -> set[str]:
        """The rules whose alarms explain one of `rule_id`, or explain what explains it."""
        found: set[str] = set()
        left = [rule_id]
        while left:
            rule = self.rules.get(left.pop())
            more = {e.rule for e in rule.suppressed_while} - found if rule else set()
            found |= more
            left += more
        return found

    def plan_of(self, kind: IncidentKind) -> Plan | None:
        """The plan for incidents of `kind`; None for `ticket`, which has no plan."""
        return next((p for p in self.plans.values() if p.kind == kind), None)


def as_data(part: BaseModel | Mapping[TicketClass, ServiceLevel]) -> dict[str, Any]:
    """A part, or all, as JSON data in the form of the catalogue's files, defaults spelled out.

    So a default that a later version of the program changes does not change what was decided.
    """
    if isinstance(part, Mapping):
        return {key: as_data(value) for key, value in part.items()}
    return part.model_dump(mode="json", by_alias=True, exclude_none=True)
