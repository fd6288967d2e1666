"""Device models: believable at rest, acceptable to the catalogue, the same for the same seed."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import device_types
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant, from_rfc3339
from simulators.devices import Signals, models
from simulators.errors import EstateNotLoadable
from simulators.estate import load_estate

ESTATE = load_estate()
MIDNIGHT = from_rfc3339("2026-11-24T00:00:00+08:00")
ONE_OF_A_KIND = {(d.type, d.location): d for d in ESTATE.devices.values()}


def day(device: str, *, seed: int = 1, every: Instant = 15 * SECOND) -> list[Signals]:
    model = models(ESTATE, seed)[device]
    return [model.read(at).signals for at in range(MIDNIGHT, MIDNIGHT + DAY, every)]


def numbers(device: str, signal: str) -> list[float]:
    return [float(signals[signal]) for signals in day(device)]


@given(
    seed=st.integers(0, 2**32),
    start=st.integers(0, 4_000_000_000).map(lambda s: s * SECOND),
    pauses=st.lists(st.integers(1, 2 * HOUR), min_size=1, max_size=8),
)
@settings(max_examples=25)
def test_whatever_a_device_reports_the_catalogue_accepts(
    seed: int, start: Instant, pauses: list[Instant]
) -> None:
    types = device_types()
    for device, model in models(ESTATE, seed).items():
        if ESTATE.devices[device] not in ONE_OF_A_KIND.values():
            continue
        signals = types.by_id[ESTATE.devices[device].type].signals
        now = start
        for pause in pauses:
            now += pause
            report = model.read(now)
            assert report.due_at is None or report.due_at > now
            assert report.signals
            for name, value in report.signals.items():
                signals[name].read(value)


@pytest.mark.parametrize("device", [d.id for d in ONE_OF_A_KIND.values()])
def test_the_same_seed_gives_the_same_day(device: str) -> None:
    assert day(device, every=5 * MINUTE) == day(device, every=5 * MINUTE)


def test_another_seed_gives_another_day() -> None:
    assert day("b3-r1-high-pressure", seed=1) != day("b3-r1-high-pressure", seed=2)


def test_pressure_sags_with_the_evenings_demand_and_stays_within_limits() -> None:
    pressures = numbers("b3-r1-high-pressure", "pressure_mpa")
    at_3, at_19_30 = (pressures[round(hour * 240) : round(hour * 240) + 240] for hour in (3, 19.5))
    assert sum(at_3) > sum(at_19_30) + 240 * 0.01
    assert min(pressures) > 0.10
    assert max(pressures) < 0.35


def test_flow_is_small_at_night_and_peaks_in_the_evening() -> None:
    flows = numbers("b3-r1-high-flow", "flow_m3h")
    assert max(flows[2 * 240 : 4 * 240]) < 0.3
    assert max(flows[19 * 240 : 21 * 240]) > 1.5


def test_a_lift_travels_between_floors_and_opens_only_at_a_landing() -> None:
    reports = day("b3-l1", every=SECOND)
    assert {r["floor"] for r in reports} == set(range(1, 19))
    assert any(not r["door_closed"] for r in reports)
    assert all(r["door_zone"] and r["direction"] == 0 for r in reports if not r["door_closed"])
    floors = [float(r["floor"]) for r in reports]
    assert all(abs(after - before) <= 1 for before, after in pairwise(floors))


def test_a_lift_with_a_passenger_is_never_long_between_floors() -> None:
    between = 0
    for report in day("b3-l1", every=SECOND):
        between = between + 1 if report["passenger"] and not report["door_zone"] else 0
        assert between < 60


def test_the_sumps_pumps_take_turns_and_the_level_falls_while_one_runs() -> None:
    one, two = day("b3-pit-pump-1"), day("b3-pit-pump-2")
    running = [(bool(a["running"]), bool(b["running"])) for a, b in zip(one, two, strict=True)]
    assert {(True, False), (False, True), (False, False)} == set(running)
    levels = numbers("b3-pit-level", "depth_pct")
    while_running = [
        b - a for (a, b), pumps in zip(pairwise(levels), running, strict=False) if any(pumps)
    ]
    assert sum(while_running) < 0


def test_a_pump_names_the_moment_at_which_it_switches() -> None:
    model = models(ESTATE, 1)["b3-high-booster"]
    now = MIDNIGHT
    for _ in range(20):
        report = model.read(now)
        assert report.due_at is not None
        assert model.read(report.due_at - 1).signals == report.signals
        assert model.read(report.due_at).signals != report.signals
        now = report.due_at


def test_the_rain_of_a_month_comes_in_showers_that_are_no_storm() -> None:
    gauge = models(ESTATE, 1)["rain-gauge"]
    tips = [
        float(gauge.read(at).signals["rain_mm"])
        for at in range(MIDNIGHT, MIDNIGHT + 30 * DAY, MINUTE)
    ]
    assert sum(tips) > 10
    assert tips.count(0) > len(tips) * 0.8
    assert max(sum(tips[n : n + 60]) for n in range(0, len(tips), 10)) < 15


def test_a_device_without_a_model_is_named() -> None:
    stranger = replace(next(iter(ESTATE.devices.values())), id="x", type="sonar")
    with pytest.raises(EstateNotLoadable, match="device x: type 'sonar' has no model"):
        models(replace(ESTATE, devices={"x": stranger}), 1)


def test_a_time_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(EstateNotLoadable, match="Nowhere/Atlantis"):
        models(replace(ESTATE, timezone="Nowhere/Atlantis"), 1)
