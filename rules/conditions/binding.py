"""How a condition's form becomes the tree that judges it for one device."""

from zoneinfo import ZoneInfo

from rules.conditions.absence import HEARD, Silent
from rules.conditions.counting import OfLast, SeenWithin, Times
from rules.conditions.leaves import Above, Below, Changed, Leaf, OneOf, Outside
from rules.conditions.nodes import AllOf, AnyOf, Held, Node, Not, Recent
from rules.conditions.normals import TimesHourNormal, TimesNormal
from rules.conditions.order import InOrder
from rules.conditions.schedule import During
from rules.conditions.siblings import Several
from rules.conditions.when import LOWER, UPPER, Schedule, Siblings, When
from rules.conditions.windows import Moved, Rate, Sum
from rules.estate.graph import Device, Estate
from rules.vocabulary.instant import seconds


def build(when: When, device: Device, estate: Estate) -> Node:
    """The tree that judges `when` for `device`."""
    node = _plain(when, device, estate)
    if when.for_s is not None:
        node = Held(node, seconds(when.for_s))
    if when.times is not None:
        node = Times(node, times=when.times, within=_within(when))
    if when.recent_s is not None:
        node = Recent(node, seconds(when.recent_s))
    return node


def _plain(when: When, device: Device, estate: Estate) -> Node:
    if when.all_of:
        return AllOf([build(part, device, estate) for part in when.all_of])
    if when.any_of:
        return AnyOf([build(part, device, estate) for part in when.any_of])
    if when.not_:
        return Not(build(when.not_, device, estate))
    if when.sequence:
        parts = [build(part, device, estate) for part in when.sequence]
        return InOrder(parts, within=_within(when))
    if when.during:
        return _during(when.during, estate)
    if when.of is None:
        return _leaf(when, device, estate)
    return _several(when, when.of, device, estate)


def _during(schedule: Schedule, estate: Estate) -> During:
    months = frozenset(schedule.months or range(1, 13))
    zone = ZoneInfo(estate.timezone)
    return During(zone, begins=schedule.begins, ends=schedule.ends, months=months)


def _several(when: When, of: Siblings, device: Device, estate: Estate) -> Several:
    leaves = [_leaf(when, found, estate) for found in of.find(device, estate)]
    least = max(1, len(leaves)) if of.at_least_n == "all" else of.at_least_n
    return Several(leaves, least=least, within=seconds(of.within_s or 0))


def _leaf(when: When, device: Device, estate: Estate) -> Leaf:
    leaf = (
        _limit(when, device.id)
        or _absence(when, device)
        or _normal(when, device.id, estate)
        or _windowed(when, device.id)
    )
    if when.samples is None:
        return leaf
    if when.of_last is not None:
        return OfLast(leaf, least=when.samples, last=when.of_last)
    return SeenWithin(leaf, least=when.samples, within=_within(when))


def _limit(when: When, device: str) -> Leaf | None:
    """A test on the newest value alone."""
    signal = when.signal or ""
    for name in UPPER:
        if (limit := getattr(when, name)) is not None:
            return Above(
                device, signal, limit=limit, clear=_or(when.clear, limit),
                inclusive=name == "at_least",
            )  # fmt: skip
    for name in LOWER:
        if (limit := getattr(when, name)) is not None:
            return Below(
                device, signal, limit=limit, clear=_or(when.clear, limit),
                inclusive=name == "at_most",
            )  # fmt: skip
    if when.outside is not None:
        low, high = when.outside
        return Outside(device, signal, low=low, high=high)
    if when.equals is not None or when.one_of is not None:
        values = when.one_of if when.one_of is not None else [when.equals]
        return OneOf(device, signal, values=frozenset(v for v in values if v is not None))
    return None


def _absence(when: When, device: Device) -> Leaf | None:
    if when.silent_s is not None:
        return Silent(device.id, when.signal or HEARD, after=seconds(when.silent_s))
    if when.missed_heartbeats is not None:
        after = seconds(when.missed_heartbeats * device.heartbeat_s)
        return Silent(device.id, HEARD, after=after)
    return None


def _normal(when: When, device: str, estate: Estate) -> Leaf | None:
    if when.times_normal is None:
        return None
    signal, factor, floor = when.signal or "", when.times_normal, _or(when.floor, 0)
    if when.days is None:
        return TimesNormal(device, signal, factor=factor, floor=floor, over=_within(when))
    return TimesHourNormal(
        device, signal, factor=factor, floor=floor, over=_within(when), days=when.days,
        zone=ZoneInfo(estate.timezone),
    )  # fmt: skip


def _windowed(when: When, device: str) -> Leaf:
    signal, within = when.signal or "", _within(when)
    if when.changed:
        return Changed(device, signal, within=within)
    if (limit := when.adds_up_to) is not None:
        return Sum(device, signal, limit=limit, clear=_or(when.clear, limit), within=within)
    for sign, by in ((-1, when.falls_by), (1, when.rises_by)):
        if by is not None:
            clear = _or(when.clear, by)
            return Moved(device, signal, by=by, clear=clear, within=within, sign=sign)
    sign, rate = (-1, when.falls_per_min) if when.falls_per_min else (1, when.rises_per_min)
    assert rate is not None, "the validator lets exactly one test through"
    clear = _or(when.clear, rate)
    return Rate(device, signal, limit=rate, clear=clear, within=within, sign=sign)


def _within(when: When) -> int:
    return seconds(when.within_s or 0)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
