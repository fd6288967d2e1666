"""What a signal takes: its own kind of value, within its range."""

from typing import Any

import pytest

from rules.estate.device_types import Signal, UnusableValue

NUMBER = Signal(kind="number", unit="MPa", range=(0, 1.6))
FLAG = Signal(kind="flag")
STATE = Signal(kind="state", states=("fire", "normal"))


@pytest.mark.parametrize(
    ("signal", "raw", "value"),
    [
        (NUMBER, 0, 0.0),
        (NUMBER, 1.6, 1.6),
        (Signal(kind="number"), -1e9, -1e9),
        (FLAG, True, 1.0),
        (FLAG, 0, 0.0),
        (STATE, "fire", "fire"),
    ],
)
def test_a_usable_value_is_read(signal: Signal, raw: Any, value: float | str) -> None:
    assert signal.read(raw) == value


@pytest.mark.parametrize(
    ("signal", "raw", "remedy"),
    [
        (NUMBER, -0.1, "outside 0 to 1.6 MPa"),
        (NUMBER, 1.7, "outside 0 to 1.6 MPa"),
        (NUMBER, True, "send a number in MPa"),
        (Signal(kind="number"), "1", "send a number in plain figures"),
        (FLAG, 2, "send true or false"),
        (STATE, "smoke", "send one of fire, normal"),
    ],
)
def test_an_unusable_value_is_refused_with_the_remedy(
    signal: Signal, raw: Any, remedy: str
) -> None:
    with pytest.raises(UnusableValue, match=remedy):
        signal.read(raw)
