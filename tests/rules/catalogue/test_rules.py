"""The shipped rules for power, pumps, weather, official warnings and the devices' own health."""

import pytest

from rules.state.inputs import EstateChanged, Status
from rules.step import step
from rules.vocabulary.instant import SECOND
from tests.rules.riverside import START, file, riverside
from tests.rules.timeline import Timeline, between, cleared, happened, raised, reading

HOUR = 3600
WORDS = {"en": "x", "zh": "字"}
SMOKE, GATEWAY, MAINS, PIT = "b3-10-lobby-smoke", "b3-gateway", "b3-mains", "b3-pit-level"
PUMPS = ("b3-pit-pump-1", "b3-pit-pump-2")


def with_device(id_: str, type_: str, **place: object) -> Timeline:
    """The sample estate and one device more."""
    state = riverside()
    device = {"id": id_, "type": type_, "place": WORDS, **place}
    body = {**file(), "devices": [*file()["devices"], device]}
    step(state, EstateChanged(2, body), START)
    return Timeline(state)


@pytest.fixture
def warned() -> Timeline:
    """The sample estate, which gets official warnings."""
    return with_device("weather-office", "warning")


def pumps(*running: int) -> list[tuple[str, dict[str, float | str]]]:
    return [
        reading(pump, commanded=1, running=is_on)
        for pump, is_on in zip(PUMPS, running, strict=True)
    ]


def test_night_flow_over_two_hours_is_an_ordinary_ticket_and_no_more(timeline: Timeline) -> None:
    """Acceptance scenario 18. The estate's clock shows 08:00 at the start."""
    two, four = 18 * HOUR, 20 * HOUR
    timeline.at(two - 60, reading("b3-r1-low-flow", flow_m3h=0.5))
    timeline.at(two + HOUR, reading("b3-r1-low-flow", flow_m3h=0.4))
    timeline.at(four + HOUR, reading("b3-r1-low-flow", flow_m3h=0.25))
    timeline.at(four + 2 * HOUR, reading("b3-r1-low-flow", flow_m3h=0.2))
    timeline.expect(between(four, four), raised("night-flow", priority="P4"))
    timeline.expect(between(four + 2 * HOUR, four + 2 * HOUR), cleared("night-flow"))
    assert (timeline.incident().kind, timeline.ticket().klass) == ("ticket", "ordinary")
    assert timeline.told() == []


def test_night_in_which_the_flow_once_stops_is_as_it_should_be(timeline: Timeline) -> None:
    two = 18 * HOUR
    timeline.at(two - 60, reading("b3-r1-low-flow", flow_m3h=0.5))
    timeline.at(two + HOUR, reading("b3-r1-low-flow", flow_m3h=0.3))
    timeline.at(two + HOUR + 60, reading("b3-r1-low-flow", flow_m3h=0.5))
    timeline.at(two + 3 * HOUR)
    assert timeline.alarms() == []


def test_both_pumps_failed_and_the_pit_almost_full(timeline: Timeline) -> None:
    """Acceptance scenario 22."""
    timeline.at(0, *pumps(0, 0), reading(PIT, depth_pct=96))
    timeline.at(60)
    timeline.expect(between(30, 30), raised("pit-pumps-failed", priority="P1"))
    assert timeline.incident().level == "II"
    assert timeline.ticket().klass == "emergency"
    assert len(timeline.told("FLOOD")) == len(set(timeline.told("FLOOD"))) == 200


def test_one_pump_that_runs_is_enough(timeline: Timeline) -> None:
    timeline.at(0, *pumps(1, 0), reading(PIT, depth_pct=85))
    timeline.at(120)
    assert timeline.alarms(rule="pit-pumps-failed") == []
    timeline.expect(between(10, 10), raised("pit-pump-mismatch", device=PUMPS[1], priority="P2"))


def test_pump_that_runs_for_half_an_hour(timeline: Timeline) -> None:
    timeline.at(0, reading(PUMPS[0], commanded=1, running=1))
    timeline.at(1900)
    timeline.expect(between(1800, 1800), raised("pit-pump-runs-long", priority="P3"))


@pytest.mark.parametrize(("starts", "alarms"), [(15, 0), (16, 1)])
def test_pump_that_starts_more_than_fifteen_times_an_hour(
    timeline: Timeline, starts: int, alarms: int
) -> None:
    for n in range(starts):
        timeline.at(200 * n, reading("b3-low-booster", commanded=1, running=1))
        timeline.at(200 * n + 100, reading("b3-low-booster", commanded=0, running=0))
    timeline.at(HOUR)
    assert len(timeline.alarms(rule="pump-starts-often")) == alarms


def test_typhoon_warning_and_a_storm_are_one_incident_and_one_warning_per_home(
    warned: Timeline,
) -> None:
    """Acceptance scenario 23."""
    warned.at(0, reading("weather-office", typhoon="orange"))
    warned.at(600, reading("wind", gust_ms=26))
    warned.at(700)
    warned.expect(between(0, 0), raised("warning-typhoon-orange", priority="P2"))
    warned.expect(between(600, 600), raised("wind-storm", priority="P2"))
    assert (warned.incident().kind, warned.incident().level) == ("wind", "II")
    assert len(warned.told("WEATHER")) == len(set(warned.told("WEATHER"))) > 0


