"""Who may do what: the one table of roles and actions."""

from collections.abc import Set
from typing import Literal

from store.users import Role

Action = Literal[
    "read",
    "alarm.acknowledge",
    "alarm.reset",
    "alarm.shelve",
    "device.take_out_of_service",
    "suppression.end",
    "incident.confirm",
    "incident.close",
    "incident.merge",
    "incident.raise_level",
    "incident.split",
    "incident.start",
    "incident.add_household",
    "incident.remove_household",
    "notice.send_update",
    "notice.approve",
    "notice.reject",
    "notice.tick_off",
    "ticket.dispatch",
    "ticket.accept",
    "ticket.arrive",
    "ticket.start",
    "ticket.resolve",
    "ticket.reject",
    "ticket.transfer",
    "ticket.suspend",
    "ticket.resume",
    "ticket.verify",
    "ticket.call_back",
    "ticket.reopen",
    "ticket.cancel",
    "ticket.complete_task",
    "ticket.waive_task",
    "ticket.add_effort",
    "ticket.note",
    "ticket.open",
    "ticket.report",
    "ticket.complain",
    "review.complete_task",
    "review.waive_task",
    "review.record_cause",
    "review.record_damage",
    "review.add_measure",
    "review.complete_measure",
    "review.finish",
    "works.plan",
    "attachment.add",
    "rule.backtest",
    "rule.change",
    "household.read",
    "household.unmask",
    "household.link",
    "household.change",
    "user.read",
    "user.manage",
    "roster.change",
    "shift.hand_over",
    "shift.take_over",
]
"""`read` is everything without personal data; the rest are the names of commands."""

_ENGINEER: frozenset[Action] = frozenset(
    {
        "read",
        "alarm.acknowledge",
        "ticket.accept",
        "ticket.arrive",
        "ticket.start",
        "ticket.resolve",
        "ticket.reject",
        "ticket.suspend",
        "ticket.resume",
        "ticket.complete_task",
        "ticket.waive_task",
        "ticket.add_effort",
        "ticket.note",
        "ticket.report",
        "attachment.add",
        "notice.tick_off",
        "user.read",
    }
)
_OPERATOR = _ENGINEER | frozenset[Action](
    {
        "alarm.reset",
        "alarm.shelve",
        "suppression.end",
        "incident.confirm",
        "incident.close",
        "incident.merge",
        "incident.raise_level",
        "incident.split",
        "incident.start",
        "incident.add_household",
        "incident.remove_household",
        "notice.send_update",
        "notice.approve",
        "notice.reject",
        "ticket.dispatch",
        "ticket.transfer",
        "ticket.verify",
        "ticket.call_back",
        "ticket.reopen",
        "ticket.cancel",
        "ticket.open",
        "ticket.complain",
        "review.complete_task",
        "review.record_damage",
        "review.complete_measure",
        "shift.hand_over",
        "shift.take_over",
    }
)
_MANAGER = _OPERATOR | frozenset[Action](
    {
        "device.take_out_of_service",
        "review.waive_task",
        "review.record_cause",
        "review.add_measure",
        "review.finish",
        "works.plan",
        "rule.backtest",
        "rule.change",
        "household.read",
        "household.unmask",
        "household.link",
        "household.change",
        "user.manage",
        "roster.change",
    }
)

ALLOWED: dict[Role, Set[Action]] = {
    "operator": _OPERATOR,
    "engineer": _ENGINEER,
    "manager": _MANAGER,
    "admin": _MANAGER,
}


def allows(role: Role, action: Action) -> bool:
    """Whether a user of this role may do this."""
    return action in ALLOWED[role]
