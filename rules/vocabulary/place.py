"""Where something is: the part of a building that an alarm, a ticket or a notice speaks of."""

from dataclasses import dataclass

from rules.vocabulary.text import Text


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an estate; None where the attribute does not apply.

    `floor` counts as people there do (1 is the ground floor, -1 the first basement);
    `zone` is a fire or water-supply zone, `text` what a person calls the place.
    """

    text: Text
    building: str | None = None
    floor: int | None = None
    unit: str | None = None
    riser: str | None = None
    zone: str | None = None
    lift: str | None = None
    garage: str | None = None
