"""Commands that say where: what is known of the place, else the whole estate."""

from typing import Annotated

from pydantic import Field

from rules.commands.refused import Refused
from rules.messages.placeholders import floor_name, unit_name
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.fields import OptionalId
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text


class AtPlace(Command, frozen=True, kw_only=True):
    """A flat brings its building and floor with it."""

    building: Annotated[OptionalId, Field(examples=["B3"])] = None
    floor: Annotated[int | None, Field(ge=-9, le=200, examples=[10])] = None
    unit: OptionalId = None
    garage: OptionalId = None

    def place(self, work: Work) -> Place:
        """Raises Refused: what is given is not there."""
        estate = work.state.estate
        for name, id_, known in (
            ("building", self.building, estate.buildings),
            ("unit", self.unit, estate.units),
            ("garage", self.garage, estate.garages),
        ):
            if id_ is not None and id_ not in known:
                raise Refused(f"bad-{name}", f"{name} {id_!r}: not in this estate")
        if self.unit is not None:
            return place_of_unit(work, self.unit)
        building = None if self.building is None else estate.buildings[self.building]
        garage = None if self.garage is None else estate.garages[self.garage]
        named = (garage or building or estate).name
        shown = floor_name(self.floor)
        text = Text(f"{named.en} {shown.en}".strip(), f"{named.zh}{shown.zh}")
        return Place(text, building=self.building, floor=self.floor, garage=self.garage)


def place_of_unit(work: Work, unit_id: str) -> Place:
    """Where a flat of the estate is."""
    unit = work.state.estate.units[unit_id]
    text = unit_name(work.state.estate, unit)
    return Place(text, unit.building, unit.floor, unit.id, unit.riser, unit.water_zone)
