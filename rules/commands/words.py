"""What a person wrote in a command, checked: reasons, and times until when."""

from rules.commands.refused import Refused
from rules.messages.placeholders import floor_name, unit_name
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import HOUR, Instant, from_rfc3339
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text


def need_reason(command: Command, remedy: str) -> str:
    """The reason, which must not be empty. Raises Refused."""
    if not command.reason.strip():
        raise Refused("no-reason", f"reason is missing: {remedy}")
    return command.reason


def end_of(work: Work, command: Command, *, most_h: float) -> Instant:
    """Parameter `until`, RFC 3339: later than now, by `most_h` hours at most. Raises Refused."""
    text = command.params.get("until", "")
    try:
        until_at = from_rfc3339(text)
    except ValueError as error:
        raise Refused(
            "bad-until", f"until {text!r}: give a time such as 2026-01-31T08:00:00Z"
        ) from error
    if until_at <= work.now:
        raise Refused("bad-until", f"until {text}: this time is over, give a later one")
    if until_at - work.now > most_h * HOUR:
        raise Refused("bad-until", f"until {text}: at most {most_h:g} hours from now are allowed")
    return until_at


def place_of(work: Work, command: Command) -> Place:
    """Parameters `building`, `floor`, `unit`, `garage`, or the whole estate. Raises Refused.

    Only what is given must be there; a flat brings its building and floor with it.
    """
    estate, params = work.state.estate, command.params
    for name, known in (
        ("building", estate.buildings), ("unit", estate.units), ("garage", estate.garages),
    ):  # fmt: skip
        if params.get(name) and params[name] not in known:
            raise Refused(f"bad-{name}", f"{name} {params[name]!r}: not in this estate")
    if unit := estate.units.get(params.get("unit", "")):
        text = unit_name(estate, unit)
        return Place(text, unit.building, unit.floor, unit.id, unit.riser, unit.water_zone)
    floor = _floor(params.get("floor", ""))
    building = estate.buildings.get(params.get("building", ""))
    garage = estate.garages.get(params.get("garage", ""))
    named = (garage or building or estate).name
    shown = floor_name(floor)
    text = Text(f"{named.en} {shown.en}".strip(), f"{named.zh}{shown.zh}")
    return Place(
        text,
        building=building.id if building else None,
        floor=floor,
        garage=garage.id if garage else None,
    )


def _floor(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused("bad-floor", f"floor {text!r}: give a whole number such as 3 or -1") from None
