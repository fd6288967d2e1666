"""Whose the alarm of a chattering sensor is: its incident's, its sensor's, or both in turn."""

import pytest

from rules.commands.alarms import AcknowledgeAlarm, ShelveAlarm
from rules.commands.suppressions import EndSuppression
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    DispatchTicket,
    ResolveTicket,
    StartTicket,
)
from rules.records.incidents import Incident
from rules.records.tickets import Ticket
from rules.state.inputs import Command, Ordered
from rules.vocabulary.instant import HOUR, SECOND
from tests.rules.riverside import START, riverside
from tests.rules.timeline import Timeline, between, happened, raised, reading

LEAK, ABOVE, ROOM = "b3-05-01-kitchen-leak", "b3-06-01-kitchen-leak", "b3-electrical-room-leak"
FIRST, SECOND_ONE = "riverside-i1", "riverside-i2"
TOLD_S = 13
"""Raised after five seconds; eight later the households are told of the leak."""


@pytest.fixture
def timeline() -> Timeline:
    """Two flats above each other, and a room that is nobody's home."""
    return Timeline(riverside(LEAK, ABOVE, ROOM))


def wet(timeline: Timeline, *sensors: str, at_s: float = 0) -> None:
    timeline.at(at_s, *(reading(sensor, wet=1) for sensor in sensors))


def toggle(
    timeline: Timeline, from_s: float, *, ends_wet: bool = False, sensor: str = LEAK
) -> None:
    """Dry and wet in turn, every two seconds: chatters from the second time that it is wet."""
    for n in range(8 if ends_wet else 9):
        timeline.at(from_s + 2 * n, reading(sensor, wet=n % 2))


def by_worker(timeline: Timeline, at_s: float, *commands: Command) -> None:
    for command in commands:
        timeline.at(at_s, Ordered(command, "worker", "engineer"))


def incident(timeline: Timeline, id_: str) -> Incident:
    return {found.id: found for found in timeline.incidents()}[id_]


def ticket(timeline: Timeline, id_: str) -> Ticket:
    return {e.record.id: e.record for e in timeline.events if isinstance(e.record, Ticket)}[id_]


def test_an_incident_that_nobody_knows_of_becomes_the_check_of_the_sensor(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6)
    timeline.expect(between(12, 12), happened("alarm.chattering", chattering=True))
    only = {"by": "system", "reason": "only_chatters"}
    changes = [e for e in timeline.events if e.kind.endswith(".reclassified")]
    assert [{"by": e.by, "reason": e.reason} for e in changes] == [only, only]
    found = timeline.incident()
    assert (found.kind, found.level, found.plan, found.plan_version, found.state) == (
        "ticket", "IV", None, None, "open",
    )  # fmt: skip
    assert found.title.en == "Chattering: Water leak"
    assert timeline.told() == []


def test_its_ticket_asks_for_an_ordinary_check_with_new_clocks_and_nothing_of_the_plan(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6)
    found = timeline.ticket()
    assert (found.klass, found.title.en) == ("ordinary", "Chattering: Water leak")
    assert (found.tasks, found.valves) == ((), ())
    assert (found.verification, found.call_back) == ("alarms", True)
    minutes = timeline.state.rulebook.service_levels["ordinary"].model_dump()
    assert {name: (clock.due_at - START) / SECOND for name, clock in found.clocks.items()} == {
        name: 12 + 60 * after for name, after in minutes.items() if after is not None
    }


def test_another_leak_on_the_riser_then_has_a_plan_of_its_own(timeline: Timeline) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6)
    wet(timeline, ABOVE, at_s=30)
    timeline.at(40)
    [other] = timeline.alarms(device=ABOVE)
    assert other.incident_id == SECOND_ONE
    assert incident(timeline, SECOND_ONE).plan == "PIPE"


def test_households_that_were_told_are_given_the_all_clear_for_a_false_alarm(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, TOLD_S + 1)
    closed = incident(timeline, FIRST)
    assert (closed.state, closed.outcome) == ("closed", "false_alarm")
    timeline.expect(between(20, 20), happened("incident.closed", id=FIRST))
    [event] = [e for e in timeline.events if e.kind == "incident.closed"]
    assert (event.by, event.reason) == ("system", "only_chatters")
    assert set(timeline.told("all_clear")) == set(timeline.told("leak"))
    sensors = incident(timeline, SECOND_ONE)
    assert (sensors.kind, sensors.alarm_count) == ("ticket", 1)
    assert timeline.alarms()[0].incident_id == SECOND_ONE


def test_an_incident_beside_the_open_check_of_the_sensor_is_a_false_alarm(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6)
    timeline.at(700, AcknowledgeAlarm("riverside-a1"))
    wet(timeline, LEAK, at_s=3600)
    toggle(timeline, 3606)
    timeline.at(3700)
    assert incident(timeline, SECOND_ONE).outcome == "false_alarm"
    assert (incident(timeline, FIRST).state, incident(timeline, FIRST).alarm_count) == ("open", 2)
    assert timeline.told() == []


