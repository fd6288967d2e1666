"""SenML's units into the catalogue's; the factors are data in `rules/catalogue`."""

from functools import cache

from gateway.errors import UnusableSample
from rules.estate.device_types import Signal
from rules.written.shipped_files import load


@cache
def _factors() -> dict[str, dict[str, float]]:
    factors: dict[str, dict[str, float]] = load("senml_units.yaml")
    return factors


def in_unit(value: float | bool | str, unit: str, signal: Signal | None) -> float | bool | str:
    """`value`, given in SenML's `unit`, in the unit of `signal`; as it is where either is open.

    Raises UnusableSample: the signal's unit cannot be had from `unit`.
    """
    if not unit or signal is None or signal.kind != "number" or isinstance(value, bool | str):
        return value
    factors = _factors().get(signal.unit, {})
    if unit not in factors:
        known = ", ".join(factors) or "none"
        raise UnusableSample(f"unit {unit[:40]!r}: send one of {known}, or leave it out")
    factor = factors[unit]
    return value if factor == 1 else value * factor
