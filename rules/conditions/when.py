"""The form of a condition in a rule's YAML, and how it is bound to the points of one device.

    when:
      all:
        - {signal: pressure_mpa, falls_by: 0.08, within_s: 30, recent_s: 300}
        - {signal: wet, of: {type: leak, same: [building, riser]}, equals: 1, recent_s: 300}

Any part may carry `for_s` (true only once it has held that long) or `recent_s` (stays true that
long afterwards). A leaf reads the rule's own device, or, with `of`, every device of a type that
shares the named attributes of its place: then it is true while any of them is.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.conditions.leaves import Above, Below, Changed, Leaf, Moved, OneOf, Sum, TimesNormal
from rules.conditions.nodes import AllOf, AnyDevice, AnyOf, Held, Node, Not, Recent
from rules.estate import Device, Estate
from rules.instant import seconds

PlaceField = Literal["building", "floor", "unit", "riser", "zone", "lift", "garage"]


class Siblings(BaseModel):
    """Devices of `type` whose place agrees with that of the rule's device in all of `same`.

    Where the rule's device has no such attribute of place, there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    same: list[PlaceField]
    location: str | None = None

    def find(self, device: Device, estate: Estate) -> list[str]:
        """Their ids, in order."""
        shared = {field: getattr(device.place, field) for field in self.same}
        if None in shared.values():
            return []
        return sorted(
            other.id
            for other in estate.devices.values()
            if other.type == self.type
            and (self.location is None or other.location == self.location)
            and all(getattr(other.place, field) == value for field, value in shared.items())
        )


class When(BaseModel):
    """One part of a condition: exactly one of `all`, `any`, `not` or a leaf on `signal`.

    Limits are in the signal's unit, `_s` in seconds. `clear` is where a limit's condition ends
    (deadband); it defaults to the limit itself. `floor` is the least value that `times_normal`
    takes for abnormal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all_of: list["When"] | None = Field(None, alias="all")
    any_of: list["When"] | None = Field(None, alias="any")
    not_: "When | None" = Field(None, alias="not")

    signal: str | None = None
    of: Siblings | None = None
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    equals: float | str | None = None
    one_of: list[float | str] | None = None
    changed: Literal[True] | None = None
    falls_by: float | None = Field(None, gt=0)
    rises_by: float | None = Field(None, gt=0)
    adds_up_to: float | None = Field(None, gt=0)
    times_normal: float | None = Field(None, gt=1)
    clear: float | None = None
    floor: float | None = None
    within_s: float | None = Field(None, ge=1)

    for_s: float | None = Field(None, ge=0)
    recent_s: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        branches = [n for n in ("all_of", "any_of", "not_", "signal") if getattr(self, n)]
        if len(branches) != 1:
            raise ValueError("a condition is exactly one of all, any, not, signal")
        tests = [t for t in _TESTS if getattr(self, t) is not None]
        if self.signal is None:
            self._refuse(branches[0], *tests, "of", "clear", "floor", "within_s")
            return self
        if len(tests) != 1:
            raise ValueError(f"signal {self.signal}: give exactly one of {', '.join(_TESTS)}")
        (test,) = tests
        if test in _WINDOWED and self.within_s is None:
            raise ValueError(f"signal {self.signal}: {test} needs within_s")
        self._refuse(test, *(f for f, wanted in _ONLY_WITH.items() if test not in wanted))
        if self.clear is not None and not self._ends_after_it_begins(test, self.clear):
            raise ValueError(f"signal {self.signal}: clear {self.clear:g} lies beyond {test}")
        return self

    def _refuse(self, test: str, *fields: str) -> None:
        """Raise ValueError if one of `fields` is given: with `test` it means nothing."""
        for field in fields:
            if getattr(self, field) is not None:
                raise ValueError(f"{field} has no meaning with {test}; remove it")

    def _ends_after_it_begins(self, test: str, clear: float) -> bool:
        """Whether the deadband lies on the quiet side of the limit."""
        limit: float = getattr(self, test)
        if test in _UPPER:
            return clear <= limit
        return clear >= limit if test in _LOWER else 0 <= clear <= limit


_UPPER = ("above", "at_least")
_LOWER = ("below", "at_most")
_DIFFERENCES = ("falls_by", "rises_by", "adds_up_to")
_WINDOWED = ("changed", *_DIFFERENCES, "times_normal")
_TESTS = (*_UPPER, *_LOWER, "equals", "one_of", *_WINDOWED)
_ONLY_WITH = {
    "clear": (*_UPPER, *_LOWER, *_DIFFERENCES),
    "floor": ("times_normal",),
    "within_s": _WINDOWED,
}


def build(when: When, device: Device, estate: Estate) -> Node:
    """The tree that judges `when` for `device`."""
    node = _build_plain(when, device, estate)
    if when.for_s is not None:
        node = Held(node, seconds(when.for_s))
    if when.recent_s is not None:
        node = Recent(node, seconds(when.recent_s))
    return node


def _build_plain(when: When, device: Device, estate: Estate) -> Node:
    if when.all_of:
        return AllOf([build(part, device, estate) for part in when.all_of])
    if when.any_of:
        return AnyOf([build(part, device, estate) for part in when.any_of])
    if when.not_:
        return Not(build(when.not_, device, estate))
    if when.of is None:
        return _leaf(when, device.id)
    return AnyDevice([_leaf(when, found) for found in when.of.find(device, estate)])


def _leaf(when: When, device: str) -> Leaf:
    signal = when.signal or ""
    for name in _UPPER:
        if (limit := getattr(when, name)) is not None:
            return Above(
                device, signal, limit=limit, clear=_or(when.clear, limit),
                inclusive=name == "at_least",
            )  # fmt: skip
    for name in _LOWER:
        if (limit := getattr(when, name)) is not None:
            return Below(
                device, signal, limit=limit, clear=_or(when.clear, limit),
                inclusive=name == "at_most",
            )  # fmt: skip
    if when.equals is not None or when.one_of is not None:
        values = when.one_of if when.one_of is not None else [when.equals]
        return OneOf(device, signal, values=frozenset(v for v in values if v is not None))
    return _windowed_leaf(when, device, signal, seconds(when.within_s or 0))


def _windowed_leaf(when: When, device: str, signal: str, within: int) -> Leaf:
    if when.changed:
        return Changed(device, signal, within=within)
    if when.adds_up_to is not None:
        limit = when.adds_up_to
        return Sum(device, signal, limit=limit, clear=_or(when.clear, limit), within=within)
    if when.times_normal is not None:
        factor = when.times_normal
        return TimesNormal(device, signal, factor=factor, floor=_or(when.floor, 0), over=within)
    sign, by = (-1, when.falls_by) if when.falls_by is not None else (1, when.rises_by)
    assert by is not None, "the validator lets exactly one test through"
    return Moved(device, signal, by=by, clear=_or(when.clear, by), within=within, sign=sign)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
