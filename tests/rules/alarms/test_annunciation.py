"""What the operator is asked again, what grows stale, what comes back, and when it is a flood."""

from collections.abc import Iterable

import pytest

from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.suppressions import TakeOutOfService
from rules.estate.graph import Estate
from rules.records.floods import AlarmFlood
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, SECOND
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, between, happened, raised, reading

LEAK, SMOKE, PRESSURE = "b3-05-01-kitchen-leak", "b3-10-corridor-smoke", "b3-r1-high-pressure"
ALARM = "riverside-a1"
MINUTE_S, HOUR_S = 60, 3600


@pytest.fixture
def fire(timeline: Timeline) -> Timeline:
    timeline.at(0, reading(SMOKE, panel_state="fire"))
    return timeline


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(6)
    return timeline


def test_a_critical_alarm_that_is_still_there_asks_again_after_ten_minutes(fire: Timeline) -> None:
    fire.at(20, AcknowledgeAlarm(ALARM))
    fire.at(30 * MINUTE_S)
    fire.expect(between(620, 620), happened("alarm.realarmed", state="unacknowledged"))
    [again] = [e for e in fire.events if e.kind == "alarm.realarmed"]
    assert (again.by, again.reason) == ("system", reasons.STILL_THERE)


def test_each_answer_starts_the_wait_anew(fire: Timeline) -> None:
    fire.at(20, AcknowledgeAlarm(ALARM))
    fire.at(700, AcknowledgeAlarm(ALARM))
    fire.at(1400)
    assert [(e.at - START) / SECOND for e in fire.events if e.kind == "alarm.realarmed"] == [
        620,
        1300,
    ]


@pytest.mark.parametrize(("signal", "after_s"), [(LEAK, 240 * MINUTE_S), (SMOKE, 10 * MINUTE_S)])
def test_the_wait_is_that_of_the_priority(timeline: Timeline, signal: str, after_s: int) -> None:
    values = {"wet": 1} if signal == LEAK else {"panel_state": "fire"}
    timeline.at(0, reading(signal, **values))
    timeline.at(20, AcknowledgeAlarm(ALARM))
    timeline.at(20 + after_s - 1)
    timeline.expect(between(0, 0), happened("alarm.realarmed"), times=0)
    timeline.at(20 + after_s)
    timeline.expect(between(20 + after_s, 20 + after_s), happened("alarm.realarmed"))


def test_what_is_over_asks_no_more(leak: Timeline) -> None:
    leak.at(20, AcknowledgeAlarm(ALARM))
    leak.at(60, reading(LEAK, wet=0))
    leak.at(5 * HOUR_S)
    leak.expect(between(0, 0), happened("alarm.realarmed"), times=0)


def test_an_alarm_that_is_active_for_a_day_is_stale(leak: Timeline) -> None:
    leak.at(25 * HOUR_S)
    day = 24 * HOUR_S + 5
    leak.expect(between(day, day), happened("alarm.became_stale", id=ALARM, stale=True))


def test_staleness_counts_from_the_last_time_that_it_was_raised(leak: Timeline) -> None:
    leak.at(60, reading(LEAK, wet=0))
    leak.at(600, reading(LEAK, wet=1))
    leak.at(24 * HOUR_S + 300)
    leak.expect(between(0, 0), happened("alarm.became_stale", id=ALARM), times=0)
    leak.at(25 * HOUR_S)
    day = 24 * HOUR_S + 605
    leak.expect(between(day, day), happened("alarm.became_stale", id=ALARM))


def test_what_comes_back_within_half_an_hour_is_the_same_alarm_and_no_second_page(
    leak: Timeline,
) -> None:
    leak.at(20, AcknowledgeAlarm(ALARM))
    leak.at(60, reading(LEAK, wet=0))  # normal at 120
    told = leak.told()
    leak.at(120 + 29 * MINUTE_S, reading(LEAK, wet=1))
    leak.at(120 + 29 * MINUTE_S + 10)
    leak.expect(between(5, 5), raised("leak"))
    [alarm] = leak.alarms()
    assert (alarm.id, alarm.count, alarm.state) == (ALARM, 2, "unacknowledged")
    assert len(leak.incidents()) == 1
    assert leak.told() == told != []


def test_what_comes_back_later_is_another_alarm_of_the_open_incident(leak: Timeline) -> None:
    leak.at(20, AcknowledgeAlarm(ALARM))
    leak.at(60, reading(LEAK, wet=0))
    leak.at(120 + 31 * MINUTE_S, reading(LEAK, wet=1))
    leak.at(120 + 31 * MINUTE_S + 10)
    assert [alarm.count for alarm in leak.alarms()] == [1, 1]
    assert leak.incident().alarm_count == 2


def sensors(estate: Estate) -> list[str]:
    """Leak sensors of flats, each of which raises one alarm."""
    return [d.id for d in estate.devices.values() if d.location == "kitchen"]


def wet(timeline: Timeline, at_s: float, devices: Iterable[str]) -> None:
    timeline.at(at_s, *(reading(device, wet=1) for device in devices))
    timeline.at(at_s + 6)


def test_ten_alarms_in_ten_minutes_are_none_too_many_and_the_eleventh_is(
    timeline: Timeline,
) -> None:
    devices = sensors(timeline.state.estate)
    for n, device in enumerate(devices[:10]):
        wet(timeline, 30 * n, [device])
    timeline.expect(between(0, 0), happened("flood.began"), times=0)
    wet(timeline, 300, [devices[10]])
    timeline.expect(between(305, 305), happened("flood.began", count=11))
    [began] = [e for e in timeline.events if e.kind == "flood.began"]
    assert began.reason == reasons.one_too_many(timeline.alarms()[-1].id)


def test_eleven_alarms_over_a_longer_time_are_no_flood(timeline: Timeline) -> None:
    for n, device in enumerate(sensors(timeline.state.estate)[:15]):
        wet(timeline, 61 * n, [device])
    timeline.expect(between(0, 0), happened("flood.began"), times=0)


def test_a_flood_ends_when_fewer_than_five_came_within_ten_minutes(timeline: Timeline) -> None:
    devices = sensors(timeline.state.estate)
    wet(timeline, 0, devices[:11])
    for n, device in enumerate(devices[11:16]):  # at 105, 205, … 505
        wet(timeline, 100 + 100 * n, [device])
    timeline.at(1000)
    timeline.expect(between(705, 705), happened("flood.ended"))
    ended = next(e.record for e in timeline.events if e.kind == "flood.ended")
    assert isinstance(ended, AlarmFlood)
    assert (ended.count, ended.began_at) == (16, START + 5 * SECOND)


def test_a_flood_is_never_two_at_once_and_may_come_again(timeline: Timeline) -> None:
    devices = sensors(timeline.state.estate)
    wet(timeline, 0, devices[:40])
    timeline.at(2000)
    wet(timeline, 3000, devices[40:60])
    timeline.at(5000)
    kinds = [e.kind for e in timeline.events if e.kind.startswith("flood.")]
    assert kinds == ["flood.began", "flood.ended"] * 2


def test_held_back_alarms_make_no_flood(timeline: Timeline) -> None:
    devices = sensors(timeline.state.estate)[:12]
    for device in devices:
        timeline.at(
            0,
            TakeOutOfService(device, "seen", START + HOUR, "patrol"),
        )
    wet(timeline, 10, devices)
    assert len(timeline.alarms()) == 12
    timeline.expect(between(0, 0), happened("flood.began"), times=0)
