"""The form of a condition in a rule's YAML; `rules.conditions.binding` binds it to devices.

    when:
      all:
        - {signal: pressure_mpa, falls_by: 0.08, within_s: 30, recent_s: 300}
        - {signal: wet, of: {type: leak, same: [building, riser]}, equals: 1, recent_s: 300}

Any part may carry `for_s` (true only once it has held that long), then `times` (true once it has
become true so often within `within_s`), then `recent_s` (stays true that long afterwards). A leaf
reads the rule's own device, or, with `of`, every device of a type that shares the named
attributes of its place: then it is true while any of them is, or while `at_least_n` are.
"""

from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rules.estate.graph import Device, Estate

PlaceField = Literal["building", "floor", "unit", "riser", "zone", "lift", "garage"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
Month = Annotated[int, Field(ge=1, le=12)]


class Siblings(BaseModel):
    """Devices of `type` whose place agrees with that of the rule's device in all of `same`.

    Where the rule's device has no such attribute of place, there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = Field(description="Device type of the siblings, such as leak.")
    same: list[PlaceField] = Field(
        description="Attributes of place that they share with the rule's device; "
        "an empty list: all of the estate."
    )
    location: str | None = Field(
        None, description="Only those that watch this, such as booster; none: wherever they are."
    )
    at_least_n: Annotated[int, Field(ge=1)] | Literal["all"] = Field(
        1, description="How many distinct devices must fulfil the test: a number, or all."
    )
    within_s: float | None = Field(
        None,
        ge=1,
        description="Seconds for which a device goes on counting after its test was last "
        "fulfilled; none: it counts only while it is.",
    )

    def find(self, device: Device, estate: Estate) -> list[Device]:
        """The devices, in order of id."""
        shared = tuple(getattr(device.place, name) for name in self.same)
        if None in shared:
            return []
        alike = estate.devices_by_place(self.type, tuple(self.same)).get(shared, [])
        return [d for d in alike if self.location is None or d.location == self.location]


class Schedule(BaseModel):
    """A part of the day and of the year, in the estate's time zone."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Clock | None = Field(
        None, alias="from", description="Local time HH:MM at which it begins; none: midnight."
    )
    to: Clock | None = Field(
        None,
        description="Local time HH:MM at which it ends, on the next day where that is not later "
        "than from; none: midnight.",
    )
    months: list[Month] | None = Field(
        None,
        min_length=1,
        description="Months, 1 to 12, in which it begins; none: all of the year.",
    )

    @model_validator(mode="after")
    def _is_not_always(self) -> Self:
        if self.months is None and (self.from_ or "00:00") == (self.to or "00:00"):
            raise ValueError("this schedule is always true; give from and to, or months")
        return self

    @property
    def begins(self) -> time:
        return time.fromisoformat(self.from_ or "00:00")

    @property
    def ends(self) -> time:
        return time.fromisoformat(self.to or "00:00")


