"""A position in the stream, as clients keep it: `harbour:812,tower:44`.

It names the last event seen of each estate; one that it does not name is followed from its
beginning. A bare number is of the time when one count ran over all estates.
"""

import re

from store.engine.events import Seen

_LARGEST = 2**63 - 1
_NUMBER = r"[0-9]{1,19}"
_OF_ESTATE = re.compile(rf"([a-z0-9][a-z0-9-]{{0,39}}):({_NUMBER})")


def as_text(seen: Seen) -> str:
    """The position behind `seen`."""
    return ",".join(f"{estate}:{seq}" for estate, seq in seen.items())


def from_text(text: str) -> dict[str, int] | int:
    """What a position says was seen. Raises ValueError: it is none, or too large a number."""
    if re.fullmatch(_NUMBER, text):
        return _within_reach(int(text))
    found = [_OF_ESTATE.fullmatch(part) for part in text.split(",") if text]
    seen = {part[1]: _within_reach(int(part[2])) for part in found if part}
    if len(seen) < len(found):
        raise ValueError("it has a part that is not estate:number, or an estate twice")
    return seen


def _within_reach(number: int) -> int:
    if number > _LARGEST:
        raise ValueError("it has a number that is too large")
    return number