def test_gale_ends_after_ten_calm_minutes(timeline: Timeline) -> None:
    timeline.at(0, reading("wind", gust_ms=17.2))
    timeline.at(60, reading("wind", gust_ms=14))
    timeline.at(120, reading("wind", gust_ms=13.9))
    timeline.at(800)
    timeline.expect(between(0, 0), raised("wind-gale", priority="P3"))
    timeline.expect(between(720, 720), cleared("wind-gale"))


def test_red_heat_and_a_hot_machine_room(warned: Timeline) -> None:
    """Acceptance scenario 24."""
    warned.at(0, reading("weather-office", heat="red"))
    warned.at(100, reading("b3-machine-room-temperature", temperature_c=43))
    warned.at(800)
    warned.expect(between(0, 0), raised("warning-heat-red", priority="P2"))
    warned.expect(between(700, 700), raised("machine-room-hot", priority="P3"))
    found = {(i.kind, i.level) for i in warned.incidents()}
    assert found == {("heat", "I"), ("ticket", "IV")}


def test_higher_colour_raises_the_level_of_the_same_incident(warned: Timeline) -> None:
    for at_s, colour in ((0, "blue"), (600, "yellow"), (1200, "red"), (1800, "none")):
        warned.at(at_s, reading("weather-office", cold_wave=colour))
    warned.at(1900)
    assert (warned.incident().kind, warned.incident().level) == ("cold", "I")


def test_pipe_well_close_to_freezing(timeline: Timeline) -> None:
    well = "b3-18-pipe-well-temperature"
    timeline.at(0, reading(well, temperature_c=5))
    timeline.at(4000, reading(well, temperature_c=2))
    timeline.at(5000)
    timeline.expect(between(3600, 3600), raised("pipe-well-cold", priority="P3"))
    timeline.expect(between(4600, 4600), raised("pipe-well-freezing", priority="P2"))
    assert (timeline.incident().kind, timeline.incident().level) == ("cold", "III")


def test_mains_lost_is_a_power_failure_of_the_building(timeline: Timeline) -> None:
    timeline.at(0, reading(MAINS, voltage_v=0))
    timeline.at(100, reading(MAINS, voltage_v=197))
    timeline.at(200, reading(MAINS, voltage_v=221))
    timeline.at(300)
    timeline.expect(between(3, 3), raised("mains-lost", priority="P2"))
    timeline.expect(between(260, 260), cleared("mains-lost"))
    assert (timeline.incident().kind, timeline.incident().level) == ("power", "II")
    assert len(set(timeline.told("POWER"))) == 72


@pytest.mark.parametrize(("volts", "alarms"), [(0, 1), (220, 0)])
def test_generator_that_does_not_take_over(volts: float, alarms: int) -> None:
    timeline = with_device("b3-generator", "mains", building="B3", location="generator")
    timeline.at(0, reading("b3-generator", voltage_v=0), reading(MAINS, voltage_v=0))
    timeline.at(20, reading("b3-generator", voltage_v=volts))
    timeline.at(60)
    assert len(timeline.alarms(rule="generator-not-on", priority="P1")) == alarms
    assert timeline.incident().level == ("I" if alarms else "II")


def test_device_with_its_clock_three_hours_ahead(timeline: Timeline) -> None:
    """Acceptance scenario 25; its readings come with the time of their arrival."""
    leak = "b3-05-01-kitchen-leak"
    timeline.at(0, reading(leak, wet=1, clock_error_s=3 * HOUR))
    timeline.at(60, reading(leak, wet=0, clock_error_s=3 * HOUR))
    timeline.at(2 * HOUR)
    timeline.expect(between(0, 0), raised("clock-error", priority="P4", value=3.0 * HOUR))
    timeline.expect(between(5, 5), raised("leak"))
    timeline.expect(between(120, 120), cleared("leak"))
    timeline.expect(between(60 + HOUR, 60 + HOUR), cleared("clock-error"))


def test_120_batteries_are_one_planned_ticket_with_120_lines(timeline: Timeline) -> None:
    """Acceptance scenario 28: one call on the operator, and no flood of alarms."""
    leaks = [d.id for d in timeline.state.estate.devices.values() if d.type == "leak"][:120]
    for n, leak in enumerate(leaks):
        timeline.at(30 * n, reading(leak, battery_pct=19))
    assert {a.priority for a in timeline.alarms(rule="battery-low")} == {"P4"}
    assert (timeline.incident().kind, timeline.incident().alarm_count) == ("ticket", 120)
    assert timeline.ticket().klass == "planned"
    assert timeline.told() == []
    timeline.expect(between(0, 0), happened("flood.began"), times=0)


