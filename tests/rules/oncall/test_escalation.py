"""Who is called when nobody answers: the levels of DOMAIN section 7, by the roster."""

from typing import Any

import pytest

from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.callouts import AnswerCallout, DeclineCallout
from rules.commands.tickets import DispatchTicket
from rules.records.callouts import Callout
from rules.records.events import Event, SystemAlarm
from rules.state.inputs import CalloutDelivery, Ordered, RosterChanged
from rules.vocabulary.instant import DAY, MINUTE, SECOND, to_rfc3339
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, between, happened, reading

SMOKE, LOBBY = "b3-10-corridor-smoke", "b3-10-lobby-smoke"
LEAK = reading("b3-05-01-kitchen-leak", wet=True)
FIRE = reading(SMOKE, panel_state="fire")
STAFF = {"CR": "desk", "SL": "leader", "EN": "engineer-1", "PM": "manager-1", "HQ": "company"}


def shift(
    duty: str, user: str, begins_s: float = -1, ends_s: float = DAY / SECOND
) -> dict[str, Any]:
    def at(offset_s: float) -> str:
        return to_rfc3339(START + round(offset_s * SECOND))

    return {"duty": duty, "user": user, "from": at(begins_s), "until": at(ends_s)}


def roster(*shifts: dict[str, Any], neighbours: tuple[str, ...] = ()) -> RosterChanged:
    return RosterChanged(1, {"shifts": list(shifts), "neighbours": list(neighbours)})


FULL = roster(*(shift(duty, user) for duty, user in STAFF.items()), neighbours=("next-door",))


def answer(user: str, callout: str) -> Ordered:
    return Ordered(AnswerCallout(callout), user, "engineer")


def calls(events: list[Event]) -> list[tuple[float, str, str]]:
    """(seconds from the start, user, level) of each call about what nobody acknowledges."""
    return [
        ((event.at - START) / SECOND, event.record.user, event.record.level)
        for event in events
        if isinstance(event.record, Callout)
        and event.record.why == "unanswered"
        and event.kind in ("callout.requested", "callout.repeated")
    ]


def id_of(timeline: Timeline, user: str) -> str:
    (found,) = {e.record.id for e in timeline.events
                if isinstance(e.record, Callout) and e.record.user == user}  # fmt: skip
    return found


def test_unanswered_fire_calls_upward_until_all_hands_and_the_plan_runs_meanwhile(
    timeline: Timeline,
) -> None:
    """Acceptance scenario 11."""
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    assert timeline.ticket().tasks, "the plan does not wait for an acknowledgement"
    timeline.at(10 + 13 * 60)
    assert calls(timeline.events) == [
        (70, "leader", "L2"), (70, "engineer-1", "L2"),
        (190, "manager-1", "L3"),
        (310, "company", "L4"),
        (490, "desk", "all"), (490, "engineer-1", "all"), (490, "company", "all"),
        (490, "manager-1", "all"), (490, "leader", "all"),
        *((at, user, "all") for at in (610, 730)
          for user in ("leader", "engineer-1", "manager-1", "company", "desk")),
    ]  # fmt: skip


