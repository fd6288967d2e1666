"""Shelving and out of service (ISA-18.2, states G and I): held back, and annunciated again."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm, ShelveAlarm
from rules.commands.suppressions import EndSuppression, TakeOutOfService
from rules.records.events import Refusal
from rules.state.inputs import Command
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, SECOND, Instant
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, between, happened, reading

LEAK, SMOKE, LIFT = "b3-05-01-kitchen-leak", "b3-10-corridor-smoke", "b3-l1"
ALARM = "riverside-a1"


def until(at_s: float) -> Instant:
    return START + round(at_s * SECOND)


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    """A leak's alarm, six seconds old."""
    timeline.at(0, reading(LEAK, wet=1))
    timeline.at(6)
    return timeline


def shelve(timeline: Timeline, at_s: float, *, until_s: float) -> None:
    timeline.at(at_s, ShelveAlarm(ALARM, until=until(until_s), reason="seen"))


def take_out(timeline: Timeline, at_s: float, device: str, *, until_s: float) -> None:
    timeline.at(
        at_s,
        TakeOutOfService(device, reason="seen", until=until(until_s), measure="patrol hourly"),
    )


def states(timeline: Timeline) -> list[tuple[str, str | None]]:
    return [(alarm.state, alarm.suppression_kind) for alarm in timeline.alarms()]


def refused(timeline: Timeline, at_s: float, asked: Command) -> str:
    [event] = timeline.at(at_s, asked)
    assert isinstance(event.record, Refusal)
    return event.record.code


def test_what_still_stands_when_the_time_is_over_asks_again(leak: Timeline) -> None:
    leak.at(10, AcknowledgeAlarm(ALARM))
    shelve(leak, 20, until_s=1820)
    assert states(leak) == [("acknowledged", "shelved")]
    leak.at(2000)
    leak.expect(between(1820, 1820), happened("suppression.ended"))
    leak.expect(between(1820, 1820), happened("alarm.unsuppressed"))
    assert states(leak) == [("unacknowledged", None)]
    [ended] = [e for e in leak.events if e.kind == "suppression.ended"]
    assert (ended.by, ended.reason) == ("system", reasons.TIME_IS_OVER)


def test_what_clears_while_shelved_is_silent(leak: Timeline) -> None:
    shelve(leak, 20, until_s=1820)
    leak.at(100, reading(LEAK, wet=0))
    leak.at(2000)
    leak.expect(between(160, 160), happened("alarm.cleared", state="normal"))
    leak.expect(between(0, 0), happened("alarm.unsuppressed"), times=0)


def test_a_shelf_holds_back_what_the_rule_raises_there_next(leak: Timeline) -> None:
    shelve(leak, 20, until_s=4 * 3600)
    leak.at(100, reading(LEAK, wet=0))
    leak.at(2 * 3600, reading(LEAK, wet=1))
    leak.at(2 * 3600 + 10)
    raised = [e for e in leak.events if e.kind in ("alarm.raised", "alarm.raised_again")]
    assert [(e.reason, e.record) for e in raised[1:]] == [(reasons.HELD_BACK, leak.alarms()[-1])]
    assert states(leak)[-1] == ("unacknowledged", "shelved")


def test_what_comes_back_after_its_shelf_is_over_is_annunciated(leak: Timeline) -> None:
    shelve(leak, 20, until_s=200)
    leak.at(100, reading(LEAK, wet=0))
    leak.at(300, reading(LEAK, wet=1))
    leak.at(310)
    leak.expect(between(305, 305), happened("alarm.raised_again", suppression=None))
    assert states(leak) == [("unacknowledged", None)]


def test_a_shelf_on_one_device_holds_no_other_back(leak: Timeline) -> None:
    shelve(leak, 20, until_s=1820)
    leak.at(30, reading("b3-06-01-kitchen-leak", wet=1))
    leak.at(40)
    assert states(leak) == [("unacknowledged", "shelved"), ("unacknowledged", None)]


