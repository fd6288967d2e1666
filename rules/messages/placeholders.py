"""What the placeholders of a message stand for: words about places, lifts, times."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rules.estate.graph import Estate, Unit
from rules.records.incidents import IncidentKind
from rules.vocabulary.instant import HOUR, Instant, to_datetime
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level
from rules.vocabulary.text import Text

UPDATE, UPDATE_ETA = UPDATES = "UPDATE", "UPDATE_ETA"
"""Messages with a person's further words, without and with an expected end."""

DRILL = "DRILL"
"""What every message of a drill is wrapped in: {body} is that message."""

PlaceholderType = Literal["place", "time", "phone", "words"]

PLACEHOLDERS: Mapping[str, PlaceholderType] = {
    "building": "place", "floor": "place", "place": "place", "lift": "place", "alt": "place",
    "unit": "place", "rooms": "place", "area": "place",
    "from": "time", "eta": "time", "time": "time",
    "phone": "phone",
    "reason": "words", "next": "words", "incident": "words", "words": "words", "body": "words",
    "type": "words", "colour": "words", "advice": "words",
}  # fmt: skip
"""Every placeholder that a message may use, and what is filled in there."""

_COLOURS: dict[Level, Text] = {
    "IV": Text("blue", "蓝色"),
    "III": Text("yellow", "黄色"),
    "II": Text("orange", "橙色"),
    "I": Text("red", "红色"),
}
"""Of the official warnings (CMA Order 16 of 2007)."""

_ADVICE: dict[IncidentKind, Text] = {
    "wind": Text(
        "Take in what stands on balconies, close windows, stay indoors",
        "请收好阳台物品、关好门窗、减少外出",
    ),
    "cold": Text(
        "Keep windows closed and let a tap drip where pipes may freeze",
        "请关好门窗，水管易冻处保持滴水防冻",
    ),
    "heat": Text(
        "Drink water, stay out of the sun at noon, look after elderly neighbours",
        "请多饮水、避免午间外出，关照老人",
    ),
    "flood": Text("Keep clear of basements and low ground", "请远离地下空间和低洼处"),
}
_CALM = Text("Please follow the staff's instructions", "请听从工作人员安排")

_ROOMS = {
    "kitchen": Text("the kitchen", "厨房"),
    "bathroom": Text("the bathroom", "卫生间"),
}
_ALL_ROOMS = Text("the kitchen and bathroom", "厨房和卫生间")
_STAIRS = Text("the stairs", "楼梯")
_UPDATES = Text("Thank you for your patience.", "感谢您的配合。")


def placeholders(
    estate: Estate, place: Place, *, reason: Text, location: str, restore_h: float, at: Instant,
    kind: IncidentKind = "ticket", level: Level = "IV",
) -> dict[str, str | Text]:  # fmt: skip
    """Every placeholder that something at `place` answers.

    `reason` is the cause in words, `location` the device's, `restore_h` the hours until the
    service is expected back, counted from `at`; times are the estate's local time. `kind` and
    `level` are the incident's, for warnings. A person gives `words`, a drill `body`.
    """
    building = estate.buildings.get(place.building or "")
    feeder = estate.feeders.get(f"{place.building}-{place.zone}")
    garage = estate.garages.get(place.garage or "")
    return {
        "building": building.name if building else estate.name,
        "floor": floor_name(place.floor),
        "place": building.assembly_place if building else estate.name,
        "lift": _lift_name(estate, place),
        "alt": _other_lifts(estate, place),
        "unit": _unit_at(estate, place),
        "rooms": _ROOMS.get(location, _ALL_ROOMS),
        "area": (garage or feeder or building or estate).name,
        "phone": estate.phone,
        "reason": reason,
        "from": local_time(estate, at),
        "eta": local_time(estate, at + round(restore_h * HOUR)),
        "time": local_time(estate, at),
        "next": _UPDATES,
        "incident": reason,
        "type": reason,
        "colour": _COLOURS[level],
        "advice": _ADVICE.get(kind, _CALM),
    }


def floor_name(floor: int | None) -> Text:
    """`10F` / `10层`; below ground `B1` / `地下1层`; empty where there is no floor."""
    if floor is None:
        return Text("", "")
    if floor < 0:
        return Text(f"B{-floor}", f"地下{-floor}层")
    return Text(f"{floor}F", f"{floor}层")


def local_time(estate: Estate, at: Instant) -> Text:
    """Date and minute in the estate's own time zone, without a zone: residents live there."""
    local = to_datetime(at).astimezone(ZoneInfo(estate.timezone)) + timedelta(seconds=30)
    return Text(local.strftime("%d %b %H:%M"), f"{local.month}月{local.day}日{local:%H:%M}")


def _unit_at(estate: Estate, place: Place) -> Text:
    unit = estate.units.get(place.unit or "")
    return unit_name(estate, unit) if unit else place.text


def unit_name(estate: Estate, unit: Unit) -> Text:
    """`Building 3 05-01` / `3号楼05-01`."""
    building = estate.buildings[unit.building].name
    number = f"{unit.floor:02}-{unit.number:02}"
    return Text(f"{building.en} {number}", f"{building.zh}{number}")


def _lift_name(estate: Estate, place: Place) -> Text:
    lift = estate.lifts.get(f"{place.building}-{place.lift}")
    return lift.name if lift else place.text


def _other_lifts(estate: Estate, place: Place) -> Text:
    others = [
        lift.name
        for lift in estate.lifts.values()
        if lift.building == place.building and lift.id != place.lift
    ]
    if not others:
        return _STAIRS
    return Text(" / ".join(o.en for o in others), "、".join(o.zh for o in others))