def test_acknowledgement_at_the_desk_stands_everybody_down(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(100, AcknowledgeAlarm(timeline.alarms()[0].id))
    timeline.expect(between(100, 100), happened("callout.stood_down"), times=2)
    timeline.at(600)
    assert [user for _, user, _ in calls(timeline.events)] == ["leader", "engineer-1"]


def test_answer_acknowledges_what_waits_in_the_name_of_who_was_called(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE, reading(LOBBY, panel_state="fire"))
    timeline.at(75)
    timeline.at(80, answer("engineer-1", id_of(timeline, "engineer-1")))
    assert {alarm.acknowledged_by for alarm in timeline.alarms()} == {"engineer-1"}
    timeline.expect(between(80, 80), happened("callout.answered", user="engineer-1"))
    timeline.expect(between(80, 80), happened("callout.stood_down", user="leader"))


def test_alarms_of_one_incident_call_nobody_twice(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(75, reading(LOBBY, panel_state="fire"))
    timeline.at(150)
    assert len(calls(timeline.events)) == 2


def test_graver_alarm_calls_those_again_who_were_called_for_less(timeline: Timeline) -> None:
    low = {"panel_state": "pre_alarm"}
    timeline.at(0, FULL)
    timeline.at(0, reading(SMOKE, **low))
    timeline.at(30 + 180)
    assert [(user, level) for _, user, level in calls(timeline.events)] == [
        ("leader", "L2"), ("engineer-1", "L2"),
    ]  # fmt: skip
    timeline.at(220, FIRE)
    timeline.at(220 + 61)
    timeline.expect(between(280, 280), happened("callout.repeated", priority="P1"), times=2)


def test_who_declines_alone_hands_on_at_once(timeline: Timeline) -> None:
    timeline.at(0, roster(shift("EN", "engineer-1"), shift("PM", "manager-1")))
    timeline.at(10, FIRE)
    timeline.at(72)
    timeline.at(
        75,
        Ordered(DeclineCallout(id_of(timeline, "engineer-1"), "not fit"), "engineer-1", "engineer"),
    )
    assert calls(timeline.events) == [(70, "engineer-1", "L2"), (75, "manager-1", "L3")]


def test_level_without_anybody_is_passed_over_and_the_gap_told(timeline: Timeline) -> None:
    timeline.at(0, roster(shift("CR", "desk"), shift("HQ", "company")))
    gaps = [e.record.id for e in timeline.events if isinstance(e.record, SystemAlarm)]
    assert gaps == ["roster/SL", "roster/EN"]
    timeline.at(10, FIRE)
    timeline.at(71)
    assert calls(timeline.events) == [(70, "company", "L4")]


def test_gap_is_told_when_it_begins(timeline: Timeline) -> None:
    duties = ("CR", "SL", "EN")
    timeline.at(0, roster(*(shift(duty, duty.lower(), ends_s=3600) for duty in duties)))
    timeline.at(3700)
    timeline.expect(between(3600, 3600), happened("system.alarm"), times=3)


def test_person_off_the_roster_is_not_called(timeline: Timeline) -> None:
    timeline.at(
        0, roster(shift("SL", "day", ends_s=60), shift("SL", "night", begins_s=60),
                  shift("EN", "engineer-1"), shift("CR", "desk")),
    )  # fmt: skip
    timeline.at(10, FIRE)
    timeline.at(75)
    assert [user for _, user, _ in calls(timeline.events)] == ["night", "engineer-1"]


def test_low_alarm_waits_longer_and_a_cleared_one_wakes_nobody(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(10 + 10 * 60, reading("b3-05-01-kitchen-leak", wet=False))
    timeline.at(10 + 40 * 60)
    assert calls(timeline.events) == []


def test_neighbouring_estate_is_the_last_resort_of_a_high_alarm(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(0, reading(SMOKE, panel_state="pre_alarm"))
    timeline.at(30 + 46 * 60)
    assert (30 + 45 * 60, "next-door", "neighbour") in calls(timeline.events)


def test_ticket_given_to_a_person_calls_that_person_and_the_answer_accepts_it(
    timeline: Timeline,
) -> None:
    timeline.at(0, FULL)
    timeline.at(10, LEAK)
    timeline.at(20)
    ticket = timeline.ticket()
    timeline.at(30, DispatchTicket(ticket.id, assignee="engineer-1"))
    timeline.at(40, answer("engineer-1", id_of(timeline, "engineer-1")))
    assert timeline.ticket().state == "accepted"
    assert timeline.ticket().assignee == "engineer-1"


def test_ticket_that_nobody_takes_calls_the_shift_leader(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(20, AcknowledgeAlarm(timeline.alarms()[0].id))
    timeline.at(10 + 3 * 60 + 1)
    timeline.expect(between(190, 190), happened("callout.requested", why="not_accepted"))


def test_delivered_is_not_answered(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(75)
    called = id_of(timeline, "leader")
    delivery = CalloutDelivery([called], "web_push", "delivered", START + 76 * SECOND)
    timeline.at(76, delivery, delivery)
    timeline.expect(between(76, 76), happened("callout.delivered"))
    timeline.at(200)
    assert (190, "manager-1", "L3") in calls(timeline.events)


@pytest.mark.parametrize("user", ["manager-1", "nobody"])
def test_only_who_is_called_can_answer(timeline: Timeline, user: str) -> None:
    timeline.at(0, FULL)
    timeline.at(10, FIRE)
    timeline.at(75, answer(user, "riverside-c1"))
    timeline.expect(between(75, 75), happened("command.refused", code="not-called"))


def test_unusable_roster_is_told_of_and_changes_nothing(timeline: Timeline) -> None:
    timeline.at(0, FULL)
    backwards = shift("EN", "engineer-1", begins_s=60, ends_s=0)
    timeline.at(5, RosterChanged(2, {"shifts": [backwards]}))
    timeline.expect(between(5, 5), happened("system.alarm", id="roster/2"))
    assert timeline.state.roster.version == 1


def test_estate_without_a_roster_calls_nobody(timeline: Timeline) -> None:
    timeline.at(10, FIRE)
    timeline.at(10 + 20 * MINUTE / SECOND)
    assert calls(timeline.events) == []
