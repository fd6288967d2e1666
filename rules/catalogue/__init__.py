"""What ships as data: device types, rules, emergency plans, message texts. Both languages.

Every figure stands here with its source beside it; none is in code.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from rules.estate.device_types import DeviceTypes
from rules.rulebook.reading import parse_rules
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook

__all__ = ["device_types", "load", "rulebook", "rulebook_from"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> Any:
    """The data of one shipped YAML file, such as `device_types.yaml`."""
    return yaml.load(_text(name), _Loader)  # noqa: S506 - the safe loader, in C where there is one


@cache
def device_types() -> DeviceTypes:
    return DeviceTypes.parse(load("device_types.yaml"))


@cache
def rulebook() -> Rulebook:
    """The shipped rules, plans, messages and service levels.

    Raises RuleFileFault, pydantic.ValidationError.
    """
    return Rulebook.model_validate(
        {
            "rules": [rule for name in _names("rules") for rule in _rules(f"rules/{name}")],
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


def _text(name: str) -> str:
    return files("rules.catalogue").joinpath(name).read_text("utf-8")


def _rules(name: str) -> list[Rule]:
    return parse_rules(_text(name), name, types=device_types())


def _plans() -> list[dict[str, Any]]:
    """Each plan with what all of them share; its own words come first."""
    common = load("plans/_common.yaml")
    reports = common.pop("reports")
    plans = [load(f"plans/{name}") for name in _names("plans")]
    return [{**common, **plan, "tasks": plan["tasks"] + reports} for plan in plans]


def _names(folder: str) -> list[str]:
    """The files of a folder of the catalogue; `_common` is part of the others."""
    names = (f.name for f in files("rules.catalogue").joinpath(folder).iterdir())
    return sorted(name for name in names if not name.startswith("_"))
