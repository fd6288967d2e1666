"""The sample estate, as the step knows it after its import."""

from functools import cache
from typing import Any

import yaml

from rules.catalogue import rulebook
from rules.inputs import EstateChanged
from rules.instant import SECOND, Instant
from rules.state import State
from rules.step import step
from simulators.estate import SAMPLE

START: Instant = 1_782_864_000 * SECOND


@cache
def file() -> dict[str, Any]:
    """The estate's file, as data that nobody changes."""
    body: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    return body


def riverside() -> State:
    """A state in which nothing has been heard yet."""
    state = State.empty("riverside", rulebook())
    step(state, EstateChanged(1, file()), START)
    return state
