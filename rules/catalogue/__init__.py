"""What ships as data: device types, rules, emergency plans, message texts. Both languages.

Every figure stands here with its source beside it; none is in code.
"""

from functools import cache
from typing import Any

from rules.estate.device_types import device_types
from rules.rulebook.reading import parse_rules
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.written.shipped_files import load, names, text

__all__ = ["device_types", "load", "rulebook", "rulebook_from"]


@cache
def rulebook() -> Rulebook:
    """The shipped rules, plans, messages and service levels.

    Raises RuleFileFault, pydantic.ValidationError.
    """
    return Rulebook.model_validate(
        {
            "rules": [rule for name in names("rules") for rule in _rules(f"rules/{name}")],
            "plans": _plans(),
            "messages": load("messages.yaml"),
            "service_levels": load("service_levels.yaml"),
            "alarm_handling": load("alarm_handling.yaml"),
            "notice_policy": load("notice_policy.yaml"),
            "escalation_policy": load("escalation_policy.yaml"),
            "ticket_policy": load("ticket_policy.yaml"),
            "drill_policy": load("drill_policy.yaml"),
        }
    )


def rulebook_from(body: dict[str, Any]) -> Rulebook:
    """A rulebook that was kept as data, maybe by an earlier version of the program.

    Sections that it was written without are those that ship; a new field of a rule, a plan or a
    section needs a default. Raises pydantic.ValidationError.
    """
    missing = Rulebook.model_fields.keys() - {"rules", "plans", "messages"} - body.keys()
    return Rulebook.model_validate(
        {**body, **{name: getattr(rulebook(), name) for name in missing}}
    )


def _rules(name: str) -> list[Rule]:
    return parse_rules(text(name), name, types=device_types())


def _plans() -> list[dict[str, Any]]:
    """Each plan with what all of them share; its own words come first."""
    common = load("plans/_common.yaml")
    reports = common.pop("reports")
    plans = [load(f"plans/{name}") for name in names("plans")]
    return [{**common, **plan, "tasks": plan["tasks"] + reports} for plan in plans]
