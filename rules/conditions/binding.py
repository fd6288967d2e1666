"""How a condition's form becomes, for each device, the tree that judges it.

The form is read once for an estate (`compiled`); what comes of it is stamped for every device.
"""

from collections.abc import Callable
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

Stamp = Callable[[Device], Node]
"""Makes the tree that judges a condition for a device."""

LeafStamp = Callable[[Device], Leaf]


def compiled(when: When, estate: Estate) -> Stamp:
    """What makes the tree that judges `when`, for a device of `estate`."""
    stamp = _plain(when, estate)
    if when.for_s is not None:
        stamp = _held(stamp, seconds(when.for_s))
    if when.times is not None:
        stamp = _times(stamp, when.times, _within(when))
    if when.recent_s is not None:
        stamp = _recent(stamp, seconds(when.recent_s))
    return stamp


def _held(part: Stamp, for_: int) -> Stamp:
    return lambda device: Held(part(device), for_)


def _times(part: Stamp, times: int, within: int) -> Stamp:
    return lambda device: Times(part(device), times=times, within=within)


def _recent(part: Stamp, within: int) -> Stamp:
    return lambda device: Recent(part(device), within)


def _plain(when: When, estate: Estate) -> Stamp:
    if when.all_of:
        every = [compiled(part, estate) for part in when.all_of]
        return lambda device: AllOf([stamp(device) for stamp in every])
    if when.any_of:
        some = [compiled(part, estate) for part in when.any_of]
        return lambda device: AnyOf([stamp(device) for stamp in some])
    if when.not_:
        inner = compiled(when.not_, estate)
        return lambda device: Not(inner(device))
    if when.sequence:
        parts, within = [compiled(part, estate) for part in when.sequence], _within(when)
        return lambda device: InOrder([stamp(device) for stamp in parts], within=within)
    if when.during:
        return _during(when.during, estate)
    leaf = _leaf(when, estate)
    return leaf if when.of is None else _several(leaf, when.of, estate)


def _during(schedule: Schedule, estate: Estate) -> Stamp:
    months = frozenset(schedule.months or range(1, 13))
    zone, begins, ends = ZoneInfo(estate.timezone), schedule.begins, schedule.ends
    return lambda _: During(zone, begins=begins, ends=ends, months=months)


def _several(leaf: LeafStamp, of: Siblings, estate: Estate) -> Stamp:
    within = seconds(of.within_s or 0)

    def stamp(device: Device) -> Several:
        leaves = [leaf(found) for found in of.find(device, estate)]
        least = max(1, len(leaves)) if of.at_least_n == "all" else of.at_least_n
        return Several(leaves, least=least, within=within)

    return stamp


def _leaf(when: When, estate: Estate) -> LeafStamp:
    test = _limit(when) or _absence(when) or _normal(when, estate) or _windowed(when)
    if when.samples is None:
        return test
    least = when.samples
    if (last := when.of_last) is not None:
        return lambda device: OfLast(test(device), least=least, last=last)
    within = _within(when)
    return lambda device: SeenWithin(test(device), least=least, within=within)


def _limit(when: When) -> LeafStamp | None:
    """A test on the newest value alone."""
    signal = when.signal or ""
    for names, test in ((UPPER, Above), (LOWER, Below)):
        for name in names:
            if (limit := getattr(when, name)) is not None:
                inclusive = name in ("at_least", "at_most")
                return _against(test, signal, limit, _or(when.clear, limit), inclusive)
    if when.outside is not None:
        low, high = when.outside
        return lambda device: Outside(device.id, signal, low=low, high=high)
    if when.equals is not None or when.one_of is not None:
        given = when.one_of if when.one_of is not None else [when.equals]
        values = frozenset(v for v in given if v is not None)
        return lambda device: OneOf(device.id, signal, values=values)
    return None


def _against(
    test: type[Above | Below], signal: str, limit: float, clear: float, inclusive: bool
) -> LeafStamp:
    return lambda device: test(device.id, signal, limit=limit, clear=clear, inclusive=inclusive)


def _absence(when: When) -> LeafStamp | None:
    if when.silent_s is not None:
        signal, after = when.signal or HEARD, seconds(when.silent_s)
        return lambda device: Silent(device.id, signal, after=after)
    if (missed := when.missed_heartbeats) is not None:
        return lambda device: Silent(device.id, HEARD, after=seconds(missed * device.heartbeat_s))
    return None


def _normal(when: When, estate: Estate) -> LeafStamp | None:
    if when.times_normal is None:
        return None
    signal, factor, floor = when.signal or "", when.times_normal, _or(when.floor, 0)
    over = _within(when)
    if (days := when.days) is None:
        return lambda device: TimesNormal(device.id, signal, factor=factor, floor=floor, over=over)
    zone = ZoneInfo(estate.timezone)
    return lambda device: TimesHourNormal(
        device.id, signal, factor=factor, floor=floor, over=over, days=days, zone=zone
    )


def _windowed(when: When) -> LeafStamp:
    signal, within = when.signal or "", _within(when)
    if when.changed:
        return lambda device: Changed(device.id, signal, within=within)
    if (amount := when.adds_up_to) is not None:
        low = _or(when.clear, amount)
        return lambda device: Sum(device.id, signal, limit=amount, clear=low, within=within)
    for sign, by in ((-1, when.falls_by), (1, when.rises_by)):
        if by is not None:
            return _moved(signal, by, _or(when.clear, by), within, sign)
    sign, rate = (-1, when.falls_per_min) if when.falls_per_min else (1, when.rises_per_min)
    assert rate is not None, "the validator lets exactly one test through"
    clear = _or(when.clear, rate)
    return lambda device: Rate(device.id, signal, limit=rate, clear=clear, within=within, sign=sign)


def _moved(signal: str, by: float, clear: float, within: int, sign: int) -> LeafStamp:
    return lambda device: Moved(device.id, signal, by=by, clear=clear, within=within, sign=sign)


def _within(when: When) -> int:
    return seconds(when.within_s or 0)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
