"""What the placeholders of a message stand for: words about places, lifts, times."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from rules.estate import Estate
from rules.instant import HOUR, Instant, to_datetime
from rules.places import Place
from rules.text import Text

_ROOMS = {
    "kitchen": Text("the kitchen", "厨房"),
    "bathroom": Text("the bathroom", "卫生间"),
}
_ALL_ROOMS = Text("the kitchen and bathroom", "厨房和卫生间")
_STAIRS = Text("the stairs", "楼梯")
_UPDATES = Text("Thank you for your patience.", "感谢您的配合。")


def placeholders(
    estate: Estate, place: Place, *, reason: Text, location: str, restore_h: float, at: Instant
) -> dict[str, str | Text]:
    """Every placeholder a message may use, for something at `place`.

    `reason` is the cause in words, `location` the device's, `restore_h` the hours until the
    service is expected back, counted from `at`; times are the estate's local time.
    """
    building = estate.buildings.get(place.building or "")
    garage = estate.garages.get(place.garage or "")
    return {
        "building": building.name if building else estate.name,
        "floor": floor_name(place.floor),
        "place": building.assembly_place if building else estate.name,
        "lift": _lift_name(estate, place),
        "alt": _other_lifts(estate, place),
        "unit": _unit_name(estate, place),
        "rooms": _ROOMS.get(location, _ALL_ROOMS),
        "area": (garage or building or estate).name,
        "phone": estate.phone,
        "reason": reason,
        "from": local_time(estate, at),
        "eta": local_time(estate, at + round(restore_h * HOUR)),
        "time": local_time(estate, at),
        "next": _UPDATES,
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


def _unit_name(estate: Estate, place: Place) -> Text:
    unit = estate.units.get(place.unit or "")
    if unit is None:
        return place.text
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
