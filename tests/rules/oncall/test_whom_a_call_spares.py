"""Who is called no more, not yet, or not at all (DOMAIN section 7)."""

from typing import Any

import pytest

from rules.commands.alarms import AcknowledgeAlarm, ShelveAlarm
from rules.commands.callouts import DeclineCallout
from rules.commands.incidents import CloseIncident
from rules.commands.tickets import AcceptTicket, DispatchTicket, TransferTicket
from rules.records.callouts import Callout
from rules.state.inputs import Ordered
from rules.vocabulary.instant import HOUR
from tests.rules.oncall.test_escalation import (
    FIRE,
    FULL,
    LEAK,
    LOBBY,
    SMOKE,
    answer,
    calls,
    id_of,
    roster,
    shift,
)
from tests.rules.riverside import START, riverside
from tests.rules.timeline import Timeline, between, happened, reading

SENSOR = "b3-05-01-kitchen-leak"
ALARM, TICKET, INCIDENT = "riverside-a1", "riverside-t1", "riverside-i1"
PRE_ALARM = reading(SMOKE, panel_state="pre_alarm")


@pytest.fixture
def timeline() -> Timeline:
    """Two smoke detectors on a floor, a leak sensor in a flat."""
    return Timeline(riverside(SMOKE, LOBBY, SENSOR))


def callouts(timeline: Timeline, **fields: Any) -> list[Callout]:
    """The calls with these fields, as they are now."""
    found = {e.record.id: e.record for e in timeline.events if isinstance(e.record, Callout)}
    return [c for c in found.values() if all(getattr(c, n) == v for n, v in fields.items())]


def users(timeline: Timeline, **fields: Any) -> list[str]:
    return [callout.user for callout in callouts(timeline, **fields)]


