"""Lifts: who is trapped, what is only broken, and what inspection explains."""

import pytest

from tests.rules.timeline import Signals, Timeline, between, happened, raised, reading


def lift(**signals: float) -> Signals:
    """Building 3's first lift at rest at a landing, but for `signals`."""
    rest = {"mode": 1, "fault_code": 0, "alarm_button": 0, "passenger": 0}
    return reading("b3-l1", **{**rest, "door_closed": 1, "door_zone": 1, **signals})


def test_trapped_passenger_is_one_alarm_whatever_comes_after(timeline: Timeline) -> None:
    """Acceptance scenario 7."""
    timeline.at(0, lift(fault_code=4, passenger=1, door_zone=0))
    timeline.at(60, lift(fault_code=4, passenger=1, door_zone=0))
    timeline.at(70, lift(fault_code=4, passenger=1, door_zone=0, alarm_button=1))
    timeline.at(200)
    timeline.expect(between(60, 60), raised("lift-entrapment", priority="P1"))
    (alarm,) = timeline.alarms()
    assert (alarm.first_out, alarm.signal, alarm.value) == (True, "fault_code", 4.0)
    assert (timeline.incident().kind, timeline.incident().level) == ("lift", "III")
    assert {"MC", "CR"} <= {task.role for task in timeline.ticket().tasks}
    assert len(timeline.told("LIFT")) == len(set(timeline.told())) == 72
    assert all(household.startswith("B3-") for household in timeline.told())


@pytest.mark.parametrize(
    ("signals", "raised_at_s"),
    [
        ({"door_zone": 0, "passenger": 1}, 60),
        ({"door_zone": 0, "passenger": 0}, None),
        ({"alarm_button": 1}, 3),
        ({"alarm_button": 1, "door_closed": 0}, None),
        ({"alarm_button": 1, "door_closed": 0, "door_zone": 0}, 3),
        ({"fault_code": 7, "passenger": 1}, 120),
        ({"fault_code": 7, "passenger": 1, "door_closed": 0}, None),
        ({"fault_code": 7, "passenger": 1, "mode": 2}, None),
        ({"door_zone": 0, "passenger": 1, "mode": 2}, None),
        ({"alarm_button": 1, "mode": 2}, 3),
    ],
)
def test_entrapment(
    timeline: Timeline, signals: dict[str, float], raised_at_s: float | None
) -> None:
    timeline.at(0, lift(**signals))
    timeline.at(300)
    times, at_s = (0, 0.0) if raised_at_s is None else (1, raised_at_s)
    timeline.expect(between(at_s, at_s), raised("lift-entrapment"), times=times)


def test_unknown_presence_counts_as_present(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-l1", fault_code=4))
    timeline.at(300)
    timeline.expect(between(60, 60), raised("lift-entrapment"))


def test_inspection_explains_codes_but_never_the_button(timeline: Timeline) -> None:
    """Acceptance scenario 10."""
    timeline.at(0, lift(mode=2, fault_code=1))
    timeline.at(100, lift(mode=2, fault_code=4, door_zone=0))
    timeline.at(400, lift(mode=2, door_zone=0))
    assert timeline.alarms() == []
    timeline.at(500, lift(mode=2, door_zone=0, alarm_button=1))
    timeline.at(510)
    timeline.expect(between(503, 503), raised("lift-entrapment", priority="P1"))


def test_unintended_movement_is_urgent_even_in_inspection(timeline: Timeline) -> None:
    timeline.at(0, lift(mode=2, fault_code=5))
    timeline.expect(between(0, 0), raised("lift-unintended-movement", priority="P1"))


@pytest.mark.parametrize(
    ("code", "rule", "after_s", "priority", "ticket_class"),
    [
        *[(code, "lift-fault", 30, "P2", "urgent") for code in (1, 4, 6, 7, 8)],
        *[(code, "lift-door-fault", 60, "P3", "ordinary") for code in (2, 3)],
    ],
)
def test_fault_of_an_empty_lift_is_a_ticket(
    timeline: Timeline, code: int, rule: str, after_s: int, priority: str, ticket_class: str
) -> None:
    timeline.at(0, lift(fault_code=code))
    timeline.at(300)
    timeline.expect(between(after_s, after_s), raised(rule, priority=priority))
    assert timeline.ticket().klass == ticket_class
    assert timeline.incident().kind == "ticket"
    assert timeline.told() == []


def test_entrapments_in_two_lifts_are_two_incidents(timeline: Timeline) -> None:
    for device in ("b3-l1", "b3-l2"):
        timeline.at(0, reading(device, fault_code=4, passenger=1))
    timeline.at(60)
    timeline.expect(between(60, 60), happened("incident.opened", kind="lift"), times=2)
