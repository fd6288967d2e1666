"""A small estate with rules of a test's own, played as a timeline."""

from typing import Any

from rules.state.inputs import EstateChanged
from rules.state.state import State
from rules.step import step
from tests.rules import one_rule
from tests.rules.timeline import Timeline


def small(*rules: dict[str, Any], leaks: tuple[str, ...] = ("k1", "k2")) -> Timeline:
    """The lift `l1` and leak sensors beside it, under these rules alone."""
    state = State.empty("small", one_rule.book(*rules))
    step(state, EstateChanged(1, one_rule.estate(*leaks)), one_rule.START)
    return Timeline(state)
