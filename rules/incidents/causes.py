"""The probable cause of an incident: what explains its alarms best. A proposal, never a verdict."""

from rules.estate.graph import Estate, Unit, Valve
from rules.records.alarms import Alarm
from rules.records.incidents import Cause, Incident
from rules.vocabulary.text import Text

_HIGHEST = Text(
    "Highest wet place: {place}. {valve} is upstream of all {count} wet flats.",
    "最高受水处：{place}。{valve}为全部{count}户受水房屋的共同上游阀门。",
)
_ONE_WET = Text(
    "Wet: {place}. {valve} is upstream of it.",
    "受水处：{place}。{valve}为其上游阀门。",
)
_SECTION = Text(
    "Pipe section behind {valve}: pressure fell and flow rose there.",
    "{valve}之后的管段：压力骤降、流量上升。",
)
_ONE_FLAT = Text("Inside {place}: no other flat is wet.", "{place}户内：其他房屋未见漏水。")
_NO_VALVE = Text(
    "Highest wet place: {place}. No single valve is upstream of all {count} wet flats.",
    "最高受水处：{place}。{count}户受水房屋没有共同上游阀门。",
)
_FIRST = Text("First: {title}, {place}.", "首出：{title}，{place}。")


def probable_cause(estate: Estate, incident: Incident, alarms: list[Alarm]) -> Cause | None:
    """What explains `alarms`, all that `incident` has active; None while there are none."""
    if not alarms:
        return None
    first = min(alarms, key=lambda alarm: (alarm.raised_at, alarm.id))
    if incident.kind == "pipe":
        return _of_water(estate, first, alarms)
    return _of_first(first)


def _of_first(first: Alarm) -> Cause:
    text = _FIRST.fill(title=first.title, place=first.place.text)
    return Cause(text=text, device=first.device)


def _of_water(estate: Estate, first: Alarm, alarms: list[Alarm]) -> Cause:
    """The lowest common upstream valve of all that is wet; water runs down from the highest."""
    wet = {unit.id: unit for alarm in alarms if (unit := estate.units.get(alarm.place.unit or ""))}
    burst = next((alarm for alarm in alarms if alarm.place.unit is None and alarm.latching), None)
    if burst is not None and not wet:
        return _of_section(estate, burst)
    if not wet:
        return _of_first(first)
    highest = max(wet.values(), key=lambda unit: (unit.floor, unit.id))
    source = min(
        (alarm for alarm in alarms if alarm.place.unit == highest.id),
        key=lambda alarm: (alarm.raised_at, alarm.id),
    )
    valve = lowest_common_valve(estate, list(wet.values()))
    if len(wet) == 1 and burst is None:
        text = _ONE_FLAT.fill(place=source.place.text)
    elif valve is None:
        text = _NO_VALVE.fill(place=source.place.text, count=str(len(wet)))
    elif len(wet) == 1:
        text = _ONE_WET.fill(place=source.place.text, valve=_name(valve))
    else:
        text = _HIGHEST.fill(place=source.place.text, valve=_name(valve), count=str(len(wet)))
    return Cause(text=text, device=source.device, valve=valve.id if valve else None)


def _of_section(estate: Estate, burst: Alarm) -> Cause:
    place = burst.place
    behind = [
        valve
        for valve in estate.valves.values()
        if (valve.building, valve.riser) == (place.building, place.riser)
        and place.zone in (None, valve.water_zone)
    ]
    if len(behind) != 1:
        return _of_first(burst)
    text = _SECTION.fill(valve=_name(behind[0]))
    return Cause(text=text, device=burst.device, valve=behind[0].id)


def lowest_common_valve(estate: Estate, units: list[Unit]) -> Valve | None:
    """The valve that isolates all of `units` and the fewest others; None where there is none."""
    wanted = {unit.id for unit in units}
    upstream = [valve for valve in estate.valves.values() if wanted <= set(valve.isolates)]
    return min(upstream, key=lambda valve: (len(valve.isolates), valve.id), default=None)


def _name(valve: Valve) -> Text:
    return Text(f"Valve {valve.id} ({valve.place.en})", f"阀门{valve.id}（{valve.place.zh}）")
