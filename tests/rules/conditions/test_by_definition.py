"""Incremental conditions against their definition, worked out anew each half second.

The engine's side runs on deadlines alone, so a deadline that is missing or late shows.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.one_rule import Bench, Outcome, Reading, book, rule

LASTS_S = 90
SIGNALS = ("floor", "passenger", "k1.wet", "k2.wet")
Course = dict[str, dict[int, float]]
"""Readings by signal, then by second."""

Truth = Callable[[int], bool]

_numbers = st.integers(0, 6)
_spans = st.sampled_from([1, 5, 10, 30])
_leaves = st.one_of(
    st.builds(lambda x: {"above": x + 1, "clear": x}, _numbers),
    st.builds(lambda x: {"at_most": x, "clear": x + 1}, _numbers),
    st.builds(lambda x: {"equals": x}, _numbers),
    st.builds(lambda s: {"changed": True, "within_s": s}, _spans),
    st.builds(lambda s: {"falls_by": 3, "clear": 1, "within_s": s}, _spans),
    st.builds(lambda s: {"rises_by": 2, "within_s": s}, _spans),
    st.just({"adds_up_to": 9, "clear": 4, "within_s": 60}),
    st.builds(lambda s: {"falls_per_min": 6, "clear": 3, "within_s": s}, _spans),
    st.builds(lambda s: {"rises_per_min": 9, "within_s": s}, _spans),
    st.builds(lambda x: {"outside": [x, x + 2]}, _numbers),
    st.builds(lambda n: {"above": 4, "samples": n, "of_last": 4}, st.integers(1, 4)),
    st.builds(lambda n, s: {"above": 4, "samples": n, "within_s": s}, st.integers(1, 3), _spans),
    st.builds(lambda s: {"silent_s": s}, _spans),
)
_absences = st.builds(lambda s: {"silent_s": s}, _spans)
_nights = st.sampled_from(
    [
        {"from": "00:00", "to": "00:01"},
        {"from": "00:01", "to": "00:00"},
        {"from": "00:01", "to": "00:02", "months": [7]},
        {"from": "00:00", "to": "00:01", "months": [1]},
    ]
)


def _on_signal(leaf: dict[str, Any], signal: str) -> dict[str, Any]:
    if signal.endswith(".wet"):
        return {"signal": "wet", "of": {"type": "leak", "same": ["building"]}, **leaf}
    return {"signal": signal, **leaf}


def _of_several(leaf: dict[str, Any], least: int, within_s: int | None) -> dict[str, Any]:
    of = {"type": "leak", "same": ["riser"], "at_least_n": least, "within_s": within_s}
    return {"signal": "wet", "of": of, **leaf}


_conditions = st.recursive(
    st.one_of(
        st.builds(_on_signal, _leaves, st.sampled_from(SIGNALS)),
        st.builds(_of_several, _leaves, st.integers(1, 2), st.sampled_from([None, 1, 10])),
        _absences,
    ),
    lambda parts: st.one_of(
        st.builds(lambda p, d: {"all": [p, {"during": d}]}, parts, _nights),
        st.builds(
            lambda p, s: {"sequence": p, "within_s": s},
            st.lists(parts, min_size=2, max_size=3),
            _spans,
        ),
        st.builds(
            lambda p, n, s: {"any": [p], "times": n, "within_s": s},
            parts,
            st.integers(1, 3),
            _spans,
        ),
        st.builds(lambda p: {"all": p}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda p: {"any": p}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda p: {"not": p}, parts),
        st.builds(lambda p, s: {**p, "for_s": s}, parts, _spans),
        st.builds(lambda p, s: {**p, "recent_s": s}, parts, _spans),
    ),
    max_leaves=5,
)
_courses = st.fixed_dictionaries(
    {s: st.dictionaries(st.integers(0, LASTS_S), st.integers(0, 9), max_size=12) for s in SIGNALS}
)


def truth_of(when: dict[str, Any], course: Course, begin: int) -> Truth:
    """The definition: whether `when` is true at a half-second, from all readings up to then."""
    when = dict(when)
    wrapped = {name: when.pop(name, None) for name in ("for_s", "times", "recent_s")}
    truth = _memo(_plain(when, course, begin))
    if (held := wrapped["for_s"]) is not None:
        truth = _held(truth, 2 * held, begin)
    if (times := wrapped["times"]) is not None:
        truth = _times(truth, times, 2 * when["within_s"], begin)
    if (recent := wrapped["recent_s"]) is not None:
        truth = _recent(truth, 2 * recent, begin)
    return truth


def _held(part: Truth, span: int, begin: int) -> Truth:
    return _memo(lambda h: h - span >= begin and all(map(part, range(h - span, h + 1))))


def _recent(part: Truth, span: int, begin: int) -> Truth:
    """Also while the part has been true up to less than `span` ago."""
    return _memo(lambda h: any(map(part, range(max(begin, h - span), h + 1))))


def _times(part: Truth, times: int, span: int, begin: int) -> Truth:
    return _memo(lambda h: len([o for o in _onsets(part, h, begin) if h - o < span]) >= times)


def _onsets(part: Truth, until: int, begin: int) -> list[int]:
    return [h for h in range(begin, until + 1) if part(h) and (h == begin or not part(h - 1))]


def _sequence(parts: list[Truth], span: int, begin: int) -> Truth:
    def truth(h: int) -> bool:
        turns = _onsets(parts[-1], h, begin)
        return parts[-1](h) and _leads(parts[:-1], turns[-1], turns[-1] - span, begin)

    return _memo(truth)


def _leads(parts: list[Truth], before: int, earliest: int, begin: int) -> bool:
    """Whether the parts became true in order before `before`, the first at `earliest` or later."""
    if not parts:
        return True
    onsets = _onsets(parts[-1], before - 1, begin)
    return any(h >= earliest and _leads(parts[:-1], h, earliest, begin) for h in onsets)


def _during(schedule: dict[str, Any]) -> Truth:
    """Of the first minutes of a day in July."""
    first, last = (60 * int(schedule[name][-2:]) or None for name in ("from", "to"))
    in_month = 7 in schedule.get("months", [7])
    return lambda h: in_month and (first or 0) * 2 <= h < (last or LASTS_S + 1) * 2


def _plain(when: dict[str, Any], course: Course, begin: int) -> Truth:
    for name, join in (("all", all), ("any", any)):
        if name in when:
            parts = [truth_of(part, course, begin) for part in when[name]]
            return lambda h: join([part(h) for part in parts])
    if "not" in when:
        part = truth_of(when["not"], course, begin)
        return lambda h: not part(h)
    if "sequence" in when:
        parts = [truth_of(part, course, begin) for part in when["sequence"]]
        return _sequence(parts, 2 * when["within_s"], begin)
    if "during" in when:
        return _during(when["during"])
    if "signal" not in when:
        return _over_time(when, {**course["floor"], **course["passenger"]})
    if "of" not in when:
        return _over_time(when, course[when["signal"]])
    of = when["of"]
    counts = [
        _recent(_over_time(when, course[leak]), 2 * (of.get("within_s") or 0), 0)
        for leak in ("k1.wet", "k2.wet")
    ]
    return lambda h: sum(count(h) for count in counts) >= of.get("at_least_n", 1)


def _over_time(when: dict[str, Any], readings: dict[int, float]) -> Truth:
    """The truths of a leaf, each from the readings up to then and the truth before."""
    truths: list[bool] = []
    for h in range(2 * LASTS_S + 1):
        known = {at: value for at, value in readings.items() if 2 * at <= h}
        before = bool(truths) and truths[-1]
        truths.append(bool(known) and bool(_leaf(when, known, h / 2, before)))
    return truths.__getitem__


def _leaf(when: dict[str, Any], known: dict[int, float], t: float, before: bool) -> object:
    newest = max(known)
    last = known[newest]
    within = when.get("within_s", 0)
    near = {at: v for at, v in known.items() if t - at <= within}
    match when:
        case {"samples": least}:
            passed = [at for at in sorted(known) if known[at] > when["above"]]
            if "of_last" in when:
                return len({*passed} & {*sorted(known)[-when["of_last"] :]}) >= least
            return len([at for at in passed if t - at < within]) >= least
        case {"silent_s": span}:
            return t - newest >= span
        case {"outside": [low, high]}:
            return last < low or last > high
        case {"above": limit, "clear": clear}:
            return last > limit or (before and last > clear)
        case {"at_most": limit, "clear": clear}:
            return last <= limit or (before and last < clear)
        case {"equals": value}:
            return last == value
        case {"changed": _}:
            times = sorted(known)
            changes = [b for a, b in pairwise(times) if known[a] != known[b]]
            return bool(changes) and t - changes[-1] < within
        case {"falls_by": by}:
            moved = max([*near.values(), last]) - last
            return moved >= by or (before and moved > when.get("clear", by))
        case {"rises_by": by}:
            moved = last - min([*near.values(), last])
            return moved >= by or (before and moved > when.get("clear", by))
        case {"falls_per_min": rate} | {"rises_per_min": rate}:
            if t != newest:
                return before and t - newest <= within
            span = t - min(near)
            moved = 60 * (last - near[min(near)]) * (-1 if "falls_per_min" in when else 1)
            is_known = span > 0 and span * 2 >= within
            return is_known and (
                moved >= rate * span or (before and moved > when.get("clear", rate) * span)
            )
        case {"adds_up_to": limit, "clear": clear}:
            total = sum(v for at, v in known.items() if t - at < within)
            return total >= limit or (before and total > clear)
    raise AssertionError(when)


def _memo(truth: Truth) -> Truth:
    known: dict[int, bool] = {}

    def remembered(t: int) -> bool:
        if t not in known:
            known[t] = truth(t)
        return known[t]

    return remembered


def _raised_by_half_second(outcomes: list[Outcome]) -> list[bool]:
    raised = [False] * (2 * LASTS_S + 1)
    for at_s, happened in outcomes:
        for h in range(2 * LASTS_S + 1):
            if h / 2 >= at_s:
                raised[h] = happened == "raised"
    return raised


@settings(max_examples=100)
@given(_conditions, _courses, st.booleans())
def test_condition_is_true_when_its_definition_is(
    when: dict[str, Any], course: Course, restarts: bool
) -> None:
    readings: list[Reading] = sorted(
        (at, signal, float(v)) for signal, values in course.items() for at, v in values.items()
    )
    bench = Bench(book(rule(when)), restarts=restarts)
    listened = {s for s in SIGNALS if s.rpartition(".")[2] in _signals_of(when)}
    first = 2 * min((round(at) for at, s, _ in readings if s in listened), default=LASTS_S + 1)
    for at in sorted({at for at, _, _ in readings}):
        bench.until(at - 1e-6)
        bench.take([reading for reading in readings if reading[0] == at])
    raised = _raised_by_half_second(bench.until(LASTS_S))
    truth = truth_of(when, course, first)
    expected = [h >= first and truth(h) for h in range(2 * LASTS_S + 1)]
    assert bench.faults == []
    assert raised == expected


def _signals_of(when: dict[str, Any]) -> set[str]:
    if "signal" in when:
        return {when["signal"]}
    if "silent_s" in when:
        return {"floor", "passenger"}
    if "during" in when:
        return set()
    parts = when["not"] if "not" in when else when.get("all") or when.get("any")
    parts = parts or when["sequence"]
    return set().union(*map(_signals_of, [parts] if isinstance(parts, dict) else parts))
