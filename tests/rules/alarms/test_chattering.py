"""Chattering (抖动): never where life is at stake, one alarm while it lasts, and its end."""

from rules.commands.alarms import ShelveAlarm
from rules.vocabulary.instant import HOUR
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, between, happened, raised, reading

LEAK, SMOKE, LIFT = "b3-05-01-kitchen-leak", "b3-10-corridor-smoke", "b3-l1"


def toggle(timeline: Timeline, *, times: int, every_s: float, from_s: float = 0) -> float:
    """Wet and dry in turn, ending dry; gives the second of the last change."""
    at_s = from_s
    for n in range(times):
        at_s = from_s + n * every_s
        timeline.at(at_s, reading(LEAK, wet=(n + 1) % 2))
    return at_s


def test_no_rule_whose_alarm_latches_or_is_critical_may_chatter(timeline: Timeline) -> None:
    timeline.state.watches.open_all()
    grave = [w for w in timeline.state.watches if w.rule.latching or w.rule.priority == "P1"]
    assert {w.rule.id for w in grave} >= {"smoke-fire", "lift-entrapment", "pipe-burst"}
    assert not any(watch.may_chatter for watch in grave)


def test_a_fire_signal_that_toggles_is_a_fire_each_time(timeline: Timeline) -> None:
    for n in range(10):
        timeline.at(2 * n, reading(SMOKE, panel_state=["fire", "normal"][n % 2]))
    timeline.expect(between(0, 0), happened("alarm.chattering", rule="smoke-fire"), times=0)
    timeline.expect(between(0, 0), raised("smoke-fire"))
    timeline.expect(between(4, 16), happened("alarm.raised_again", rule="smoke-fire"), times=4)


def test_a_sensor_that_chatters_has_one_alarm_until_it_was_quiet_for_ten_minutes(
    timeline: Timeline,
) -> None:
    last_s = toggle(timeline, times=40, every_s=3)
    timeline.at(last_s + 15 * 60)
    timeline.expect(between(12, 12), raised("leak", chattering=True))
    timeline.expect(between(0, 0), happened("alarm.raised_again"), times=0)
    quiet_s = last_s - 3 + 10 * 60  # ten minutes from when it was wet for the last time
    timeline.expect(between(quiet_s, quiet_s), happened("alarm.cleared", chattering=False))


def test_what_stands_steadily_after_all_is_an_incident_with_its_plan(timeline: Timeline) -> None:
    toggle(timeline, times=20, every_s=3)
    timeline.at(60, reading(LEAK, wet=1))
    timeline.at(200)
    timeline.expect(between(120, 120), happened("alarm.settled", rule="leak"))
    [alarm] = timeline.alarms(rule="leak")
    incident = timeline.state.incidents[alarm.incident_id or ""]
    assert (alarm.chattering, incident.kind, incident.plan) == (False, "pipe", "PIPE")


def test_a_shelved_sensor_chatters_unseen(timeline: Timeline) -> None:
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(6, ShelveAlarm("riverside-a1", until=START + HOUR, reason="seen"))
    toggle(timeline, times=20, every_s=3, from_s=12)
    [alarm] = timeline.alarms(rule="leak")
    assert (alarm.chattering, alarm.suppression_kind) == (True, "shelved")
    assert [i.kind for i in timeline.incidents()] == ["pipe"]
