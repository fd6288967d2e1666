"""The one table of roles."""

from typing import get_args

import pytest

from hub.auth.permissions import ALLOWED, Action, allows
from rules.commands import COMMANDS
from store.people.users import ROLES, Role


def test_every_role_reads_and_every_action_is_somebodys() -> None:
    assert ALLOWED.keys() == set(ROLES)
    assert all(allows(role, "read") for role in ROLES)
    assert set().union(*ALLOWED.values()) == set(get_args(Action))


def test_every_command_is_an_action() -> None:
    assert COMMANDS.keys() <= set(get_args(Action))


def test_an_admin_may_do_all() -> None:
    assert set(ALLOWED["admin"]) == set(get_args(Action))


@pytest.mark.parametrize("role", ["operator", "engineer"])
def test_personal_data_are_for_managers(role: Role) -> None:
    assert not any(action.startswith("household.") for action in ALLOWED[role])


def test_an_engineer_works_on_tickets_but_neither_sends_nor_closes() -> None:
    assert not {"ticket.dispatch", "incident.close", "incident.confirm", "alarm.reset"} & set(
        ALLOWED["engineer"]
    )
    assert {"ticket.accept", "ticket.arrive", "ticket.start", "ticket.resolve"} <= set(
        ALLOWED["engineer"]
    )