class When(BaseModel):
    """One part of a condition: a branch (`all`, `any`, `not`, `sequence`), a test on a `signal`,
    an absence, or a schedule.

    Limits are in the signal's unit, `_s` in seconds. `clear` is where a limit's condition ends
    (deadband); it defaults to the limit itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all_of: list["When"] | None = Field(None, alias="all", description="True while every part is.")
    any_of: list["When"] | None = Field(
        None, alias="any", description="True while at least one part is."
    )
    not_: "When | None" = Field(
        None, alias="not", description="True while the part is not, so also while it is unknown."
    )
    sequence: list["When"] | None = Field(
        None,
        min_length=2,
        description="True from when the last part becomes true after all others did in this "
        "order, from the first to the last within within_s, for as long as the last is true.",
    )
    during: Schedule | None = Field(
        None, description="True in a part of the day and of the year, in the estate's time zone."
    )

    signal: str | None = Field(None, description="The signal that is read, such as pressure_mpa.")
    of: Siblings | None = Field(
        None, description="Read not the rule's own device, but others that share its place."
    )
    above: float | None = Field(None, description="Over this limit, in the signal's unit.")
    at_least: float | None = Field(
        None, description="At this limit or over it, in the signal's unit."
    )
    below: float | None = Field(None, description="Under this limit, in the signal's unit.")
    at_most: float | None = Field(
        None, description="At this limit or under it, in the signal's unit."
    )
    outside: tuple[float, float] | None = Field(
        None, description="Under the first or over the second limit, in the signal's unit."
    )
    equals: float | str | None = Field(
        None, description="Exactly this value: 1 or 0 for a flag, a word for a state."
    )
    one_of: list[float | str] | None = Field(None, description="One of these values.")
    changed: Literal[True] | None = Field(
        None, description="The value became another one in the last within_s seconds."
    )
    falls_by: float | None = Field(
        None,
        gt=0,
        description="So far under the highest value of the last within_s seconds, in the "
        "signal's unit.",
    )
    rises_by: float | None = Field(
        None,
        gt=0,
        description="So far over the lowest value of the last within_s seconds, in the "
        "signal's unit.",
    )
    falls_per_min: float | None = Field(
        None,
        gt=0,
        description="Falls so fast or faster over the last within_s seconds, in the signal's "
        "unit a minute.",
    )
    rises_per_min: float | None = Field(
        None,
        gt=0,
        description="Rises so fast or faster over the last within_s seconds, in the signal's "
        "unit a minute.",
    )
    adds_up_to: float | None = Field(
        None,
        gt=0,
        description="The values of the last within_s seconds add up to so much or more, in the "
        "signal's unit.",
    )
    times_normal: float | None = Field(
        None,
        gt=1,
        description="So many times its normal value or more; the normal is learned over about "
        "within_s seconds.",
    )
    silent_s: float | None = Field(
        None,
        ge=1,
        description="Nothing heard for so many seconds: of the signal, or, without one, of the "
        "device at all. A device that was never heard is unknown, not silent.",
    )
    missed_heartbeats: float | None = Field(
        None,
        ge=1,
        description="Nothing heard of the device for so many times the heartbeat of its type.",
    )

    clear: float | None = Field(
        None,
        description="Where the test ends once it is fulfilled (deadband), in the unit of the "
        "limit; none: at the limit.",
    )
    floor: float | None = Field(
        None,
        description="Least value that times_normal takes for abnormal, in the signal's unit.",
    )
    days: int | None = Field(
        None,
        ge=1,
        le=60,
        description="With times_normal: each hour of the day has a normal of its own, learned "
        "over about so many days.",
    )
    within_s: float | None = Field(None, ge=1, description="How far back is looked, in seconds.")
    samples: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="So many readings fulfil the test: of the last of_last readings, or of the "
        "last within_s seconds.",
    )
    of_last: int | None = Field(
        None, ge=1, le=1000, description="How many of the newest readings samples looks at."
    )

    for_s: float | None = Field(
        None, ge=0, description="True only once it has held for so many seconds on end."
    )
    times: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="True once it has become true so many times within within_s seconds.",
    )
    recent_s: float | None = Field(
        None, gt=0, description="Stays true for so many seconds after it was."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        branches = [name for name in _BRANCHES if getattr(self, name)]
        tests = [name for name in TESTS if getattr(self, name) is not None]
        is_leaf = self.signal is not None or (not branches and bool({*tests} & {*_ABSENCES}))
        if len(branches) + is_leaf != 1:
            raise ValueError(f"a condition is exactly one of {_ONE_OF}")
        if is_leaf:
            self._check_leaf(tests)
        else:
            self._refuse(branches[0], *tests, "of", "clear", "floor", "days", "samples", "of_last")
            self._check_window(branches[0])
        return self

    def _check_leaf(self, tests: list[str]) -> None:
        what = f"signal {self.signal}" if self.signal else "absence"
        if len(tests) != 1:
            raise ValueError(f"{what}: give exactly one of {', '.join(TESTS)}")
        (test,) = tests
        self._refuse(test, *(f for f, wanted in _ONLY_WITH.items() if test not in wanted))
        if test == "missed_heartbeats" and self.signal is not None:
            raise ValueError(f"{what}: missed_heartbeats counts any signal; remove signal")
        if self.outside is not None and self.outside[0] > self.outside[1]:
            raise ValueError(f"{what}: outside has the greater limit first; swap them")
        if self.clear is not None and not self._ends_after_it_begins(test, self.clear):
            raise ValueError(f"{what}: clear {self.clear:g} lies beyond {test}")
        self._check_window(test, what + ": ")

    def _check_window(self, part: str, what: str = "") -> None:
        """Whether `within_s` is there where it means something, and means one thing."""
        if self.of_last is not None and self.samples is None:
            raise ValueError(f"{what}of_last needs samples")
        if self.samples is not None and self.of_last is not None and self.samples > self.of_last:
            raise ValueError(f"{what}samples is more than of_last; lower it")
        users = [part] if part in (*_WINDOWED, "sequence") else []
        users += ["samples"] if self.samples is not None and self.of_last is None else []
        users += ["times"] if self.times is not None else []
        if len(users) > 1:
            raise ValueError(
                f"{what}within_s cannot serve both {users[0]} and {users[1]}; put the inner part "
                f"into all, and {users[1]} beside it"
            )
        if users and self.within_s is None:
            raise ValueError(f"{what}{users[0]} needs within_s")
        if not users:
            self._refuse(part, "within_s")

    def _refuse(self, test: str, *fields: str) -> None:
        """Raise ValueError if one of `fields` is given: with `test` it means nothing."""
        for field in fields:
            if getattr(self, field) is not None:
                raise ValueError(f"{field} has no meaning with {_shown(test)}; remove it")

    def _ends_after_it_begins(self, test: str, clear: float) -> bool:
        """Whether the deadband lies on the quiet side of the limit."""
        limit: float = getattr(self, test)
        if test in UPPER:
            return clear <= limit
        return clear >= limit if test in LOWER else 0 <= clear <= limit


UPPER = ("above", "at_least")
LOWER = ("below", "at_most")
_INSTANT = (*UPPER, *LOWER, "outside", "equals", "one_of")
_MOVES = ("falls_by", "rises_by", "falls_per_min", "rises_per_min", "adds_up_to")
_WINDOWED = ("changed", *_MOVES, "times_normal")
_ABSENCES = ("silent_s", "missed_heartbeats")
TESTS = (*_INSTANT, *_WINDOWED, *_ABSENCES)
_BRANCHES = ("all_of", "any_of", "not_", "sequence", "during")
_ONE_OF = "all, any, not, sequence, during, signal, silent_s, missed_heartbeats"
_ONLY_WITH = {
    "clear": (*UPPER, *LOWER, *_MOVES),
    "floor": ("times_normal",),
    "days": ("times_normal",),
    "samples": _INSTANT,
    "of_last": _INSTANT,
}


def _shown(name: str) -> str:
    """A field as it is written: `all`, not `all_of`."""
    return When.model_fields[name].alias or name


def whom_it_reads(when: When) -> Iterator[Siblings | None]:
    """Whom each test of a condition reads; None: the rule's own device."""
    inner = [*(when.all_of or []), *(when.any_of or []), *(when.sequence or [])]
    inner += [when.not_] if when.not_ else []
    for part in inner:
        yield from whom_it_reads(part)
    if not inner and when.during is None:
        yield when.of


def _reads_something(when: When) -> When:
    if not any(True for _ in whom_it_reads(when)):
        raise ValueError("reads no device; a schedule alone is no alarm: add a part with a signal")
    return when


Condition = Annotated[When, AfterValidator(_reads_something)]
"""A whole condition: at least one of its parts reads a device."""
