"""What of a policy leads nowhere in its rulebook, or would leave something undecided."""

from collections.abc import Collection, Iterator, Mapping
from string import Formatter
from typing import Any, NamedTuple

from rules.file_faults import Path
from rules.notice_policy import NoticePolicy
from rules.rulebook import AlarmHandling, Policy, Rulebook
from rules.ticket_policy import TicketPolicy


class PolicyMisfit(NamedTuple):
    """The field at `path` with `value`; `code` is one of `REMEDIES`."""

    path: Path
    value: str
    code: str
    expected: Collection[str] = ()


def policy_misfits(policy: Policy, rulebook: Rulebook) -> Iterator[PolicyMisfit]:
    """All that keeps `policy` from taking the place of the one in `rulebook`."""
    match policy:
        case AlarmHandling():
            yield from _lost(("priorities",), rulebook.alarm_handling.priorities, policy.priorities)
            for language in ("en", "zh"):
                yield from _of_title(policy, language)
        case NoticePolicy():
            shipped = rulebook.notice_policy.rates
            if policy.rates != shipped:
                yield PolicyMisfit(("rates",), "", "shared_rates")
            for urgency, way in policy.urgencies.items():
                if not way.steps:
                    yield PolicyMisfit(("urgencies", urgency, "steps"), "", "no_steps")
        case TicketPolicy():
            before = rulebook.ticket_policy
            yield from _lost(("priorities",), before.priorities, policy.priorities)
            yield from _lost(("false_alarms",), before.false_alarms, policy.false_alarms)
            yield from _of_works(policy, rulebook)
        case dict():
            yield from _lost((), rulebook.service_levels, policy)


def _lost(
    path: Path, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> Iterator[PolicyMisfit]:
    """What was decided and no longer would be."""
    for key in before.keys() - after.keys():
        yield PolicyMisfit((*path, key), "", "missing")


def _of_title(policy: AlarmHandling, language: str) -> Iterator[PolicyMisfit]:
    words = getattr(policy.chattering.title, language)
    path = ("chattering", "title", language)
    try:
        parts = [part[1:] for part in Formatter().parse(words) if part[1] is not None]
    except ValueError:
        yield PolicyMisfit(path, "", "placeholder_form")
        return
    for name, spec, conversion in parts:
        if name != "alarm":
            yield PolicyMisfit(path, f"{{{name}}}", "unknown_placeholder", ["alarm"])
        elif spec or conversion:
            yield PolicyMisfit(path, f"{{{name}…}}", "placeholder_form")


def _of_works(policy: TicketPolicy, rulebook: Rulebook) -> Iterator[PolicyMisfit]:
    works = policy.works
    if works.template not in rulebook.messages:
        path: Path = ("works", "template")
        yield PolicyMisfit(path, works.template, "unknown_message", rulebook.messages)
    for n, rule in enumerate(works.suppresses):
        if rule not in rulebook.rules:
            yield PolicyMisfit(("works", "suppresses", n), rule, "unknown_rule", rulebook.rules)