def test_battery_that_is_almost_empty_is_a_ticket_of_today(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", battery_pct=9))
    found = {a.rule: a.priority for a in timeline.alarms()}
    assert found == {"battery-low": "P4", "battery-very-low": "P3"}
    timeline.at(60, reading("b3-05-01-kitchen-leak", battery_pct=100))
    timeline.expect(between(60, 60), happened("alarm.cleared"), times=2)


def test_signal_that_is_weak_for_a_day(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", rssi_dbm=-112))
    timeline.at(25 * HOUR)
    timeline.expect(between(24 * HOUR, 24 * HOUR), raised("signal-weak", priority="P4"))


def test_opened_housing(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", tamper=1))
    timeline.at(10)
    timeline.expect(between(5, 5), raised("tamper", priority="P3"))


def test_life_safety_device_that_misses_two_heartbeats(timeline: Timeline) -> None:
    timeline.mute = {SMOKE}
    timeline.at(0, reading(SMOKE, panel_state="normal"), reading(GATEWAY, uptime_s=1))
    timeline.at(200, reading(SMOKE, panel_state="normal"))
    timeline.at(210)
    timeline.expect(between(70, 70), raised("life-safety-silent", priority="P2", unit="s"))
    timeline.expect(between(200, 200), cleared("life-safety-silent"))
    assert timeline.ticket().klass == "urgent"


def test_other_device_that_misses_three(timeline: Timeline) -> None:
    timeline.mute = {"wind"}
    timeline.at(0, reading("wind", gust_ms=3))
    timeline.at(300)
    timeline.expect(between(190, 190), raised("device-silent", priority="P4"))


def test_device_that_says_it_is_offline_is_told_of_before_its_heartbeat(
    timeline: Timeline,
) -> None:
    leak = "b3-05-01-kitchen-leak"
    timeline.at(0, reading(leak, wet=1))
    timeline.at(60, Status(leak, online=False, at=START + 60 * SECOND))
    timeline.at(900)
    timeline.expect(between(670, 670), raised("device-silent", device=leak))
    assert timeline.alarms(rule="leak", cleared_at=None), "offline is not clear"


def test_silent_gateway_explains_its_silent_devices(timeline: Timeline) -> None:
    """Its children are heard through it: one call, and their alarms on the record."""
    children = [SMOKE, "b3-10-corridor-smoke", "b3-l1"]
    timeline.mute = {GATEWAY, *children}
    timeline.at(0, reading(GATEWAY, uptime_s=1))
    timeline.at(10, *(reading(child, tamper=0) for child in children))
    timeline.at(400)
    timeline.expect(between(180, 180), raised("gateway-silent", priority="P2"))
    held = timeline.alarms(rule="life-safety-silent")
    assert {alarm.suppression for alarm in held} == {timeline.alarms(rule="gateway-silent")[0].id}
    assert len(held) == 3
    timeline.at(410, reading(GATEWAY, tamper=0))
    timeline.at(440, *(reading(child, tamper=0) for child in children))
    timeline.at(450)
    assert timeline.state.alarms.keys() == {a.id for a in timeline.alarms() if a.active}
    assert all(alarm.cleared_at for alarm in timeline.alarms())
    assert len(timeline.incidents()) == 1, "they had time to speak again"


def test_mains_failure_explains_devices_that_fall_silent(timeline: Timeline) -> None:
    timeline.mute = {"b3-low-booster"}
    timeline.at(0, reading("b3-low-booster", running=0), reading(MAINS, voltage_v=0))
    timeline.at(400)
    (silent,) = timeline.alarms(rule="device-silent")
    assert silent.suppression == timeline.alarms(rule="mains-lost")[0].id


def test_detector_out_of_service_for_a_day(timeline: Timeline) -> None:
    timeline.at(0, reading(SMOKE, panel_state="isolated"))
    timeline.at(25 * HOUR)
    timeline.expect(between(100, 100), raised("fire-device-fault", priority="P3"))
    timeline.expect(
        between(24 * HOUR, 24 * HOUR), raised("fire-device-out-for-a-day", priority="P2")
    )


def test_lift_door_that_fails_three_times_an_hour(timeline: Timeline) -> None:
    for n in range(3):
        timeline.at(600 * n, reading("b3-l1", fault_code=2, mode=1))
        timeline.at(600 * n + 20, reading("b3-l1", fault_code=0))
    timeline.expect(between(1200, 1200), raised("lift-door-fault", priority="P3"))


def test_lift_that_stops_off_the_landing_three_times_of_ten(timeline: Timeline) -> None:
    for n, error_mm in enumerate((3, -11, 2, 12, 0, -10, 10, 15)):
        timeline.at(60 * n, reading("b3-l1", levelling_mm=error_mm, mode=1))
    timeline.expect(between(420, 420), raised("lift-levelling", priority="P3"))


def test_lift_in_inspection_may_stop_anywhere(timeline: Timeline) -> None:
    for n in range(5):
        timeline.at(60 * n, reading("b3-l1", levelling_mm=30, mode=2))
    assert timeline.alarms() == []