def test_the_levels_count_from_the_oldest_alarm_that_still_waits(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(50, reading(LOBBY, panel_state="fire"))
    timeline.at(60, AcknowledgeAlarm(ALARM))
    timeline.at(50 + 180)
    assert calls(timeline.events) == [
        (110, "leader", "L2"), (110, "engineer-1", "L2"), (230, "manager-1", "L3"),
    ]  # fmt: skip


def test_a_further_alarm_does_not_put_the_next_level_off(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(50, reading(LOBBY, panel_state="fire"))
    timeline.at(70)
    assert calls(timeline.events) == [(70, "leader", "L2"), (70, "engineer-1", "L2")]


def test_a_shelved_alarm_calls_nobody_and_stands_down_who_was_called(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(0, PRE_ALARM)
    timeline.at(30 + 180)
    timeline.at(220, ShelveAlarm(ALARM, until=START + HOUR, reason="hot work"))
    timeline.expect(between(220, 220), happened("callout.stood_down"), times=2)
    timeline.at(3500)
    assert len(calls(timeline.events)) == 2


def test_somebody_with_two_duties_is_called_once_for_the_first(timeline: Timeline) -> None:
    timeline.at(0, roster(shift("SL", "both"), shift("EN", "both"), shift("CR", "desk")))
    timeline.at(10, FIRE)
    timeline.at(71)
    assert [(c.user, c.duty, c.times) for c in callouts(timeline)] == [("both", "SL", 1)]


def test_all_hands_are_all_on_duty_whatever_the_duty(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(491)
    assert {(c.user, c.duty, c.all_hands) for c in callouts(timeline)} == {
        (user, None, True) for user in ("desk", "leader", "engineer-1", "manager-1", "company")
    }


def test_whoever_comes_on_duty_is_called_with_the_next_round_of_all_hands(
    timeline: Timeline,
) -> None:
    timeline.at(0, roster(shift("SL", "leader"), shift("EN", "night", begins_s=600)))
    timeline.at(10, FIRE)
    timeline.at(671)
    assert (670, "night", "all") in calls(timeline.events)


def test_the_last_level_alone_is_called_again_and_again(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(0, PRE_ALARM)
    timeline.at(30 + 60 * 60)
    assert calls(timeline.events)[-2:] == [
        (30 + 45 * 60, "next-door", "neighbour"), (30 + 60 * 60, "next-door", "neighbour"),
    ]  # fmt: skip
    assert {c.user: c.times for c in callouts(timeline, why="unanswered")} == {
        "leader": 1, "engineer-1": 1, "manager-1": 1, "company": 1, "next-door": 2,
    }  # fmt: skip


def test_a_priority_without_a_last_resort_calls_nobody_after_its_last_level(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(6 * 3600)
    assert [call for call in calls(timeline.events) if call[0] > 15] == [
        (15 + 15 * 60, "leader", "L2"), (15 + 15 * 60, "engineer-1", "L2"),
        (15 + 60 * 60, "manager-1", "L3"),
    ]  # fmt: skip


def test_who_declines_hands_on_only_when_nobody_else_is_called(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(71)
    for at_s, user in ((80, "leader"), (90, "engineer-1")):
        declined = DeclineCallout(id_of(timeline, user), "not fit")
        timeline.at(at_s, Ordered(declined, user, "engineer"))
        assert ((80, "manager-1", "L3") in calls(timeline.events)) is False
    assert calls(timeline.events)[-1] == (90, "manager-1", "L3")


def test_who_declines_hands_on_past_a_level_where_nobody_is(timeline: Timeline) -> None:
    timeline.at(0, roster(shift("EN", "engineer-1"), shift("HQ", "company")))
    timeline.at(10, FIRE)
    timeline.at(71)
    declined = DeclineCallout(id_of(timeline, "engineer-1"), "not fit")
    timeline.at(75, Ordered(declined, "engineer-1", "engineer"))
    assert calls(timeline.events)[-1] == (75, "company", "L4")
    timeline.at(80, reading(LOBBY, panel_state="fire"))
    timeline.at(480)
    assert calls(timeline.events)[-1] == (75, "company", "L4"), (
        "the next are all hands, after 8 min"
    )


def test_a_duty_that_nobody_holds_when_it_is_called_is_told_of(timeline: Timeline) -> None:
    timeline.at(0, roster(*(shift(duty, duty.lower()) for duty in ("CR", "SL", "EN", "HQ"))))
    timeline.at(10, FIRE)
    timeline.at(191)
    timeline.expect(between(190, 190), happened("system.alarm", id="roster/PM"))


def test_an_estate_without_a_roster_is_not_told_of_each_gap_once_more(timeline: Timeline) -> None:
    timeline.at(10, FIRE)
    timeline.at(400)
    timeline.expect(between(0, 0), happened("system.alarm"), times=0)


def test_a_ticket_given_to_somebody_else_calls_that_person_in_place_of_the_first(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(30, DispatchTicket(TICKET, "engineer-1"))
    timeline.at(40, TransferTicket(TICKET, "leader", "nearer"))
    timeline.expect(between(40, 40), happened("callout.stood_down", user="engineer-1"))
    timeline.expect(between(40, 40), happened("callout.requested", user="leader"))
    [stood_down] = [e for e in timeline.events if e.kind == "callout.stood_down"]
    assert stood_down.by == "operator"


def test_who_takes_the_ticket_without_answering_is_called_no_more(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(30, DispatchTicket(TICKET, "engineer-1"))
    timeline.at(40, Ordered(AcceptTicket(TICKET), "engineer-1", "engineer"))
    timeline.expect(between(40, 40), happened("callout.stood_down", user="engineer-1"))


def test_somebody_who_is_not_in_the_roster_is_not_called_about_a_ticket(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(30, DispatchTicket(TICKET, "somebody"))
    assert users(timeline, why="dispatched") == []


def test_a_ticket_that_is_no_hurry_calls_nobody(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, reading(SENSOR, battery_pct=15))
    timeline.at(20, DispatchTicket(TICKET, "engineer-1"))
    assert timeline.ticket().klass == "planned"
    assert users(timeline, why="dispatched") == []


def test_an_acknowledged_alarm_does_not_call_off_whom_its_ticket_is_given_to(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(30, DispatchTicket(TICKET, "engineer-1"))
    timeline.at(40, AcknowledgeAlarm(ALARM))
    assert users(timeline, state="requested") == ["engineer-1"]


def test_the_end_of_the_incident_calls_everybody_off(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(30, DispatchTicket(TICKET, "engineer-1"))
    timeline.at(60, reading(SENSOR, wet=0))
    timeline.at(130, AcknowledgeAlarm(ALARM))
    timeline.at(140, CloseIncident(INCIDENT, "false_alarm", "dry", cause="other"))
    timeline.expect(between(140, 140), happened("callout.stood_down", user="engineer-1"))


def test_the_shift_leader_is_not_called_twice_for_alarms_and_their_ticket(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(200)
    timeline.expect(between(190, 190), happened("ticket.clock_missed"))
    assert users(timeline, why="not_accepted") == []


def test_a_ticket_that_somebody_takes_at_last_calls_the_shift_leader_off(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(20, AcknowledgeAlarm(ALARM))
    timeline.at(195, DispatchTicket(TICKET, "engineer-1"))
    assert users(timeline, state="requested") == ["leader", "engineer-1"]
    timeline.at(200, answer("engineer-1", id_of(timeline, "engineer-1")))
    timeline.expect(between(200, 200), happened("callout.stood_down", user="leader"))


def test_a_missed_clock_of_a_ticket_that_is_taken_calls_nobody(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(20, AcknowledgeAlarm(ALARM))
    timeline.at(30, Ordered(AcceptTicket(TICKET), "engineer-1", "engineer"))
    timeline.at(10 + 16 * 60)
    timeline.expect(between(910, 910), happened("ticket.clock_missed"))
    assert users(timeline, why="not_accepted") == []
