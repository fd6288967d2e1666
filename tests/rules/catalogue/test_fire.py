"""Fire alarms: one device is unconfirmed, two independent ones in time are a fire."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm
from rules.commands.incidents import CloseIncident, ConfirmIncident
from rules.commands.tickets import AcceptTicket, ArriveOnSite, ResolveTicket
from tests.rules.timeline import Timeline, between, cleared, happened, raised, reading

CORRIDOR, LOBBY, CALL_POINT = "b3-10-corridor-smoke", "b3-10-lobby-smoke", "b3-10-call-point"
UNCONFIRMED_TASKS = ["verify", "scene"]


def flats(*floors: int) -> set[str]:
    return {f"B3-{floor:02}-{flat:02}" for floor in floors for flat in (1, 2, 3, 4)}


def test_steam_is_one_unconfirmed_alarm_that_a_person_clears(timeline: Timeline) -> None:
    """Acceptance scenario 1."""
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.expect(between(0, 0), raised("smoke-fire", priority="P1", first_out=True))
    assert (timeline.incident().level, timeline.incident().confirmed) == ("IV", False)
    assert [task.id for task in timeline.ticket().tasks] == UNCONFIRMED_TASKS
    assert timeline.ticket().klass == "emergency"
    timeline.at(100, reading(CORRIDOR, panel_state="normal"))
    (alarm,) = timeline.alarms()
    assert alarm.state == "latched_unacknowledged"
    timeline.at(120, AcknowledgeAlarm(alarm.id), ResetAlarm(alarm.id))
    closing = CloseIncident(alarm.incident_id or "", outcome="false_alarm", reason="seen")
    timeline.at(121, closing)
    assert (timeline.incident().state, timeline.incident().outcome) == ("closed", "false_alarm")
    assert timeline.ticket().state == "cancelled"
    assert timeline.told() == []


def test_two_detectors_of_a_zone_confirm_the_fire_and_tell_the_building(
    timeline: Timeline,
) -> None:
    """Acceptance scenario 2."""
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.at(90, reading(LOBBY, panel_state="fire"))
    timeline.expect(between(90, 90), happened("incident.confirmed", level="II", confirmed=True))
    assert "call-119" in [task.id for task in timeline.ticket().tasks]
    assert set(timeline.told("FIRE", wave=0)) == flats(9, 10, 11)
    assert len(timeline.told("FIRE", wave=0)) == 12
    assert set(timeline.told("FIRE", wave=1)) == flats(*range(12, 19))
    assert set(timeline.told("FIRE", wave=2)) == flats(*range(1, 9))
    assert len(timeline.told()) == 72
    order = timeline.told("FIRE")
    assert set(order[:12]) == flats(9, 10, 11), "the fire floor and its neighbours come first"


def test_the_same_detector_twice_is_one_device(timeline: Timeline) -> None:
    """Acceptance scenario 4."""
    for at_s, state in ((0, "fire"), (30, "normal"), (60, "fire")):
        timeline.at(at_s, reading(CORRIDOR, panel_state=state))
    timeline.expect(between(60, 60), happened("alarm.raised_again", count=2))
    assert len(timeline.alarms()) == 1
    assert not timeline.incident().confirmed


def test_two_signals_of_the_same_detector_are_one_device(timeline: Timeline) -> None:
    timeline.at(0, reading(CORRIDOR, panel_state="fire", temperature_c=20))
    timeline.at(30, reading(CORRIDOR, temperature_c=60))
    timeline.at(60, reading(CORRIDOR, temperature_c=60))
    assert len(timeline.alarms()) == 2
    assert not timeline.incident().confirmed


def test_call_point_and_smoke_confirm(timeline: Timeline) -> None:
    """Acceptance scenario 5."""
    timeline.at(0, reading("b3-06-call-point", panel_state="fire"))
    timeline.at(20, reading("b3-06-lobby-smoke", panel_state="fire"))
    assert (timeline.incident().level, timeline.incident().confirmed) == ("II", True)
    assert set(timeline.told(wave=0)) == flats(5, 6, 7)
    assert len(timeline.told()) == 72


@pytest.mark.parametrize(("apart_s", "confirms"), [(300, True), (301, False)])
def test_two_devices_count_together_for_five_minutes(
    timeline: Timeline, apart_s: int, confirms: bool
) -> None:
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.at(apart_s, reading(LOBBY, panel_state="fire"))
    assert timeline.incident().confirmed is confirms


def test_newest_evidence_of_a_device_is_what_counts(timeline: Timeline) -> None:
    for at_s, state in ((0, "fire"), (100, "normal"), (600, "fire")):
        timeline.at(at_s, reading(CORRIDOR, panel_state=state))
    timeline.at(630, reading(LOBBY, panel_state="fire"))
    assert timeline.incident().confirmed


def test_device_that_alarms_again_confirms_what_another_one_saw(timeline: Timeline) -> None:
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.at(10, reading(CORRIDOR, panel_state="normal"))
    timeline.at(400, reading(LOBBY, panel_state="fire"))
    assert not timeline.incident().confirmed
    timeline.at(430, reading(CORRIDOR, panel_state="fire"))
    assert timeline.incident().confirmed


def test_devices_on_different_floors_are_different_incidents(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-lobby-smoke", panel_state="fire"))
    timeline.at(10, reading("b3-11-lobby-smoke", panel_state="fire"))
    assert [i.confirmed for i in timeline.incidents()] == [False, False]


def test_person_may_confirm(timeline: Timeline) -> None:
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.at(60, ConfirmIncident(timeline.incident().id, reason="seen"))
    assert (timeline.incident().level, timeline.incident().confirmed) == ("II", True)
    assert len(timeline.told("FIRE")) == 72


def test_nobody_acknowledging_stops_nothing(timeline: Timeline) -> None:
    """Acceptance scenario 11, as far as there is escalation: the plan runs by itself."""
    timeline.at(0, reading(CORRIDOR, panel_state="fire"))
    timeline.at(60, reading(LOBBY, panel_state="fire"))
    timeline.at(3600)
    assert [alarm.state for alarm in timeline.alarms()] == ["unacknowledged"] * 2
    assert len(timeline.told()) == 72


def test_repeated_message_is_one_alarm_and_one_notice_each(timeline: Timeline) -> None:
    """Acceptance scenario 26."""
    for _ in range(5):
        timeline.at(0, reading(CORRIDOR, panel_state="fire"), reading(LOBBY, panel_state="fire"))
    assert len(timeline.alarms()) == 2
    assert len(timeline.told()) == 72


def test_pre_alarm_waits_thirty_seconds_and_tells_staff_only(timeline: Timeline) -> None:
    timeline.at(0, reading(CORRIDOR, panel_state="pre_alarm"))
    timeline.at(40, reading(CORRIDOR, panel_state="normal"))
    timeline.at(200)
    timeline.expect(between(30, 30), raised("smoke-pre-alarm", priority="P2"))
    timeline.expect(between(100, 100), cleared("smoke-pre-alarm"))
    assert timeline.told() == []


@pytest.mark.parametrize(
    ("temperatures", "raised_at_s"),
    [
        ([(0, 40), (60, 47), (120, 54), (180, 55)], None),
        ([(0, 54), (60, 56), (70, 57)], 90),
        ([(0, 20), (30, 24), (60, 28)], 60),
    ],
    ids=["slow and not too hot", "over 55 °C for 30 s", "8 °C in a minute"],
)
def test_room_heat(
    timeline: Timeline, temperatures: list[tuple[int, float]], raised_at_s: float | None
) -> None:
    for second, celsius in temperatures:
        timeline.at(second, reading("b3-pump-room-heat", temperature_c=celsius))
    timeline.at(600)
    times, at_s = (0, 0.0) if raised_at_s is None else (1, raised_at_s)
    timeline.expect(between(at_s, at_s), raised("room-heat", priority="P1"), times=times)


def test_fault_of_a_fire_device_is_an_urgent_ticket_that_ends_with_it(timeline: Timeline) -> None:
    timeline.at(0, reading(CALL_POINT, panel_state="fault"))
    timeline.at(120)
    timeline.expect(between(100, 100), raised("fire-device-fault", priority="P3"))
    assert timeline.ticket().klass == "urgent"
    assert timeline.incident().kind == "ticket"
    timeline.at(130, reading(CALL_POINT, panel_state="normal"))
    timeline.at(200, AcknowledgeAlarm(timeline.alarms()[0].id))
    ticket = timeline.ticket().id
    timeline.at(210, AcceptTicket(ticket), ArriveOnSite(ticket), ResolveTicket(ticket, "done"))
    assert timeline.incident().state == "closed"
    assert timeline.ticket().state == "closed"
