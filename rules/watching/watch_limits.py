"""How much a rule would have an estate watch: refused on saving, before it costs anything."""

from collections import Counter

from rules.conditions.when import Siblings, whom_it_reads
from rules.estate.graph import Estate
from rules.rulebook.rule import Rule

MOST_POINTS = 50_000
"""Points that one rule may watch on an estate; each takes memory, and time at every reading."""


def points_watched(rule: Rule, estate: Estate) -> int:
    """How often the rule's condition reads a point, over all devices that it is bound to."""
    parts = list(whom_it_reads(rule.when))
    counts = {id(of): _by_place(of, estate) for of in parts if of is not None}
    total = 0
    for device in estate.devices.values():
        if rule.watches(device.type, device.location):
            for of in parts:
                if of is None:
                    total += 1
                else:
                    total += counts[id(of)][tuple(getattr(device.place, f) for f in of.same)]
    return total


def _by_place(of: Siblings, estate: Estate) -> Counter[tuple[object, ...]]:
    """So many devices are there with each set of the attributes that siblings share."""
    places = (
        tuple(getattr(other.place, field) for field in of.same)
        for other in estate.devices.values()
        if other.type == of.type and (of.location is None or other.location == of.location)
    )
    return Counter(place for place in places if None not in place)
