"""A time in which nobody listened is not a silence of the devices."""

import pytest

from rules.state.inputs import Input, Status, Tick
from rules.step import step
from rules.vocabulary.instant import MINUTE, SECOND
from rules.vocabulary.reading import ReadingBatch, Row
from tests.rules.riverside import START, riverside

GATEWAY, SMOKE = "b3-gateway", "b3-10-corridor-smoke"
BACK = START + 10 * MINUTE
FIRST_WORDS: dict[str, Input] = {
    "a status": Status(GATEWAY, False, BACK),
    "a reading": ReadingBatch(BACK, [(SMOKE, "panel_state", BACK, "normal")]),
    "the clock": Tick(),
}


@pytest.mark.parametrize("first", FIRST_WORDS)
def test_whatever_comes_first_after_a_stop_blames_no_device(first: str) -> None:
    state = riverside()
    rows: list[Row] = [(GATEWAY, "uptime_s", START, 1.0), (SMOKE, "panel_state", START, "normal")]
    step(state, Status(GATEWAY, False, START), START)
    step(state, Status(GATEWAY, True, START + 1), START + 1)
    step(state, ReadingBatch(START, rows), START)
    step(state, Tick(), START + SECOND)
    events = [e for entry in (FIRST_WORDS[first], Tick()) for e in step(state, entry, BACK)]
    assert [event.kind for event in events if event.kind == "alarm.raised"] == []
