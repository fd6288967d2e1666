"""Suppression by design (ISA-18.2, state H): one alarm explains others, and says so."""

from typing import Any

import pytest

from rules.commands.alarms import ShelveAlarm
from rules.vocabulary import reasons
from rules.vocabulary.instant import SECOND
from tests.rules.one_rule import rule
from tests.rules.riverside import START
from tests.rules.small import small
from tests.rules.timeline import Timeline, between, happened, reading

LINGER_S = 60.0
MAINS = rule({"signal": "fault_code", "equals": 41}, id="mains-lost", priority="P2")
GATEWAY = rule({"signal": "alarm_button", "equals": 1}, id="gateway-lost", priority="P2")
FAR = rule({"signal": "mode", "equals": 3}, id="far", priority="P2")
SILENT = rule(
    {"signal": "wet", "equals": 1}, id="silent", device_types=["leak"],
    suppressed_while=[
        {"rule": "mains-lost", "same": ["building"], "linger_s": LINGER_S},
        {"rule": "gateway-lost", "same": ["riser"]},
        {"rule": "far", "same": ["garage"]},
    ],
)  # fmt: skip


@pytest.fixture
def estate() -> Timeline:
    return small(MAINS, GATEWAY, FAR, SILENT)


def lose(timeline: Timeline, at_s: float, **signals: float) -> None:
    timeline.at(at_s, reading("l1", **signals))


def holders(timeline: Timeline, device: str = "k1") -> list[tuple[str | None, str | None]]:
    """By which alarm, and in which way, the device's alarm is held back now."""
    rules_of = {alarm.id: alarm.rule for alarm in timeline.alarms()}
    return [
        (rules_of.get(alarm.suppression or ""), alarm.suppression_kind)
        for alarm in timeline.alarms(rule="silent", device=device)
    ]


def test_an_explained_alarm_is_recorded_without_incident_or_ticket(estate: Timeline) -> None:
    lose(estate, 0, fault_code=41)
    estate.at(10, reading("k1", wet=1))
    assert holders(estate) == [("mains-lost", "by_design")]
    assert [alarm.incident_id for alarm in estate.alarms(rule="silent")] == [None]
    assert len(estate.incidents()) == 1
    [raised] = [e for e in estate.events if happened("alarm.raised", rule="silent")(e)]
    assert raised.reason == reasons.HELD_BACK


def test_a_cause_that_comes_after_its_effects_takes_them_off_the_board(estate: Timeline) -> None:
    estate.at(0, reading("k1", wet=1), reading("k2", wet=1))
    lose(estate, 20, fault_code=41)
    assert holders(estate, "k1") == holders(estate, "k2") == [("mains-lost", "by_design")]
    estate.expect(between(20, 20), happened("alarm.suppressed", rule="silent"), times=2)
    said = {e.reason for e in estate.events if e.kind == "alarm.suppressed"}
    assert said == {reasons.explained_by("mains-lost")}


def test_what_stands_comes_back_when_the_cause_has_lingered(estate: Timeline) -> None:
    lose(estate, 0, fault_code=41)
    estate.at(10, reading("k1", wet=1))
    lose(estate, 100, fault_code=0)
    estate.at(300)
    estate.expect(between(160, 160), happened("alarm.unsuppressed", rule="silent"))
    [alarm] = estate.alarms(rule="silent")
    assert (alarm.state, alarm.suppression) == ("unacknowledged", None)
    assert alarm.incident_id is not None
    assert alarm.raised_at == START + 10 * SECOND


def test_what_clears_while_its_cause_lingers_stays_silent(estate: Timeline) -> None:
    lose(estate, 0, fault_code=41)
    estate.at(10, reading("k1", wet=1))
    lose(estate, 100, fault_code=0)
    estate.at(130, reading("k1", wet=0))
    estate.at(300)
    assert [alarm.state for alarm in estate.alarms(rule="silent")] == ["normal"]
    estate.expect(between(0, 0), happened("alarm.unsuppressed"), times=0)


def test_an_effect_within_the_lingering_is_explained_too(estate: Timeline) -> None:
    lose(estate, 0, fault_code=41)
    lose(estate, 100, fault_code=0)
    estate.at(159, reading("k1", wet=1))
    estate.at(161, reading("k2", wet=1))
    assert holders(estate, "k1")[0][1] is None  # its cause has ceased to explain it by now
    estate.expect(between(160, 160), happened("alarm.unsuppressed", device="k1"))
    estate.expect(between(161, 161), happened("alarm.raised", device="k2", suppression=None))


def test_a_cause_that_returns_while_it_lingers_goes_on_explaining(estate: Timeline) -> None:
    lose(estate, 0, fault_code=41)
    estate.at(10, reading("k1", wet=1))
    lose(estate, 100, fault_code=0)
    lose(estate, 130, fault_code=41)
    estate.at(400)
    assert holders(estate) == [("mains-lost", "by_design")]
    estate.expect(between(0, 0), happened("alarm.unsuppressed"), times=0)


def test_of_two_causes_the_second_takes_over_from_the_first(estate: Timeline) -> None:
    lose(estate, 0, alarm_button=1)
    estate.at(10, reading("k1", wet=1))
    assert holders(estate) == [("gateway-lost", "by_design")]
    lose(estate, 20, fault_code=41)
    lose(estate, 100, alarm_button=0)
    assert holders(estate) == [("mains-lost", "by_design")]
    lose(estate, 200, fault_code=0)
    estate.at(300)
    estate.expect(between(260, 260), happened("alarm.unsuppressed", rule="silent"))


def test_a_cause_elsewhere_explains_nothing(estate: Timeline) -> None:
    lose(estate, 0, mode=3)
    estate.at(10, reading("k1", wet=1))
    assert holders(estate) == [(None, None)]


def test_the_incident_of_explained_alarms_grows_no_graver(estate: Timeline) -> None:
    estate.at(0, reading("k1", wet=1))
    lose(estate, 20, fault_code=41)
    [incident] = [i for i in estate.incidents() if "silent" in i.key]
    assert (incident.state, incident.severity) == ("open", None)


def test_a_shelf_and_a_cause_hold_one_after_the_other(estate: Timeline) -> None:
    estate.at(0, reading("k1", wet=1))
    estate.at(10, ShelveAlarm("small-a1", until=START + 100 * SECOND, reason="seen"))
    lose(estate, 20, fault_code=41)
    assert holders(estate) == [(None, "shelved")]
    estate.at(150)
    assert holders(estate) == [("mains-lost", "by_design")]
    lose(estate, 200, fault_code=0)
    estate.at(300)
    assert holders(estate) == [(None, None)]


def book_faults(**changes: Any) -> str:
    other = rule({"signal": "wet", "equals": 1}, id="other", device_types=["leak"], **changes)
    with pytest.raises(ValueError, match="rule other") as caught:
        small(MAINS, other)
    return str(caught.value)


def test_rules_that_explain_each_other_are_refused() -> None:
    twice = [{"rule": "other", "same": ["riser"]}]
    assert "explain each other" in book_faults(suppressed_while=twice)


def test_a_cause_lingers_no_longer_than_it_is_remembered() -> None:
    too_long = [{"rule": "mains-lost", "same": ["building"], "linger_s": 3600}]
    assert "linger_s" in book_faults(suppressed_while=too_long)
