"""Conditions on how fast, how often, how long unheard, in which order and at which hour."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from rules.conditions.schedule import During
from rules.conditions.windows import Moved
from rules.rulebook.rule import Rule
from rules.state.inputs import Status
from rules.vocabulary.instant import SECOND, from_rfc3339
from tests.rules.one_rule import (
    DEVICE,
    START,
    Bench,
    Outcome,
    Reading,
    book,
    estate,
    outcomes,
    rule,
)

FLOOR = "floor"
HOUR = 3600.0
LEAKS = {"type": "leak", "same": ["building", "riser"]}


def series(*values: tuple[float, float], signal: str = FLOOR) -> list[Reading]:
    return [(at_s, signal, value) for at_s, value in values]


def blinks(*times: float) -> list[Reading]:
    """True at each of `times`, false 5 s later."""
    return [reading for at in times for reading in ((at, FLOOR, 1.0), (at + 5, FLOOR, 0.0))]


def flag(name: str) -> dict[str, Any]:
    return {"signal": name, "equals": 1}


CASES: dict[str, tuple[dict[str, Any], list[Reading], list[Outcome]]] = {
    "falls so fast, until the clear rate": (
        rule({"signal": FLOOR, "falls_per_min": 6, "clear": 3, "within_s": 60}),
        series((0, 50), (30, 48), (60, 44), (90, 42), (120, 41.1)),
        [(60, "raised"), (120, "cleared")],
    ),
    "a rate is unknown until half its window is": (
        rule({"signal": FLOOR, "falls_per_min": 6, "within_s": 60}),
        series((0, 50), (29, 20), (30, 20)),
        [(30, "raised"), (90.000001, "cleared")],
    ),
    "a rise is no fall, and a fall no rise": (
        rule({"signal": FLOOR, "rises_per_min": 8, "within_s": 60}),
        series((0, 50), (60, 20), (120, 27), (180, 36), (181, 10)),
        [(180, "raised"), (181, "cleared")],
    ),
    "a rate ends where nothing more is heard": (
        rule({"signal": FLOOR, "rises_per_min": 8, "within_s": 60}),
        series((0, 0), (60, 10)),
        [(60, "raised"), (120.000001, "cleared")],
    ),
    "outside a span, whose ends are inside": (
        rule({"signal": FLOOR, "outside": [-10, 10]}),
        series((0, 10), (10, 10.1), (20, -10), (30, -11)),
        [(10, "raised"), (20, "cleared"), (30, "raised")],
    ),
    "three of the last five readings": (
        rule({"signal": FLOOR, "outside": [-1, 1], "samples": 3, "of_last": 5}),
        series((0, 2), (10, 0), (20, -2), (30, 0), (40, 2), (50, 0), (60, 0)),
        [(40, "raised"), (50, "cleared")],
    ),
    "the same reading again is another sample": (
        rule({"signal": FLOOR, "above": 1, "samples": 3, "of_last": 10}),
        series((0, 2), (10, 2), (20, 2)),
        [(20, "raised")],
    ),
    "seen within the last hour, each time anew": (
        rule({"signal": FLOOR, "outside": [-120, 120], "samples": 1, "within_s": HOUR}),
        series((0, 10_800), (1800, -500), (2000, 4)),
        [(0, "raised"), (1800 + HOUR, "cleared")],
    ),
    "two readings within a minute": (
        rule({"signal": FLOOR, "above": 1, "samples": 2, "within_s": 60}),
        series((0, 2), (60, 2), (119, 2)),
        [(119, "raised"), (120, "cleared")],
    ),
    "three times an hour": (
        rule({**flag(FLOOR), "times": 3, "within_s": HOUR}),
        blinks(0, 1000, 3599),
        [(3599, "raised"), (3600, "cleared")],
    ),
    "three times in more than an hour": (
        rule({**flag(FLOOR), "times": 3, "within_s": HOUR}),
        blinks(0, 1000, 3600),
        [],
    ),
    "what lasts has become true once": (
        rule({**flag(FLOOR), "times": 2, "within_s": HOUR}),
        series((0, 1), (10, 1), (20, 1)),
        [],
    ),
    "times count what held for long enough": (
        rule({**flag(FLOOR), "for_s": 10, "times": 2, "within_s": HOUR}),
        [*blinks(0, 50, 100), *series((200, 1), (220, 0), (300, 1), (320, 0))],
        [(310, "raised"), (210 + HOUR, "cleared")],
    ),
    "one signal silent while another speaks": (
        rule({"signal": FLOOR, "silent_s": 60}),
        [(0, FLOOR, 1), (30, FLOOR, 1), (50, "passenger", 1), (100, FLOOR, 1)],
        [(90, "raised"), (100, "cleared"), (160, "raised")],
    ),
    "a device is heard by any of its signals": (
        rule({"silent_s": 60}),
        [(0, FLOOR, 1), (30, "passenger", 1), (50, "battery_pct", 90), (200, "mode", 1)],
        [(110, "raised"), (200, "cleared"), (260, "raised")],
    ),
    "two heartbeats missed": (
        rule({"missed_heartbeats": 2}),  # a lift's is 60 s
        [(0, FLOOR, 1), (100, "passenger", 1)],
        [(220, "raised")],
    ),
    "a device never heard is unknown": (
        rule({"any": [{"silent_s": 60}, flag("k1.wet")]}),
        [(0, "k1.wet", 1), (10, "k1.wet", 0)],
        [],
    ),
    "silence of a neighbour": (
        rule({"silent_s": 60, "of": LEAKS}),
        [(0, "k1.wet", 0), (50, "k1.battery_pct", 9), (130, "k1.wet", 0)],
        [(110, "raised"), (130, "cleared"), (190, "raised")],
    ),
    "this while the neighbours speak": (
        rule({"all": [flag(FLOOR), {"not": {"silent_s": 60, "of": LEAKS}}]}),
        [(0, "k1.wet", 0), (10, FLOOR, 1), (90, "k1.wet", 0)],
        [(10, "raised"), (60, "cleared"), (90, "raised"), (150, "cleared")],
    ),
    "first this, then that": (
        rule({"sequence": [flag(FLOOR), flag("passenger")], "within_s": 60}),
        [(0, FLOOR, 1), (60, "passenger", 1), (100, "passenger", 0)],
        [(60, "raised"), (100, "cleared")],
    ),
    "first this, then that, too late": (
        rule({"sequence": [flag(FLOOR), flag("passenger")], "within_s": 60}),
        [(0, FLOOR, 1), (60.5, "passenger", 1)],
        [],
    ),
    "that before this is no sequence": (
        rule({"sequence": [flag(FLOOR), flag("passenger")], "within_s": 60}),
        [(0, "passenger", 1), (10, FLOOR, 1)],
        [],
    ),
    "both at once is no sequence": (
        rule({"sequence": [flag(FLOOR), flag("passenger")], "within_s": 60}),
        [(5, "passenger", 1), (5, FLOOR, 1)],
        [],
    ),
    "the newest beginning counts": (
        rule({"sequence": [flag(FLOOR), flag("mode"), flag("passenger")], "within_s": 60}),
        [
            *series((0, 1), (30, 0), (50, 1)),
            (55, "mode", 1),
            (100, "passenger", 1),
        ],
        [(100, "raised")],
    ),
    "at night, local time": (
        rule({"all": [flag(FLOOR), {"during": {"from": "22:00", "to": "07:00"}}]}),
        series((0, 1), (8 * HOUR, 0), (8 * HOUR + 1, 1)),
        [(0, "raised"), (7 * HOUR, "cleared"), (22 * HOUR, "raised")],
    ),
    "not in summer": (
        rule({"all": [flag(FLOOR), {"during": {"months": [11, 12, 1, 2, 3]}}]}),
        series((0, 1)),
        [],
    ),
    "any clock is right in its month": (
        rule({"all": [flag(FLOOR), {"during": {"to": "06:00", "months": [7]}}]}),
        series((0, 1)),
        [(0, "raised"), (6 * HOUR, "cleared"), (24 * HOUR, "raised")],
    ),
}


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarting"])
@pytest.mark.parametrize("case", CASES)
def test_condition(case: str, restarts: bool) -> None:
    judged, readings, expected = CASES[case]
    bench = Bench(book(judged), restarts=restarts)
    for at_s in sorted({at_s for at_s, _, _ in readings}):
        bench.until(at_s - 1e-6)
        bench.take([reading for reading in readings if reading[0] == at_s])
    found = bench.until(24 * HOUR + 10)
    assert found == expected
    assert bench.faults == []


def leaks(*of: tuple[str, Any]) -> dict[str, Any]:
    return rule({"signal": "wet", "equals": 1, "of": {**LEAKS, **dict(of)}})


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarting"])
def test_two_of_several_neighbours_at_once(restarts: bool) -> None:
    bench = Bench(book(leaks(("at_least_n", 2))), estate("k1", "k2", "k3"), restarts=restarts)
    bench.play([(0, "k1.wet", 1), (10, "k2.wet", 1), (20, "k1.wet", 0), (30, "k3.wet", 1)])
    assert bench.until(100) == [(10, "raised"), (20, "cleared"), (30, "raised")]


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarting"])
def test_two_of_several_neighbours_within_five_minutes(restarts: bool) -> None:
    judged = leaks(("at_least_n", 2), ("within_s", 300))
    bench = Bench(book(judged), estate("k1", "k2", "k3"), restarts=restarts)
    bench.play([(0, "k1.wet", 1), (10, "k1.wet", 0), (20, "k1.wet", 1), (30, "k1.wet", 0)])
    bench.play([(329, "k2.wet", 1), (400, "k2.wet", 0), (699, "k3.wet", 1)])
    assert bench.until(1000) == [
        (329, "raised"), (330, "cleared"), (699, "raised"), (700, "cleared"),
    ]  # fmt: skip


def test_all_neighbours_are_as_many_as_there_are() -> None:
    bench = Bench(book(leaks(("at_least_n", "all"))), estate("k1", "k2"))
    bench.play([(0, "k1.wet", 1), (10, "k2.wet", 1), (20, "k1.wet", 0)])
    assert bench.until(100) == [(10, "raised"), (20, "cleared")]


def test_all_of_no_neighbours_is_none() -> None:
    judged = rule({"any": [flag(FLOOR), leaks(("at_least_n", "all"))["when"]]})
    bench = Bench(book(judged), estate("k1", riser=None))
    bench.play([(0, FLOOR, 0), (10, "k1.wet", 1)])
    assert bench.until(100) == []


def test_neighbour_that_leaves_the_estate_no_longer_counts() -> None:
    bench = Bench(book(leaks(("at_least_n", 2))), estate("k1", "k2"))
    bench.play([(0, "k1.wet", 1), (10, "k2.wet", 1)])
    bench.change(20, estate("k1"))
    assert [happened for _, happened in bench.until(100)] == ["raised", "cleared"]


def test_night_is_that_of_the_estate() -> None:
    judged = rule({"all": [flag(FLOOR), {"during": {"from": "02:00", "to": "04:00"}}]})
    bench = Bench(book(judged), estate(timezone="Asia/Shanghai"))
    bench.play([(0, FLOOR, 1)])
    assert bench.until(24 * HOUR) == [(18 * HOUR, "raised"), (20 * HOUR, "cleared")]


@pytest.mark.parametrize(
    ("begins", "day", "span"),
    [
        (time(1), "2026-07-15", ("2026-07-14T23:00Z", "2026-07-15T02:00Z")),
        (time(1), "2026-10-25", ("2026-10-24T23:00Z", "2026-10-25T03:00Z")),  # put back at 03:00
        (time(1), "2026-03-29", ("2026-03-29T00:00Z", "2026-03-29T02:00Z")),  # forward at 02:00
        (time(2, 30), "2026-03-29", ("2026-03-29T01:30Z", "2026-03-29T02:00Z")),  # skipped
        (time(2, 30), "2026-10-25", ("2026-10-25T00:30Z", "2026-10-25T03:00Z")),  # comes twice
        (time(4), "2026-03-28", ("2026-03-28T03:00Z", "2026-03-29T02:00Z")),  # round the clock
    ],
)
def test_night_is_longer_or_shorter_when_clocks_are_changed(
    begins: time, day: str, span: tuple[str, str]
) -> None:
    schedule = During(
        ZoneInfo("Europe/Berlin"), begins=begins, ends=time(4), months=frozenset(range(1, 13))
    )
    first, last = (from_rfc3339(at) for at in span)
    assert not schedule.evaluate(first - 1) or begins == time(4)
    assert schedule.deadline() == first
    assert schedule.evaluate(first), day
    assert schedule.deadline() == last
    assert schedule.evaluate(last - 1)
    assert not schedule.evaluate(last) or begins == time(4)


def test_own_word_that_it_is_offline_is_a_reading() -> None:
    bench = Bench(book(rule({"signal": "online", "equals": 0, "for_s": 60})))
    bench.play([(0, FLOOR, 1)])
    bench.tell(10, Status(DEVICE, online=False, at=START + 10 * SECOND))
    bench.tell(100, Status(DEVICE, online=True, at=START + 100 * SECOND))
    assert bench.until(300) == [(70, "raised"), (100, "cleared")]


def test_silence_while_nobody_listened_is_not_blamed_on_the_device() -> None:
    bench = Bench(book(rule({"silent_s": 60})))
    bench.play([(0, FLOOR, 1)])
    bench.wake(7200)
    bench.play([(7230, FLOOR, 1)])
    assert bench.until(7400) == [(7290, "raised")]


def test_device_that_stays_silent_after_nobody_listened_is_told_of() -> None:
    bench = Bench(book(rule({"silent_s": 60})))
    bench.play([(0, FLOOR, 1)])
    bench.wake(7200)
    assert bench.until(7400) == [(7260, "raised")]


def test_device_that_was_silent_before_nobody_listened_stays_in_alarm() -> None:
    bench = Bench(book(rule({"silent_s": 60})))
    bench.play([(0, FLOOR, 1)])
    bench.until(100)
    bench.wake(7200)
    assert bench.until(7400) == [(60, "raised")]


def test_each_hour_of_the_day_has_its_own_normal() -> None:
    """Twice the running normal at seven every morning is normal at seven."""
    judged = rule({"signal": FLOOR, "times_normal": 2, "within_s": 3600, "days": 7})
    day = [(at * 60.0, FLOOR, 8.0 if 420 <= at < 480 else 1.0) for at in range(24 * 60)]
    first = outcomes(judged, day, until=24 * HOUR)
    assert [happened for _, happened in first] == ["raised", "cleared"]
    assert first[0][0] == 7 * HOUR
    later = [(at + n * 24 * HOUR, signal, v) for n in (0, 1, 2) for at, signal, v in day]
    assert outcomes(judged, later, until=72 * HOUR) == first
    night = [(at + 72 * HOUR, FLOOR, 3.0 if at >= 2 * HOUR else 1.0) for at, _, _ in day[:180]]
    assert outcomes(judged, [*later, *night], until=75 * HOUR)[2:] == [(74 * HOUR, "raised")]


def test_window_that_would_grow_without_bound_sets_its_rule_aside_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Moved, "MOST", 100)
    judged = rule({"signal": FLOOR, "rises_by": 1000, "within_s": 3600})
    bench = Bench(book(judged))
    bench.play([(float(n), FLOOR, float(n)) for n in range(99)])
    assert bench.faults == []
    bench.play([(float(n), FLOOR, float(n)) for n in range(99, 110)])
    assert bench.faults == [f"judged/{DEVICE}"]


def test_schedule_alone_is_no_alarm() -> None:
    with pytest.raises(ValidationError, match="reads no device"):
        Rule.model_validate(rule({"not": {"during": {"months": [7]}}}))


def parts(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {**schema.get("$defs", {}), "Rule": schema}
    return {f"{m}.{n}": f for m, d in found.items() for n, f in d.get("properties", {}).items()}


def test_json_schema_describes_every_field_of_a_rule() -> None:
    found = parts(Rule.model_json_schema())
    assert {"Rule.when", "When.falls_per_min", "When.all", "Schedule.from"} <= found.keys()
    assert [name for name, field in found.items() if not field.get("description")] == []