def test_an_alarm_that_comes_back_in_the_check_of_its_sensor_and_chatters_again_stays_there(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6)
    wet(timeline, LEAK, at_s=3600)  # nobody acknowledged it
    toggle(timeline, 3606)
    timeline.at(3700)
    timeline.expect(between(12, 3612), happened("alarm.chattering"), times=2)
    assert (timeline.incident().state, timeline.incident().alarm_count) == ("open", 1)


def test_an_incident_that_somebody_works_on_goes_on_without_the_alarm(timeline: Timeline) -> None:
    wet(timeline, LEAK)
    timeline.at(6, DispatchTicket("riverside-t1", "worker"))
    by_worker(timeline, 6, AcceptTicket("riverside-t1"))
    toggle(timeline, 7)
    timeline.at(60)
    theirs = incident(timeline, FIRST)
    assert (theirs.state, theirs.plan, theirs.severity) == ("open", "PIPE", None)
    assert ticket(timeline, "riverside-t1").state == "accepted"
    assert timeline.alarms()[0].incident_id == SECOND_ONE


def test_a_ticket_that_was_only_given_to_somebody_is_reclassified(timeline: Timeline) -> None:
    wet(timeline, LEAK)
    timeline.at(6, DispatchTicket("riverside-t1", "worker"))
    toggle(timeline, 7)
    assert timeline.ticket().klass == "ordinary"


def test_an_incident_with_another_alarm_goes_on_with_that_alone(timeline: Timeline) -> None:
    wet(timeline, LEAK, ABOVE)
    toggle(timeline, 6)
    timeline.at(60)
    homes = {alarm.device: alarm.incident_id for alarm in timeline.alarms()}
    assert homes == {LEAK: SECOND_ONE, ABOVE: FIRST}
    assert (incident(timeline, FIRST).state, incident(timeline, FIRST).plan) == ("open", "PIPE")


def test_what_stands_steadily_leaves_a_check_that_was_done(timeline: Timeline) -> None:
    wet(timeline, ROOM)
    toggle(timeline, 6, ends_wet=True, sensor=ROOM)
    timeline.at(30, DispatchTicket("riverside-t1", "worker"))
    done = ResolveTicket("riverside-t1", "cable fixed")
    steps = AcceptTicket("riverside-t1"), ArriveOnSite("riverside-t1"), StartTicket("riverside-t1")
    by_worker(timeline, 30, *steps, done)
    timeline.at(81)
    timeline.expect(between(80, 80), happened("alarm.settled", incident_id=SECOND_ONE))
    closed = incident(timeline, FIRST)
    assert (closed.state, closed.outcome) == ("closed", "resolved")
    assert incident(timeline, SECOND_ONE).plan == "PIPE"


def test_a_shelved_alarm_chatters_and_settles_in_its_incident(timeline: Timeline) -> None:
    wet(timeline, LEAK)
    timeline.at(6, ShelveAlarm("riverside-a1", until=START + HOUR, reason="seen"))
    toggle(timeline, 8, ends_wet=True)
    timeline.at(200)
    timeline.expect(between(14, 14), happened("alarm.chattering", suppression="riverside-s1"))
    timeline.expect(between(82, 82), happened("alarm.settled", suppression="riverside-s1"))
    assert timeline.incident().plan == "PIPE"


def test_an_alarm_shelved_after_it_went_to_its_sensor_stays_there_when_it_settles(
    timeline: Timeline,
) -> None:
    wet(timeline, LEAK)
    toggle(timeline, 6, ends_wet=True)
    timeline.at(30, ShelveAlarm("riverside-a1", until=START + HOUR, reason="seen"))
    timeline.at(200)
    timeline.expect(between(80, 80), happened("alarm.settled", suppression="riverside-s1"))
    assert timeline.incident().kind == "ticket"


def test_an_alarm_unshelved_while_it_chatters_settles_in_its_incident(timeline: Timeline) -> None:
    wet(timeline, LEAK)
    timeline.at(6, ShelveAlarm("riverside-a1", until=START + HOUR, reason="seen"))
    toggle(timeline, 8, ends_wet=True)
    timeline.at(30, EndSuppression("riverside-s1", "looked at"))
    timeline.at(200)
    timeline.expect(between(82, 82), happened("alarm.settled", incident_id=FIRST, chattering=False))
    timeline.expect(between(5, 5), raised("leak"))
    assert timeline.incident().plan == "PIPE"


def test_what_chatters_from_the_beginning_is_raised_in_the_check_of_its_sensor(
    timeline: Timeline,
) -> None:
    toggle(timeline, 0)
    timeline.at(100)
    timeline.expect(between(10, 10), raised("leak", chattering=True))
    timeline.expect(between(0, 100), happened("alarm.chattering"), times=0)
    assert timeline.incident().kind == "ticket"
