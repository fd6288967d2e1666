"""Device types: which signals a device may report, in which unit and range."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rules.vocabulary.reading import Value
from rules.vocabulary.text import Text
from rules.written.shipped_files import load


class UnusableValue(Exception):
    """A value that the signal cannot take; the message names value, limits and remedy."""


class Signal(BaseModel):
    """One measured quantity. `range` is what is physically plausible, in `unit`, inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["number", "flag", "state"]
    unit: str = ""
    range: tuple[float, float] | None = None
    states: tuple[str, ...] = ()

    def read(self, raw: Any) -> Value:
        """`raw` as this signal's value: float for numbers and flags, str for states.

        Raises UnusableValue: wrong type, out of range, or a state that is not listed.
        """
        if self.kind == "state":
            if raw in self.states:
                return str(raw)
            raise UnusableValue(f"value {raw!r}: send one of {', '.join(self.states)}")
        if self.kind == "flag":
            if raw in (0, 1):  # True and False too
                return float(raw)
            raise UnusableValue(f"value {raw!r}: send true or false")
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise UnusableValue(f"value {raw!r}: send a number in {self.unit or 'plain figures'}")
        low, high = self.range or (float("-inf"), float("inf"))
        if not low <= raw <= high:
            raise UnusableValue(
                f"value {raw!r}: outside {low:g} to {high:g} {self.unit}; "
                "check the unit and the sensor"
            )
        return float(raw)


class DeviceType(BaseModel):
    """A kind of device. `heartbeat_s` is the longest silence of a healthy one, in seconds.

    `lateness_s`: readings wait so long, in seconds, for earlier ones that are still on their way;
    0 where the newest reading must decide at once (DOMAIN section 2, ingest rules).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    heartbeat_s: int = Field(gt=0)
    lateness_s: int = Field(0, ge=0, le=30)
    life_safety: bool = False
    signals: dict[str, Signal]


@dataclass(frozen=True, slots=True)
class DeviceTypes:
    """All device types by id, each with the signals that every device may report."""

    by_id: dict[str, DeviceType]

    @staticmethod
    def parse(data: dict[str, Any]) -> "DeviceTypes":
        """From the form of `catalogue/device_types.yaml`. Raises pydantic.ValidationError."""
        common = data["common"]
        return DeviceTypes(
            {
                key: DeviceType.model_validate({**body, "signals": {**body["signals"], **common}})
                for key, body in data["types"].items()
            }
        )


@cache
def device_types() -> DeviceTypes:
    """Those that ship."""
    return DeviceTypes.parse(load("device_types.yaml"))
