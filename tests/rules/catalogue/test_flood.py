"""Rain and water in the garage: one incident, whose level rises, told once for each level."""

import pytest

from tests.rules.timeline import Timeline, between, cleared, happened, raised, reading

HOUR = 3600


def rain(timeline: Timeline, begin_s: int, end_s: int, mm: float) -> None:
    """Steady rain that adds up to `mm`, reported every ten minutes, and judged 30 s later."""
    times = range(begin_s, end_s, 600)
    for at_s in times:
        timeline.at(at_s, reading("rain-gauge", rain_mm=mm / len(times)))
    timeline.at(times[-1] + 30)


def test_level_rises_with_the_rain_and_every_bay_user_is_told_once_for_each(
    timeline: Timeline,
) -> None:
    """Acceptance scenario 20."""
    rain(timeline, 0, 6 * HOUR, 50)
    assert timeline.incident().level == "III"
    assert len(timeline.told("RAINSTORM", version=2)) == 200
    rain(timeline, 6 * HOUR, 9 * HOUR, 55)
    timeline.at(12 * HOUR)
    assert timeline.incident().level == "II"
    bay_users = set(timeline.state.estate.garages["G"].users)
    for version in (2, 3):
        assert sorted(timeline.told("RAINSTORM", version=version)) == sorted(bay_users)
    assert len(timeline.told()) == 400
    assert timeline.ticket().klass == "emergency"


@pytest.mark.parametrize(
    ("mm", "hours", "rule", "level"),
    [
        (30, 1, "rain-30mm-1h", "IV"),
        (50, 12, "rain-blue", "IV"),
        (50, 6, "rain-yellow", "III"),
        (50, 3, "rain-orange", "II"),
        (100, 3, "rain-red", "I"),
    ],
)
def test_rain_sums(timeline: Timeline, mm: float, hours: int, rule: str, level: str) -> None:
    rain(timeline, 0, hours * HOUR, mm)
    assert rule in {alarm.rule for alarm in timeline.alarms()}
    assert timeline.incident().level == level


def test_rain_just_below_a_sum_raises_nothing(timeline: Timeline) -> None:
    rain(timeline, 0, 12 * HOUR, 49.9)
    assert timeline.alarms() == []


def test_heavy_rain_is_over_when_its_sum_has_aged_out(timeline: Timeline) -> None:
    rain(timeline, 0, HOUR, 36)
    timeline.at(3 * HOUR)
    timeline.expect(between(2400, 2400), raised("rain-30mm-1h", priority="P2"))
    timeline.expect(between(HOUR + 1200, HOUR + 1800), cleared("rain-30mm-1h"))


def test_garage_water_is_level_two_and_deep_water_level_one(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-garage-level", depth_cm=3))
    timeline.at(700, reading("b3-garage-level", depth_cm=6))
    timeline.at(800)
    timeline.expect(between(730, 730), raised("garage-water", priority="P2"))
    assert timeline.incident().level == "II"
    assert len(timeline.told("FLOOD", version=3)) == 200
    timeline.at(1500, reading("b3-garage-level", depth_cm=15))
    timeline.at(1600)
    timeline.expect(between(1510, 1510), raised("garage-deep-water", priority="P1"))
    timeline.expect(between(1510, 1510), happened("incident.level_raised", level="I"))
    assert len(timeline.told("FLOOD", version=4)) == 200
    assert len(timeline.told()) == 400
    assert {"stop-entry", "clear-people", "cut-power"} <= {t.id for t in timeline.ticket().tasks}


def test_water_that_rises_fast_does_not_wait_for_the_level(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-garage-level", depth_cm=0))
    timeline.at(600, reading("b3-garage-level", depth_cm=10))
    timeline.expect(between(600, 600), raised("garage-rising", priority="P1"))
    assert timeline.incident().level == "I"


def test_garage_water_clears_at_two_centimetres_held_for_five_minutes(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-garage-level", depth_cm=6))
    timeline.at(100, reading("b3-garage-level", depth_cm=3))
    timeline.at(2000, reading("b3-garage-level", depth_cm=2))
    timeline.at(3000)
    timeline.expect(between(2300, 2300), cleared("garage-water"))


@pytest.mark.parametrize(
    ("percent", "rule", "after_s", "priority"),
    [(81, "pit-high", 30, "P3"), (96, "pit-very-high", 10, "P2")],
)
def test_pump_pit(
    timeline: Timeline, percent: float, rule: str, after_s: int, priority: str
) -> None:
    timeline.at(0, reading("b3-pit-level", depth_pct=percent))
    timeline.at(100)
    timeline.expect(between(after_s, after_s), raised(rule, priority=priority))
    assert timeline.incident().kind == "flood"
    assert timeline.told() == []
