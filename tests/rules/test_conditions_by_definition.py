"""Incremental conditions against their definition, worked out anew from all readings each second.

The engine's side runs on deadlines alone, so a deadline that is missing or late shows.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.one_rule import Bench, Outcome, Reading, book, rule

LASTS_S = 90
SIGNALS = ("floor", "passenger", "k1.wet")
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
)


def _on_signal(leaf: dict[str, Any], signal: str) -> dict[str, Any]:
    if signal == "k1.wet":
        return {"signal": "wet", "of": {"type": "leak", "same": ["building"]}, **leaf}
    return {"signal": signal, **leaf}


_conditions = st.recursive(
    st.builds(_on_signal, _leaves, st.sampled_from(SIGNALS)),
    lambda parts: st.one_of(
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
    """The definition: whether `when` is true at a second, from all readings up to then."""
    when = dict(when)
    recent, held = when.pop("recent_s", None), when.pop("for_s", None)
    if held is not None:
        part = _memo(truth_of(when, course, begin))
        inner: Truth = lambda t: t - held >= begin and all(map(part, range(t - held, t + 1)))  # noqa: E731
    else:
        inner = _plain(when, course, begin)
    if recent is None:
        return inner
    seen = _memo(inner)
    return lambda t: any(map(seen, range(max(begin, t - recent), t + 1)))


def _plain(when: dict[str, Any], course: Course, begin: int) -> Truth:
    for name, join in (("all", all), ("any", any)):
        if name in when:
            parts = [truth_of(part, course, begin) for part in when[name]]
            return lambda t: join(part(t) for part in parts)
    if "not" in when:
        part = truth_of(when["not"], course, begin)
        return lambda t: not part(t)
    readings = course["k1.wet" if "of" in when else when["signal"]]
    truths, truth = {}, False
    for t in range(LASTS_S + 1):
        for ago in (1, 0):  # just before the second, then with its reading
            known = {at: value for at, value in readings.items() if at <= t - ago}
            if known:
                truth = bool(_leaf(when, known, t - ago / 2, truth))
        truths[t] = truth
    return truths.__getitem__


def _leaf(when: dict[str, Any], known: dict[int, float], t: float, before: bool) -> object:
    last = known[max(known)]
    near = [v for at, v in known.items() if t - at <= when.get("within_s", 0)]
    match when:
        case {"above": limit, "clear": clear}:
            return last > limit or (before and last > clear)
        case {"at_most": limit, "clear": clear}:
            return last <= limit or (before and last < clear)
        case {"equals": value}:
            return last == value
        case {"changed": _, "within_s": within}:
            times = sorted(known)
            changes = [b for a, b in pairwise(times) if known[a] != known[b]]
            return bool(changes) and t - changes[-1] < within
        case {"falls_by": by}:
            moved = max([*near, last]) - last
            return moved >= by or (before and moved > when.get("clear", by))
        case {"rises_by": by}:
            moved = last - min([*near, last])
            return moved >= by or (before and moved > when.get("clear", by))
        case {"adds_up_to": limit, "clear": clear, "within_s": within}:
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


def _raised_by_second(outcomes: list[Outcome]) -> list[bool]:
    raised = [False] * (LASTS_S + 1)
    for at_s, happened in outcomes:
        for t in range(LASTS_S + 1):
            if t >= at_s:
                raised[t] = happened == "raised"
    return raised


@settings(deadline=None, max_examples=150)
@given(_conditions, _courses, st.booleans())
def test_condition_is_true_when_its_definition_is(
    when: dict[str, Any], course: Course, restarts: bool
) -> None:
    readings: list[Reading] = sorted(
        (at, signal, float(v)) for signal, values in course.items() for at, v in values.items()
    )
    bench = Bench(book(rule(when)), restarts=restarts)
    listened = {s for s in SIGNALS if s.rpartition(".")[2] in _signals_of(when)}
    first = min((round(at) for at, s, _ in readings if s in listened), default=LASTS_S + 1)
    for at in sorted({at for at, _, _ in readings}):
        bench.until(at - 1e-6)
        bench.take([reading for reading in readings if reading[0] == at])
    raised = _raised_by_second(bench.until(LASTS_S))
    truth = truth_of(when, course, first)
    expected = [t >= first and truth(t) for t in range(LASTS_S + 1)]
    assert raised == expected


def _signals_of(when: dict[str, Any]) -> set[str]:
    if "signal" in when:
        return {when["signal"]}
    parts = when["not"] if "not" in when else when.get("all") or when["any"]
    return set().union(*map(_signals_of, [parts] if isinstance(parts, dict) else parts))
