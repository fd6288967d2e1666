"""A scenario as a person writes it in YAML: what devices report, and when.

    name: {en: A kitchen floods, zh: 厨房漏水}
    steps:
      - {at: 0s, device: b3-05-01-kitchen-leak, signals: {wet: true}}
      - at: 20s                               # a ramp: 6 reports, 5 s apart
        device: b3-r1-low-pressure
        signals: {pressure_mpa: {from: 0.28, to: 0.16}}
        times: 6
        every: 5s
      - {at: 60s, device: "b3-{05-01}-02-kitchen-leak", spread: 2m, signals: {wet: true}}

A list of values is taken in turn. Between its steps a device repeats its last word at half its
heartbeat, as a real one would, until the scenario ends. `expect` is for acceptance tests.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rules.instant import Instant, seconds
from rules.text import Text

_UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def _duration(raw: object) -> Instant:
    match = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(ms|s|m|h)", str(raw))
    if match is None:
        raise ValueError("write a number and a unit, such as 250ms, 20s, 6m or 3h")
    return seconds(float(match[1]) * _UNITS_S[match[2]])


Shift = Annotated[Instant, BeforeValidator(_duration)]
"""A span of time that may be negative, in microseconds once read."""

Duration = Annotated[Shift, Field(ge=0)]
Scalar = bool | int | float | str


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ramp(_Part):
    """A value that goes straight from one figure to another over the step's `times`."""

    start: float = Field(alias="from")
    end: float = Field(alias="to")


class Step(_Part):
    """What one device, or each of several, reports from `at` on.

    `device` may hold braces (`simulators.braces`); of several devices each is later than the
    one before, so that the last is `spread` behind the first. It happens `times` times, `every`
    so often. `copies` sends each message that often, byte for byte. `clock` is how far the
    device's own clock is off.
    """

    at: Duration
    device: str
    signals: dict[str, Scalar | list[Scalar] | Ramp] = {}
    status: Literal["online", "offline"] | None = None
    spread: Duration = 0
    times: int = Field(default=1, ge=1, le=10_000)
    every: Duration = 0
    copies: int = Field(default=1, ge=1, le=100)
    clock: Shift = 0

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.signals) == bool(self.status):
            raise ValueError("give either signals or status")
        if (self.times > 1) != (self.every > 0):
            raise ValueError("times and every go together; give both")
        empty = [name for name, value in self.signals.items() if value == []]
        if empty:
            raise ValueError(f"signals.{empty[0]}: the list is empty; name at least one value")
        return self


class Condition(_Part):
    """How many records there are whose fields equal `where`; `distinct` counts a field's values."""

    count: int = Field(ge=0)
    where: dict[str, Scalar | None] = {}
    distinct: str | None = None


class Expectation(_Part):
    """What holds at the latest `within_s` seconds after the last message was sent."""

    within_s: float = Field(gt=0)
    alarms: list[Condition] = []
    incidents: list[Condition] = []
    tickets: list[Condition] = []
    notices: list[Condition] = []


class Scenario(_Part):
    """`domain` is its number among the acceptance scenarios, where it is one of them.

    `until` is its end, if devices are to hold their last word beyond the last step.
    """

    name: Text
    domain: int | None = None
    steps: list[Step] = Field(min_length=1)
    until: Duration = 0
    expect: list[Expectation] = []
