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
heartbeat, as a real one would, until the scenario ends.

    outages:                                  # measured as ever, but told only at its end
      - {devices: "b3-{gateway,10-corridor-smoke}", from: 1m, to: 2h}

The rest is for acceptance tests, which bring a clock of their own and play hours in seconds:

    starts: "03:00"                           # the estate's time of day
    commands:                                 # what people do, as POST or PUT of the interface
      - {at: 0s, role: manager, post: /tickets/works, body: {from: "{25h}", estate: "{estate}"}}
      - {at: 3m, role: operator, of: {alarms: {rule: leak}}, post: "/alarms/{id}/acknowledge"}
    expect:
      - at: 2h                                # without it: at the end
        alarms:
          - {count: 1, where: {rule: leak}, when: {raised_at: [5s, 6s]}}
        notices:
          - {count: 4, distinct: household, are: "B3-{05-02}-01"}

`{id}` is the only record that `of` finds, `{estate}` the estate, `{25h}` so long after the start.
"""

import re
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rules.vocabulary.instant import Instant, seconds
from rules.vocabulary.text import Text

_UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_AMOUNT = r"(\d+(?:\.\d+)?)(ms|s|m|h)"


def _duration(raw: object) -> Instant:
    match = re.fullmatch(rf"[+-]?({_AMOUNT})+", str(raw))
    if match is None:
        raise ValueError("write a number and a unit, such as 250ms, 20s, 6m, 3h or 25h30m")
    total = sum(float(n) * _UNITS_S[unit] for n, unit in re.findall(_AMOUNT, str(raw)))
    return seconds(-total if str(raw).startswith("-") else total)


Shift = Annotated[Instant, BeforeValidator(_duration)]
"""A span of time that may be negative, in microseconds once read."""

Duration = Annotated[Shift, Field(ge=0)]
Scalar = bool | int | float | str


def _time_of_day(raw: object) -> time:
    if not isinstance(raw, str) or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", raw) is None:
        raise ValueError('write hours and minutes in quotes, such as "03:00"')
    return time.fromisoformat(raw)


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


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


class Outage(_Part):
    """Nothing of `devices` (braces) comes through before `to`; then all of it, in order.

    Each message keeps the time at which it was measured.
    """

    devices: str
    start: Duration = Field(alias="from")
    end: Duration = Field(alias="to")

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("`to` is not after `from`; let the outage end later")
        return self


Where = dict[str, Scalar | None]
"""The values that a record's fields have; `text.en` is a field of a field."""

Noun = Literal["alarms", "incidents", "tickets", "tasks", "notices", "callouts", "drills"]
"""What there are records of; tasks are those of every ticket."""


class Command(_Part):
    """What a person of `role` does: `post` or `put` of `body`, to the only record that `of` finds.

    `of` has one noun and what its record's fields are.
    """

    at: Duration
    role: Literal["operator", "engineer", "manager", "admin"]
    post: str | None = Field(default=None, pattern=r"^/")
    put: str | None = Field(default=None, pattern=r"^/")
    of: dict[Noun, Where] = Field(default={}, max_length=1)
    body: dict[str, Any] = {}

    @model_validator(mode="after")
    def _names_its_target(self) -> Self:
        if (self.post is None) == (self.put is None):
            raise ValueError("give either post or put")
        if ("{id}" in self.path) != bool(self.of):
            raise ValueError("{id} in the path and `of` go together; give both")
        return self

    @property
    def path(self) -> str:
        return self.post or self.put or ""


class Condition(_Part):
    """How many records there are whose fields equal `where`, their times within `when`.

    `distinct` counts a field's different values; `are` says by braces what these are.
    """

    count: int = Field(ge=0)
    where: Where = {}
    when: dict[str, tuple[Duration, Duration]] = {}
    distinct: str | None = None
    are: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.are is not None and self.distinct is None:
            raise ValueError("`are` lists the values of a field; name it as `distinct`")
        return self


class Expectation(_Part):
    """What holds `at` a time or, without it, at the end, when all that was due is done."""

    at: Duration | None = None
    alarms: list[Condition] = []
    incidents: list[Condition] = []
    tickets: list[Condition] = []
    tasks: list[Condition] = []
    notices: list[Condition] = []
    callouts: list[Condition] = []
    drills: list[Condition] = []


class Scenario(_Part):
    """`domain` is its number among the acceptance scenarios, where it is one of them.

    `until` is its end, if devices are to hold their last word beyond the last step.
    """

    name: Text
    domain: int | None = None
    starts: TimeOfDay | None = None
    steps: list[Step] = Field(min_length=1)
    outages: list[Outage] = []
    commands: list[Command] = []
    until: Duration = 0
    expect: list[Expectation] = []

    @property
    def needs_own_clock(self) -> bool:
        """Whether only a test can play it: it has a time of day, or people who act."""
        return self.starts is not None or bool(self.commands)
