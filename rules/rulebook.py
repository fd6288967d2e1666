"""Rules, emergency plans, messages and service levels, as the catalogue gives them.

Each is data with its source beside it; the models here are its form and its checks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rules.alarm_handling import AlarmHandling
from rules.conditions.when import Condition, PlaceField
from rules.drill_policy import DrillPolicy
from rules.escalation_policy import EscalationPolicy
from rules.file_faults import REMEDIES, Path, choices, dotted
from rules.incidents import IncidentKind
from rules.message_words import known_placeholders
from rules.notice_policy import NoticePolicy
from rules.notices import Urgency
from rules.priority import Level, Priority, at_least, rank
from rules.text import Text
from rules.ticket_policy import TicketPolicy
from rules.tickets import ProofKind, Role, TicketClass

Audience = Literal[
    "fire", "building", "leak", "burst", "shut_off", "lift", "power", "weather", "freezing",
    "flood", "garage_users",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Response(_Part):
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


class Explained(_Part):
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


class Rule(_Part):
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


class PlanTask(_Part):
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
    proof_kinds: list[ProofKind] = []
    repeat_min: float | None = Field(None, gt=0)
    report_to: Text | None = None
    phone: str | None = None
    from_level: Level = "IV"
    confirmed: bool = False


class Aftercare(_Part):
    """What is left to do when the incident is closed, within `within_h` hours of that."""

    id: str
    role: Role
    title: Text
    within_h: float = Field(gt=0)
    from_level: Level = "IV"


class Command(_Part):
    """Who leads at a level, and who is informed (DOMAIN section 4, Common)."""

    leads: Role
    informed: list[Role] = []
    external: bool = False


class PlanNotice(_Part):
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


class Escalate(_Part):
    """The level becomes `to` once `at_least` distinct devices, or units, gave evidence.

    `within_s`: counted are those whose event times lie at most that far apart.
    """

    to: Level
    distinct: Literal["device", "unit"]
    at_least: int = Field(ge=2)
    within_s: float
    confirms: bool = False


class Plan(_Part):
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
    levels: dict[Level, Text] = {}
    first: list[Text] = []
    command: dict[Level, Command] = {}
    escalate: list[Escalate] = []
    tasks: list[PlanTask]
    notices: list[PlanNotice]
    close: list[Text] = []
    aftercare: list[Aftercare] = []
    source: str

    def ticket_class(self, level: Level) -> TicketClass:
        """The class of the gravest entry that `level` reaches."""
        return self.tickets[min((e for e in self.tickets if at_least(level, e)), key=rank)]


class ServiceLevel(_Part):
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


@dataclass(frozen=True, slots=True)
class Misfit:
    """A field of rule or plan `id` whose `value` leads nowhere; `code` is one of `REMEDIES`."""

    noun: Literal["rule", "plan"]
    id: str
    path: Path
    value: str
    code: str
    expected: str = ""

    def __str__(self) -> str:
        got = f" {self.value}" if self.value else ""
        remedy = REMEDIES[self.code].format(expected=self.expected)
        return f"{self.noun} {self.id}: {dotted(self.path)}{got}: {remedy}"


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


class Rulebook(_Part):
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
