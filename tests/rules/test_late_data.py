"""Data that comes late (DOMAIN section 2): history is recorded, what still stands is told once."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm
from rules.state.inputs import EstateChanged
from rules.state.state import HOLD
from rules.vocabulary import reasons
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Value
from tests.rules.riverside import START, few
from tests.rules.timeline import Timeline, between, happened, raised, reading

KITCHEN, BATHROOM, ABOVE = (
    "b3-05-01-kitchen-leak",
    "b3-05-01-bathroom-leak",
    "b3-06-01-kitchen-leak",
)
SMOKE = "b3-10-corridor-smoke"
HOUR_S, DAY_S = 3600, 24 * 3600


def told(at_s: float, *readings: tuple[float, str, str, Value]) -> ReadingBatch:
    """A batch that came at `at_s`; each reading with its own second, device, signal and value."""
    rows = [(d, s, START + round(ts * SECOND), v) for ts, d, s, v in readings]
    return ReadingBatch(START + round(at_s * SECOND), rows)


def wet(at_s: float, device: str = KITCHEN) -> tuple[float, str, str, Value]:
    return at_s, device, "wet", 1.0


def dry(at_s: float, device: str = KITCHEN) -> tuple[float, str, str, Value]:
    return at_s, device, "wet", 0.0


def test_what_came_and_went_is_recorded_and_disturbs_nobody(timeline: Timeline) -> None:
    timeline.at(2 * HOUR_S, told(2 * HOUR_S, wet(100), dry(500)))
    timeline.at(3 * HOUR_S)
    timeline.expect(between(560, 560), happened("alarm.recorded", device=KITCHEN, state="normal"))
    [event] = [e for e in timeline.events if e.kind == "alarm.recorded"]
    [alarm] = timeline.alarms(device=KITCHEN)
    assert event.reason == reasons.TOLD_TOO_LATE
    assert (alarm.raised_at, alarm.cleared_at) == (START + 105 * SECOND, START + 560 * SECOND)
    assert alarm.told_at == START + 2 * HOUR_S * SECOND
    assert timeline.told() == []
    timeline.expect(between(0, 0), raised("leak"), times=0)


def test_what_still_stands_is_told_once_with_both_times(timeline: Timeline) -> None:
    timeline.at(2 * HOUR_S, told(2 * HOUR_S, wet(100)))
    timeline.at(3 * HOUR_S)
    timeline.expect(between(105, 105), raised("leak", device=KITCHEN))
    [alarm] = timeline.alarms(device=KITCHEN)
    assert alarm.raised_at == START + 105 * SECOND
    assert alarm.told_at is not None
    assert 0 <= alarm.told_at - (START + 2 * HOUR_S * SECOND) <= HOLD
    assert alarm.state == "unacknowledged"


def test_a_backlog_in_parts_is_judged_when_it_is_through(timeline: Timeline) -> None:
    timeline.at(2 * HOUR_S, told(2 * HOUR_S, wet(100)))
    timeline.at(2 * HOUR_S + 0.5, told(2 * HOUR_S + 0.5, (600, "b3-mains", "voltage_v", 230.0)))
    timeline.at(2 * HOUR_S + 1.0, told(2 * HOUR_S + 1.0, dry(700)))
    timeline.at(3 * HOUR_S)
    timeline.expect(between(0, 0), raised("leak"), times=0)
    timeline.expect(between(760, 760), happened("alarm.recorded", device=KITCHEN))


def test_live_readings_do_not_put_off_what_late_ones_told(timeline: Timeline) -> None:
    timeline.at(2 * HOUR_S, told(2 * HOUR_S, wet(100)))
    for n in range(1, 10):
        timeline.at(2 * HOUR_S + n / 2, reading("b3-mains", voltage_v=230.0))
    timeline.expect(between(105, 105), raised("leak", device=KITCHEN))


def test_readings_of_the_last_ten_minutes_are_not_late(timeline: Timeline) -> None:
    timeline.at(HOUR_S, told(HOUR_S, wet(HOUR_S - 590)))
    timeline.at(HOUR_S + 10)
    [alarm] = timeline.alarms(device=KITCHEN)
    assert alarm.told_at is None


def test_a_late_alarm_comes_back_as_the_one_that_it_was(timeline: Timeline) -> None:
    timeline.at(0, reading(KITCHEN, wet=1))
    timeline.at(100, reading(KITCHEN, wet=0))
    timeline.at(200, AcknowledgeAlarm("riverside-a1"))
    timeline.at(1500, told(1500, wet(400)))
    timeline.at(1600)
    [alarm] = timeline.alarms(device=KITCHEN)
    assert (alarm.count, alarm.state) == (2, "unacknowledged")


def test_an_alarm_that_waits_survives_only_with_its_device(timeline: Timeline) -> None:
    """Nobody is left to say that it is over."""
    timeline.at(2 * HOUR_S, told(2 * HOUR_S, wet(100)))
    others = [device for device in timeline.state.estate.devices if device != KITCHEN]
    timeline.at(2 * HOUR_S, EstateChanged(2, few(*others)))
    timeline.at(3 * HOUR_S)
    timeline.expect(between(0, 0), raised("leak"), times=0)


def test_earlier_data_take_first_out_from_the_alarm_that_was_told_first(timeline: Timeline) -> None:
    timeline.at(HOUR_S, reading(KITCHEN, wet=1))
    timeline.at(HOUR_S + 20)
    timeline.at(HOUR_S + 60, told(HOUR_S + 60, wet(HOUR_S - 100, ABOVE)))
    timeline.at(HOUR_S + 120)
    assert {a.device: a.first_out for a in timeline.alarms()} == {KITCHEN: False, ABOVE: True}
    incident = timeline.incident()
    [earlier] = timeline.alarms(device=ABOVE)
    assert (incident.first_out, incident.first_out_at) == (earlier.id, earlier.raised_at)
    [changed] = [e for e in timeline.events if e.kind == "alarm.first_out_changed"]
    assert changed.reason == reasons.first_out(earlier.id)


@pytest.mark.parametrize("normal_for_s", [100, DAY_S], ids=["for a moment", "for a day"])
def test_first_out_is_mended_on_an_alarm_that_is_back_to_normal(
    timeline: Timeline, normal_for_s: int
) -> None:
    timeline.at(HOUR_S, reading(KITCHEN, wet=1))
    timeline.at(HOUR_S + 20, AcknowledgeAlarm("riverside-a1"))
    timeline.at(HOUR_S + 30, reading(KITCHEN, wet=0))
    end_s = HOUR_S + 90 + normal_for_s
    timeline.at(end_s, told(end_s, wet(HOUR_S - 100, ABOVE)))
    timeline.at(end_s + 60)
    assert [a.first_out for a in timeline.alarms(rule="leak", device=KITCHEN)] == [False]
    assert [a.first_out for a in timeline.alarms(rule="leak", device=ABOVE)] == [True]


def test_an_alarm_kept_for_its_place_in_time_does_not_come_back_for_it(timeline: Timeline) -> None:
    timeline.at(0, reading(KITCHEN, wet=1))
    timeline.at(20, AcknowledgeAlarm("riverside-a1"))
    timeline.at(30, reading(KITCHEN, wet=0))
    timeline.at(HOUR_S, reading(KITCHEN, wet=1))
    timeline.at(HOUR_S + 20)
    assert [a.count for a in timeline.alarms(device=KITCHEN)] == [1, 1]


def test_gateway_outage_and_its_replay(timeline: Timeline) -> None:
    """Scenario 29: the leak is history, the fault is told once, nobody is told afterwards."""
    gateway = "b3-gateway"
    timeline.at(0, reading(gateway, uptime_s=1.0), reading(SMOKE, panel_state="normal"))
    timeline.at(1, reading(KITCHEN, wet=0))
    back_s = 2 * HOUR_S
    timeline.mute = {gateway, SMOKE, KITCHEN}
    timeline.at(back_s - 1)
    [lost] = timeline.alarms(rule="gateway-silent", device=gateway)
    assert (lost.priority, lost.state) == ("P2", "unacknowledged")
    before = len(timeline.events)

    replay = told(
        back_s,
        wet(1000),
        dry(1300),
        (2000, SMOKE, "panel_state", "fault"),
        (back_s - 5, SMOKE, "panel_state", "fault"),
        (back_s, gateway, "uptime_s", 7200.0),
    )
    timeline.at(back_s, replay)
    timeline.at(back_s + 300)
    after = timeline.events[before:]

    [leak] = [e.record for e in after if happened("alarm.recorded", device=KITCHEN)(e)]
    assert leak.state == "normal"  # type: ignore[attr-defined]
    [fault] = [e for e in after if raised("fire-device-fault", device=SMOKE)(e)]
    assert fault.at == START + 2100 * SECOND
    [alarm] = timeline.alarms(rule="fire-device-fault", device=SMOKE)
    assert alarm.told_at is not None
    assert [e.kind for e in after if e.kind == "notice.requested"] == []
    ticket = next(t for t in timeline.state.tickets.values() if t.incident_id == alarm.incident_id)
    assert ticket.opened_at >= START + back_s * SECOND
    assert all(clock.due_at > START + back_s * SECOND for clock in ticket.clocks.values())
