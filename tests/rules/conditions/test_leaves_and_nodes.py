"""What each kind of condition makes of readings, and that a restart midway changes nothing."""

from typing import Any

import pytest
from pydantic import ValidationError

from rules.conditions.when import When
from rules.vocabulary.reading import Value
from tests.rules.one_rule import Bench, Outcome, Reading, book, estate, outcomes, rule

FLOOR = "floor"


def series(*values: tuple[float, Value], signal: str = FLOOR) -> list[Reading]:
    return [(at_s, signal, value) for at_s, value in values]


def steady(value: float, until: float, *, every: float = 10) -> list[tuple[float, float]]:
    return [(n * every, value) for n in range(int(until / every) + 1)]


CASES: dict[str, tuple[dict[str, Any], list[Reading], list[Outcome]]] = {
    "above a limit until the clear limit": (
        rule({"signal": FLOOR, "above": 10, "clear": 8}),
        series((0, 10), (10, 10.5), (20, 9), (30, 8.5), (40, 8), (50, 9)),
        [(10, "raised"), (40, "cleared")],
    ),
    "above without a deadband ends at its limit": (
        rule({"signal": FLOOR, "above": 10}),
        series((0, 11), (10, 10)),
        [(0, "raised"), (10, "cleared")],
    ),
    "at least includes its limit": (
        rule({"signal": FLOOR, "at_least": 5, "clear": 2}),
        series((0, 4.9), (10, 5), (20, 2.1), (30, 2)),
        [(10, "raised"), (30, "cleared")],
    ),
    "below a limit until the clear limit": (
        rule({"signal": FLOOR, "below": 10, "clear": 12}),
        series((0, 10), (10, 9), (20, 11), (30, 12)),
        [(10, "raised"), (30, "cleared")],
    ),
    "at most includes its limit": (
        rule({"signal": FLOOR, "at_most": 5, "clear": 7}),
        series((0, 5.1), (10, 5), (20, 6.9), (30, 7)),
        [(10, "raised"), (30, "cleared")],
    ),
    "on-delay runs while the condition holds": (
        rule({"signal": FLOOR, "above": 10}, on_delay_s=60),
        series((0, 11), (30, 12), (50, 9), (60, 11)),
        [(120, "raised")],
    ),
    "reading at the very end of the on-delay decides": (
        rule({"signal": FLOOR, "above": 10}, on_delay_s=60),
        series((0, 11), (60, 9)),
        [],
    ),
    "off-delay starts anew when the condition comes back": (
        rule({"signal": FLOOR, "above": 10}, off_delay_s=60),
        series((0, 11), (10, 9), (50, 11), (60, 9)),
        [(0, "raised"), (120, "cleared")],
    ),
    "equals a value": (
        rule({"signal": FLOOR, "equals": 4}),
        series((0, 1), (10, 4), (20, 3)),
        [(10, "raised"), (20, "cleared")],
    ),
    "one of several values, from one to the other": (
        rule({"signal": FLOOR, "one_of": [1, 4]}),
        series((0, 1), (10, 4), (20, 3)),
        [(0, "raised"), (20, "cleared")],
    ),
    "changed for a while after another value": (
        rule({"signal": FLOOR, "changed": True, "within_s": 30}),
        series((0, 1), (10, 1), (20, 2), (40, 3), (60, 3)),
        [(20, "raised"), (70, "cleared")],
    ),
    "falls fast enough": (
        rule({"signal": FLOOR, "falls_by": 8, "within_s": 30}),
        series((0, 30), (10, 28), (20, 22), (100, 22)),
        [(20, "raised"), (30.000001, "cleared")],
    ),
    "falls by exactly the figure in decimal fractions": (
        rule({"signal": FLOOR, "falls_by": 0.08, "within_s": 30}),
        series((0, 0.28), (20, 0.2)),
        [(20, "raised"), (30.000001, "cleared")],
    ),
    "slow drift does not trip": (
        rule({"signal": FLOOR, "falls_by": 8, "within_s": 30}),
        [(n * 10, FLOOR, 100 - 2.5 * n) for n in range(30)],
        [],
    ),
    "a step over a silence longer than the window is not a fast fall": (
        rule({"signal": FLOOR, "falls_by": 8, "within_s": 30}),
        series((0, 30), (31, 10)),
        [],
    ),
    "a rise is no fall": (
        rule({"signal": FLOOR, "falls_by": 8, "within_s": 30}),
        series((0, 10), (10, 30)),
        [],
    ),
    "rises fast enough, and stays so down to the clear difference": (
        rule({"signal": FLOOR, "rises_by": 8, "within_s": 60, "clear": 2}),
        series((0, 20), (30, 28), (55, 28), (59, 28), (80, 21.5)),
        [(30, "raised"), (60.000001, "cleared")],
    ),
    "still falling: the window slides along": (
        rule({"signal": FLOOR, "falls_by": 8, "within_s": 30}),
        series((0, 50), (10, 45), (20, 40), (30, 35), (40, 35), (50, 35)),
        [(20, "raised"), (40.000001, "cleared")],
    ),
    "amounts add up and age out": (
        rule({"signal": FLOOR, "adds_up_to": 30, "within_s": 3600, "clear": 20}),
        series((0, 10), (600, 10), (1200, 10), (3000, 1)),
        [(1200, "raised"), (4200, "cleared")],
    ),
    "amounts further apart than the window never add up": (
        rule({"signal": FLOOR, "adds_up_to": 30, "within_s": 3600}),
        series((0, 20), (3600, 20), (7200, 20)),
        [],
    ),
    "twice the normal, once the normal is known": (
        rule({"signal": FLOOR, "times_normal": 2, "within_s": 3600}),
        series(*steady(1, 600), (610, 2.2), (620, 1)),
        [(610, "raised"), (620, "cleared")],
    ),
    "twice the normal means nothing before it has been learned": (
        rule({"signal": FLOOR, "times_normal": 2, "within_s": 3600}),
        series((0, 1), (100, 5), (200, 5)),
        [],
    ),
    "twice nearly nothing is below the floor": (
        rule({"signal": FLOOR, "times_normal": 2, "within_s": 3600, "floor": 0.5}),
        series(*steady(0.1, 600), (610, 0.4), (620, 0.5)),
        [(620, "raised")],
    ),
    "what lasts becomes the normal": (
        rule({"signal": FLOOR, "times_normal": 2, "within_s": 3600}),
        series(*steady(1, 600), *[(at + 610, 4) for at, _ in steady(4, 3600)]),
        [(610, "raised"), (2070, "cleared")],
    ),
    "all parts at once": (
        rule({"all": [{"signal": FLOOR, "equals": 4}, {"signal": "passenger", "equals": 1}]}),
        [(0, FLOOR, 4), (10, "passenger", 1), (20, FLOOR, 1)],
        [(10, "raised"), (20, "cleared")],
    ),
    "any part": (
        rule({"any": [{"signal": FLOOR, "equals": 4}, {"signal": "passenger", "equals": 1}]}),
        [(0, FLOOR, 4), (10, "passenger", 1), (20, FLOOR, 1), (30, "passenger", 0)],
        [(0, "raised"), (30, "cleared")],
    ),
    "not, from the first reading on": (
        rule({"not": {"signal": FLOOR, "equals": 1}}),
        series((5, 0), (10, 1), (20, 2)),
        [(5, "raised"), (10, "cleared"), (20, "raised")],
    ),
    "unknown is not": (
        rule({"all": [{"signal": FLOOR, "equals": 4}, {"not": {"signal": "mode", "equals": 2}}]}),
        [(0, FLOOR, 4), (10, "mode", 2)],
        [(0, "raised"), (10, "cleared")],
    ),
    "part held for a time": (
        rule(
            {"all": [{"signal": FLOOR, "equals": 4, "for_s": 60}, {"signal": "mode", "equals": 1}]}
        ),
        [(0, "mode", 1), (10, FLOOR, 4), (100, FLOOR, 5)],
        [(70, "raised"), (100, "cleared")],
    ),
    "part true a while ago": (
        rule(
            {
                "all": [
                    {"signal": FLOOR, "equals": 4, "recent_s": 60},
                    {"signal": "passenger", "equals": 1, "recent_s": 60},
                ]
            }
        ),
        [(0, FLOOR, 4), (10, FLOOR, 0), (69, "passenger", 1), (90, "passenger", 0)],
        [(69, "raised"), (70, "cleared")],
    ),
    "any neighbour": (
        rule({"signal": "wet", "of": {"type": "leak", "same": ["building", "riser"]}, "equals": 1}),
        [(0, "k1.wet", 1), (10, "k2.wet", 1), (20, "k1.wet", 0), (30, "k2.wet", 0)],
        [(0, "raised"), (30, "cleared")],
    ),
    "words where numbers are due change nothing": (
        rule({"signal": FLOOR, "above": 10}),
        series((0, 11), (10, "garbage"), (20, 9)),
        [(0, "raised"), (20, "cleared")],
    ),
    "late and repeated readings change nothing": (
        rule({"signal": FLOOR, "above": 10}),
        [*series((10, 11)), (10, FLOOR, 1), (5, FLOOR, 1), (20, FLOOR, 12)],
        [(10, "raised")],
    ),
}


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarting"])
@pytest.mark.parametrize("case", CASES)
def test_condition(case: str, restarts: bool) -> None:
    judged, readings, expected = CASES[case]
    assert outcomes(judged, readings, until=10_000, restarts=restarts) == expected


