"""Shell-like braces in device ids: `b3-{12-10}-{01,02}-leak` is six devices, in that order."""

import re
from collections.abc import Iterator

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")


def spread_braces(pattern: str) -> Iterator[str]:
    """Every id that `pattern` stands for, the leftmost braces turning slowest.

    `{12-08}` counts down, with as many digits as are written; `{a,b}` takes each in turn.
    """
    found = _BRACES.search(pattern)
    if found is None:
        yield pattern
        return
    for choice in _choices(found[1]):
        yield from spread_braces(pattern[: found.start()] + choice + pattern[found.end() :])


def _choices(inside: str) -> list[str]:
    counted = _RANGE.fullmatch(inside)
    if counted is None:
        return inside.split(",")
    first, last = int(counted[1]), int(counted[2])
    step = 1 if first <= last else -1
    return [f"{n:0{len(counted[1])}}" for n in range(first, last + step, step)]
