"""Braces in device ids."""

import pytest

from simulators.braces import spread_braces


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("b3-l1", ["b3-l1"]),
        ("b3-{l1,l2}", ["b3-l1", "b3-l2"]),
        ("b3-{08-10}-x", ["b3-08-x", "b3-09-x", "b3-10-x"]),
        ("b3-{3-1}", ["b3-3", "b3-2", "b3-1"]),
        ("{a,b}-{2-1}", ["a-2", "a-1", "b-2", "b-1"]),
    ],
)
def test_braces_stand_for_every_choice_in_order(pattern: str, ids: list[str]) -> None:
    assert list(spread_braces(pattern)) == ids