def test_an_operator_ends_a_shelf_before_its_time(leak: Timeline) -> None:
    shelve(leak, 20, until_s=1820)
    leak.at(60, EndSuppression("riverside-s1", reason="dry"))
    leak.at(2000)
    leak.expect(between(60, 60), happened("suppression.ended", ended_at=START + 60 * SECOND))
    assert states(leak) == [("unacknowledged", None)]
    assert refused(leak, 2010, EndSuppression("riverside-s1", "dry")) == "not-in-force"


def test_a_shelved_alarm_makes_its_incident_no_graver(leak: Timeline) -> None:
    assert leak.incident().severity == "P3"
    shelve(leak, 20, until_s=1820)
    assert leak.incident().severity is None
    leak.at(2000)
    assert leak.incident().severity == "P3"


def test_fire_and_entrapment_are_never_shelved(timeline: Timeline) -> None:
    timeline.at(0, reading(SMOKE, panel_state="fire", temperature_c=90))
    timeline.at(1, reading(LIFT, alarm_button=1, mode=1, door_closed=1))
    timeline.at(60)
    rules = {alarm.rule for alarm in timeline.alarms()}
    assert {"smoke-fire", "room-heat", "lift-entrapment"} <= rules
    for alarm in timeline.alarms():
        shelf = ShelveAlarm(alarm.id, until(100), "seen")
        assert refused(timeline, 70, shelf) == "not-shelvable"


@pytest.mark.parametrize("until_at", [START, START + 9 * HOUR])
def test_a_shelf_has_an_end_within_eight_hours(leak: Timeline, until_at: Instant) -> None:
    assert refused(leak, 20, ShelveAlarm(ALARM, until_at, "seen")) == "bad-until"


def test_a_shelved_alarm_is_not_shelved_again(leak: Timeline) -> None:
    shelve(leak, 20, until_s=1820)
    assert refused(leak, 30, ShelveAlarm(ALARM, until(4000), "seen")) == "suppressed"


def test_out_of_service_holds_back_every_alarm_of_the_device_even_fire(timeline: Timeline) -> None:
    take_out(timeline, 0, SMOKE, until_s=3600)
    timeline.at(10, reading(SMOKE, panel_state="fire", temperature_c=90))
    timeline.at(60)
    assert {a.rule for a in timeline.alarms()} == {"smoke-fire", "room-heat"}
    assert {a.suppression_kind for a in timeline.alarms()} == {"out_of_service"}
    assert (timeline.incidents(), timeline.told()) == ([], [])


def test_a_fire_that_stands_when_the_permit_ends_is_a_fire(timeline: Timeline) -> None:
    take_out(timeline, 0, SMOKE, until_s=3600)
    timeline.at(10, reading(SMOKE, panel_state="fire"))
    timeline.at(4000)
    timeline.expect(between(3600, 3600), happened("alarm.unsuppressed", rule="smoke-fire"))
    assert timeline.incident().kind == "fire"
    assert timeline.incident().opened_at == START + 10 * SECOND


@pytest.mark.parametrize(
    ("device", "until_at", "code"),
    [
        ("nowhere", START + HOUR, "no-device"),
        (SMOKE, START + 32 * 24 * HOUR, "bad-until"),
    ],
)
def test_a_permit_names_a_device_and_an_end_within_a_month(
    timeline: Timeline, device: str, until_at: Instant, code: str
) -> None:
    assert refused(timeline, 1, TakeOutOfService(device, "seen", until_at, "patrol")) == code


def test_a_device_is_out_of_service_once(timeline: Timeline) -> None:
    take_out(timeline, 0, SMOKE, until_s=3600)
    again = TakeOutOfService(SMOKE, "seen", until(7200), "patrol")
    assert refused(timeline, 1, again) == "out-of-service"


def test_the_permit_outlasts_the_shelf_that_it_met(leak: Timeline) -> None:
    shelve(leak, 20, until_s=1820)
    take_out(leak, 30, LEAK, until_s=3600)
    leak.at(2000)
    assert states(leak) == [("unacknowledged", "out_of_service")]
    leak.at(4000)
    assert states(leak) == [("unacknowledged", None)]