def test_device_without_the_shared_attribute_has_no_neighbours() -> None:
    wet = {"signal": "wet", "of": {"type": "leak", "same": ["riser"]}, "equals": 1}
    bench = Bench(book(rule(wet)), estate("k1", riser=None))
    bench.play([(0, "k1.wet", 1)])
    assert bench.until(100) == []


def test_neighbours_at_another_location_do_not_count() -> None:
    of = {"type": "leak", "same": ["building"], "location": "kitchen"}
    bench = Bench(book(rule({"signal": "wet", "of": of, "equals": 1})))
    bench.play([(0, "k1.wet", 1)])
    assert bench.until(100) == []


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ({}, "exactly one of all, any, not, sequence, during, signal"),
        ({"all": []}, "exactly one of all, any, not, sequence, during, signal"),
        ({"signal": "wet"}, "signal wet: give exactly one of"),
        ({"signal": "wet", "equals": 1, "above": 0}, "signal wet: give exactly one of"),
        ({"signal": "x", "falls_by": 1}, "signal x: falls_by needs within_s"),
        ({"signal": "x", "above": 1, "within_s": 5}, "within_s has no meaning with above"),
        ({"signal": "x", "equals": 1, "clear": 5}, "clear has no meaning with equals"),
        ({"signal": "x", "above": 1, "floor": 5}, "floor has no meaning with above"),
        ({"signal": "x", "above": 10, "clear": 11}, "clear 11 lies beyond above"),
        ({"signal": "x", "below": 10, "clear": 9}, "clear 9 lies beyond below"),
        ({"signal": "x", "falls_by": 1, "within_s": 5, "clear": -1}, "lies beyond falls_by"),
        ({"all": [{"signal": "x", "equals": 1}], "above": 1}, "above has no meaning with all;"),
        ({"signal": "x", "abov": 1}, "abov"),
        ({"signal": "x", "adds_up_to": 1, "within_s": 0.5}, "within_s"),
        ({"signal": "x", "outside": [10, -10]}, "outside has the greater limit first; swap them"),
        ({"signal": "x", "falls_per_min": 1}, "signal x: falls_per_min needs within_s"),
        ({"signal": "x", "missed_heartbeats": 2}, "missed_heartbeats counts any signal"),
        ({"silent_s": 60, "missed_heartbeats": 2}, "absence: give exactly one of"),
        ({"silent_s": 60, "clear": 2}, "clear has no meaning with silent_s"),
        ({"signal": "x", "above": 1, "samples": 2}, "signal x: samples needs within_s"),
        ({"signal": "x", "above": 1, "of_last": 2}, "of_last needs samples"),
        ({"signal": "x", "above": 1, "samples": 3, "of_last": 2}, "samples is more than of_last"),
        (
            {"signal": "x", "above": 1, "samples": 3, "of_last": 5, "within_s": 5},
            "within_s has no meaning with above",
        ),
        ({"silent_s": 60, "samples": 2, "within_s": 5}, "samples has no meaning with silent_s"),
        ({"signal": "x", "equals": 1, "times": 3}, "signal x: times needs within_s"),
        (
            {"signal": "x", "falls_by": 1, "times": 3, "within_s": 60},
            "within_s cannot serve both falls_by and times",
        ),
        ({"sequence": [{"silent_s": 60}], "within_s": 60}, "at least 2 items"),
        ({"sequence": [{"silent_s": 60}] * 2}, "sequence needs within_s"),
        ({"signal": "x", "above": 1, "days": 7}, "days has no meaning with above"),
        ({"during": {}}, "this schedule is always true"),
        ({"during": {"from": "22:00", "to": "22:00"}}, "this schedule is always true"),
        ({"during": {"from": "24:00"}}, "during.from"),
        ({"during": {"months": [13]}}, "during.months"),
        (
            {"signal": "x", "equals": 1, "of": {"type": "leak", "same": [], "at_least_n": 0}},
            "of.at_least_n",
        ),
    ],
)
def test_wrong_condition_is_refused_by_name(when: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        When.model_validate(when)
    assert fault in str(caught.value)
