"""What of a policy leads nowhere in its rulebook, or would leave something undecided."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import Formatter
from typing import Any, NamedTuple

from rules.rulebook.drill_policy import DrillPolicy
from rules.rulebook.escalation_policy import CalloutStep, EscalationPolicy
from rules.rulebook.notice_policy import ChannelStep, NoticePolicy
from rules.rulebook.rulebook import Policy, PolicyName, Rulebook, as_data
from rules.rulebook.ticket_policy import TicketPolicy
from rules.written.faults import Path

_TABLES = ("priorities", "false_alarms")
"""Where each key is decided, and none may be missing."""


class Channels(NamedTuple):
    """The channels that a policy may name, for each side."""

    to_households: Collection[str] = ()
    to_staff: Collection[str] = ()


class PolicyMisfit(NamedTuple):
    """The field at `path` with `value`; `code` is one of `REMEDIES`."""

    path: Path
    value: str
    code: str
    expected: Collection[str] = ()


def policy_misfits(
    policy: Policy, name: PolicyName, rulebook: Rulebook, channels: Channels
) -> Iterator[PolicyMisfit]:
    """All that keeps `policy` from taking the place of the one in `rulebook`."""
    before: Policy = getattr(rulebook, name)
    if isinstance(policy, dict):
        yield from _lost((), rulebook.service_levels, policy)
    for table in _TABLES:
        yield from _lost((table,), getattr(before, table, {}), getattr(policy, table, {}))
    yield from _unfilled(as_data(before), as_data(policy), ())
    if isinstance(policy, NoticePolicy):
        yield from _of_notices(policy, rulebook.notice_policy, channels.to_households)
    if isinstance(policy, EscalationPolicy):
        for priority, calls in policy.channels.items():
            yield from _of_steps(("channels", priority), calls, channels.to_staff)
    if isinstance(policy, TicketPolicy):
        yield from _of_works(policy, rulebook)
    if isinstance(policy, DrillPolicy):
        yield from _of_drills(policy, rulebook)


def _lost(
    path: Path, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> Iterator[PolicyMisfit]:
    """What was decided and no longer would be."""
    for key in before.keys() - after.keys():
        yield PolicyMisfit((*path, key), "", "missing")


def _unfilled(before: Any, after: Any, path: Path) -> Iterator[PolicyMisfit]:
    """Words that are filled in, as they have placeholders, with others than these."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() & after.keys():
            yield from _unfilled(before[key], after[key], (*path, key))
        return
    if not (isinstance(before, str) and isinstance(after, str) and "{" in before):
        return
    known = {str(name) for _, name, _, _ in Formatter().parse(before) if name is not None}
    try:
        parts = [part[1:] for part in Formatter().parse(after) if part[1] is not None]
    except ValueError:
        yield PolicyMisfit(path, "", "placeholder_form")
        return
    for name, spec, conversion in parts:
        if name not in known:
            yield PolicyMisfit(path, f"{{{name}}}", "unknown_placeholder", known)
        elif spec or conversion:
            yield PolicyMisfit(path, f"{{{name}…}}", "placeholder_form")


def _of_notices(
    policy: NoticePolicy, before: NoticePolicy, channels: Collection[str]
) -> Iterator[PolicyMisfit]:
    if policy.rates != before.rates:
        yield PolicyMisfit(("rates",), "", "shared_rates")
    for urgency, way in policy.urgencies.items():
        if not way.steps:
            yield PolicyMisfit(("urgencies", urgency, "steps"), "", "no_steps")
        yield from _of_steps(("urgencies", urgency, "steps"), way.steps, channels)
    for n, channel in enumerate(policy.silent_channels):
        if channel not in channels:
            yield PolicyMisfit(("silent_channels", n), channel, "not_a_choice", channels)


def _of_steps(
    path: Path, steps: Sequence[ChannelStep | CalloutStep], channels: Collection[str]
) -> Iterator[PolicyMisfit]:
    """Channels that there are not, so that a step by them would tell nobody."""
    for n, step in enumerate(steps):
        if step.channel not in channels:
            yield PolicyMisfit((*path, n, "channel"), step.channel, "not_a_choice", channels)


def _of_drills(policy: DrillPolicy, rulebook: Rulebook) -> Iterator[PolicyMisfit]:
    for n, asked in enumerate(policy.frequencies):
        for m, plan in enumerate(asked.plans):
            if plan not in rulebook.plans:
                path: Path = ("frequencies", n, "plans", m)
                yield PolicyMisfit(path, plan, "not_a_choice", rulebook.plans)


def _of_works(policy: TicketPolicy, rulebook: Rulebook) -> Iterator[PolicyMisfit]:
    works = policy.works
    if works.template not in rulebook.messages:
        path: Path = ("works", "template")
        yield PolicyMisfit(path, works.template, "unknown_message", rulebook.messages)
    for n, rule in enumerate(works.suppresses):
        if rule not in rulebook.rules:
            yield PolicyMisfit(("works", "suppresses", n), rule, "unknown_rule", rulebook.rules)
