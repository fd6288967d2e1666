"""Notices as timelines: held back by night, approved, updated, added, removed, knocked at."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident
from rules.commands.notices import (
    AddHousehold,
    ApproveNotices,
    RejectNotices,
    RemoveHousehold,
    SendUpdate,
    TickOffNotice,
)
from rules.records.events import Refusal
from rules.records.notices import Notice
from rules.rulebook.rulebook import Rulebook
from rules.state.inputs import Command, Delivery, Ordered
from rules.vocabulary import reasons
from rules.vocabulary.instant import HOUR, MINUTE, SECOND, Instant, from_rfc3339
from tests.rules.riverside import START
from tests.rules.timeline import Said, Timeline, happened, reading

LEAK = reading("b3-05-01-kitchen-leak", wet=1)
NIGHT_S = 15 * 3600  # START is 08:00 in Shanghai
INCIDENT = "riverside-i1"


@pytest.fixture
def leak(timeline: Timeline) -> Timeline:
    """By day: four flats are told."""
    timeline.at(0, LEAK)
    timeline.at(30)
    assert len(timeline.told()) == 4
    return timeline


@pytest.fixture
def night(timeline: Timeline) -> Timeline:
    """At 23:00: four flats are to be told in the morning."""
    timeline.at(NIGHT_S, LEAK)
    timeline.at(NIGHT_S + 30)
    return timeline


def by_manager(command: Command) -> Ordered:
    return Ordered(command, "manager", "manager")


def states(timeline: Timeline, template: str = "LEAK") -> dict[str, str]:
    notices = timeline.state.notices.values()
    return {n.household: n.state for n in notices if n.template == template}


def refused(timeline: Timeline, at_s: float, order: Said) -> str:
    (event,) = timeline.at(at_s, order)
    assert isinstance(event.record, Refusal), event
    return event.record.code


def test_damage_at_night_waits_for_the_morning_and_says_so(night: Timeline) -> None:
    assert set(states(night).values()) == {"waiting"}
    requested = [e for e in night.events if e.kind == "notice.requested"]
    assert {e.reason for e in requested} == {reasons.QUIET_HOURS}
    night.at(NIGHT_S + 8 * 3600 - 1)
    assert set(states(night).values()) == {"waiting"}
    night.at(NIGHT_S + 8 * 3600)
    assert set(states(night).values()) == {"queued"}
    released = [e for e in night.events if e.kind == "notice.released"]
    assert {e.at for e in released} == {START + 23 * HOUR}


def test_fire_is_told_at_any_hour(timeline: Timeline) -> None:
    for n, device in enumerate(("b3-10-corridor-smoke", "b3-10-lobby-smoke")):
        timeline.at(NIGHT_S + n, reading(device, panel_state="fire"))
    assert list(states(timeline, "FIRE").values()) == ["queued"] * 72


def test_shift_leader_lets_one_flat_be_told_at_night(night: Timeline) -> None:
    order = ApproveNotices(INCIDENT, template="LEAK", reason="seen", household="B3-04-01")
    (event,) = night.at(NIGHT_S + 60, order)
    assert (event.kind, event.by, event.reason) == ("notice.approved", "operator", "seen")
    assert states(night) == {
        "B3-04-01": "queued", **{f"B3-0{n}-01": "waiting" for n in (2, 3, 5)},
    }  # fmt: skip
    night.at(NIGHT_S + 9 * 3600)
    assert len([e for e in night.events if e.kind == "notice.released"]) == 3


def test_notice_read_on_the_page_by_night_does_not_wake_anybody_later(night: Timeline) -> None:
    (notice,) = [n for n in night.state.notices.values() if n.household == "B3-05-01"]
    at = night.now + MINUTE
    night.at(NIGHT_S + 70, Delivery([notice.id], "resident_page", "delivered", at))
    night.at(NIGHT_S + 71, Delivery([notice.id], "resident_page", "read", at))
    night.at(NIGHT_S + 9 * 3600)
    read = night.state.notices[notice.id]
    assert (read.state, read.reached_by) == ("read", "resident_page")
    assert len([e for e in night.events if e.kind == "notice.released"]) == 3


def test_what_could_not_go_out_before_the_end_is_withdrawn_without_an_all_clear(
    night: Timeline,
) -> None:
    close(night, NIGHT_S + 100)
    assert set(states(night).values()) == {"withdrawn"}
    assert states(night, "CLEAR") == {}


def test_what_was_seen_by_night_is_followed_by_its_all_clear(night: Timeline) -> None:
    seen = [n.id for n in night.state.notices.values() if n.household != "B3-02-01"]
    night.at(NIGHT_S + 40, Delivery(seen, "resident_page", "delivered", night.now))
    close(night, NIGHT_S + 100)
    assert states(night, "CLEAR").keys() == {"B3-03-01", "B3-04-01", "B3-05-01"}


def test_sixth_notice_of_a_day_waits_for_tomorrow(leak: Timeline) -> None:
    for n in range(1, 6):
        leak.at(n * 1800, update())
    waiting = [n for n in leak.state.notices.values() if n.state == "waiting"]
    assert {(n.template, n.version) for n in waiting} == {("UPDATE", 5)}
    requested = [e for e in leak.events if e.record in waiting]
    assert {e.reason for e in requested} == {reasons.ENOUGH_FOR_TODAY}


def test_update_goes_to_everyone_told_in_their_wave_and_as_urgent(leak: Timeline) -> None:
    leak.at(1800, update(eta=from_rfc3339("2026-07-01T06:00:00Z")))
    told = [n for n in leak.state.notices.values() if n.template == "UPDATE_ETA"]
    assert {n.household: (n.wave, n.why) for n in told} == {
        "B3-05-01": (0, "source"), **{f"B3-0{n}-01": (1, "below") for n in (2, 3, 4)},
    }  # fmt: skip
    assert {n.urgency for n in told} == {"N2"}
    assert told[0].text.en.endswith("The clamp is on. Expected to end 01 Jul 14:00.")
    assert told[0].text.zh.endswith("已抱箍。预计7月1日14:00恢复。")


def test_updates_come_half_an_hour_apart(leak: Timeline) -> None:
    leak.at(60, update())
    assert refused(leak, 60 + 1799, update()) == "too-soon"
    leak.at(60 + 1800, update())
    assert len(leak.told("UPDATE")) == 8


def test_danger_to_life_is_updated_at_any_time(timeline: Timeline) -> None:
    for n, device in enumerate(("b3-10-corridor-smoke", "b3-10-lobby-smoke")):
        timeline.at(n, reading(device, panel_state="fire"))
    timeline.at(10, update())
    timeline.at(20, update())
    assert len(timeline.told("UPDATE")) == 144


def test_newer_words_take_the_place_of_those_that_wait(night: Timeline) -> None:
    night.at(NIGHT_S + 60, update())
    night.at(NIGHT_S + 60 + 1800, update())
    updates = [n for n in night.state.notices.values() if n.template == "UPDATE"]
    assert {(n.version, n.state) for n in updates} == {(1, "withdrawn"), (2, "waiting")}


def test_update_that_expects_an_end_in_the_past_is_refused(leak: Timeline) -> None:
    assert refused(leak, 1800, update(eta=START)) == "bad-eta"


def test_words_with_braces_are_words(leak: Timeline) -> None:
    leak.at(1800, update(en="{phone} {0} <b>"))
    told = [n.text.en for n in leak.state.notices.values() if n.template == "UPDATE"]
    assert all(text.endswith(": {phone} {0} <b>") for text in told)


def test_added_household_is_told_what_the_others_were_and_all_that_follows(
    leak: Timeline,
) -> None:
    leak.at(1800, update())
    leak.at(3600, update())
    leak.at(3700, add("B3-05-02"))
    mine = [n for n in leak.state.notices.values() if n.household == "B3-05-02"]
    assert [(n.template, n.version, n.why) for n in mine] == [
        ("LEAK", 1, "added"), ("UPDATE", 2, "added"),
    ]  # fmt: skip
    leak.at(3600 + 1800, update())
    close(leak, 7200)
    assert leak.told("CLEAR").count("B3-05-02") == 1
    assert leak.told("UPDATE").count("B3-05-02") == 2


def test_removed_household_gets_nothing_further(leak: Timeline) -> None:
    leak.at(40, remove("B3-02-01"))
    leak.at(1800, update())
    close(leak, 3600)
    assert "B3-02-01" not in leak.told("UPDATE")
    assert "B3-02-01" not in leak.told("CLEAR")
    assert states(leak)["B3-02-01"] == "withdrawn"


def test_household_that_was_removed_by_mistake_is_told_after_all(leak: Timeline) -> None:
    leak.at(40, remove("B3-02-01"))
    leak.at(50, add("B3-02-01"))
    assert states(leak)["B3-02-01"] == "queued"
    assert leak.incident().removed == ()
    assert len(leak.told("LEAK")) == 4


def test_list_is_changed_once_and_only_by_households_of_the_estate(
    leak: Timeline,
) -> None:
    assert refused(leak, 40, add("B9-01-01")) == "no-household"
    leak.at(42, add("B3-05-02"))
    assert refused(leak, 43, add("B3-05-02")) == "already-added"
    leak.at(44, remove("B3-05-02"))
    assert refused(leak, 45, remove("B3-05-02")) == "already-removed"


def test_knock_at_the_door_reaches_a_household_once(leak: Timeline) -> None:
    (notice_id,) = [n.id for n in leak.state.notices.values() if n.household == "B3-05-01"]
    leak.at(60, TickOffNotice(notice_id))
    leak.expect((60, 60), happened("notice.reached", household="B3-05-01", reached_by="door"))
    assert refused(leak, 61, TickOffNotice(notice_id)) == "already-reached"
    leak.at(62, Delivery([notice_id], "resident_page", "read", START + 62 * SECOND))
    assert leak.state.notices[notice_id].reached_by == "door"


def test_nobody_knocks_for_what_is_not_sent(night: Timeline) -> None:
    notice_id = next(iter(night.state.notices))
    assert refused(night, NIGHT_S + 60, TickOffNotice(notice_id)) == "not-sent"


def test_answered_call_reaches_the_household(leak: Timeline) -> None:
    (notice_id,) = [n.id for n in leak.state.notices.values() if n.household == "B3-05-01"]
    leak.at(60, Delivery([notice_id], "voice", "answered", START + 60 * SECOND))
    notice = leak.state.notices[notice_id]
    assert (notice.state, notice.reached_by) == ("answered", "voice")


def test_manager_reads_what_a_gathering_is_told(leak: Timeline) -> None:
    leak.state.incidents[INCIDENT] = replace(leak.incident(), kind="mass")
    leak.at(1800, update())
    assert set(states(leak, "UPDATE").values()) == {"awaiting_approval"}
    order = ApproveNotices(INCIDENT, template="UPDATE", reason="seen")
    assert refused(leak, 1810, order) == "manager-only"
    leak.at(1820, by_manager(ApproveNotices(INCIDENT, "UPDATE", "read it")))
    assert set(states(leak, "UPDATE").values()) == {"queued"}
    leak.at(3700, update())
    leak.at(3710, by_manager(RejectNotices(INCIDENT, "UPDATE", "read it")))
    newest = [n for n in leak.state.notices.values() if n.version == 2]
    assert {n.state for n in newest} == {"withdrawn"}


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"en": "Leak at {unti}", "zh": "{unit}漏水"}, r"LEAK \(en\).*\{unti\}.*use one of"),
        ({"en": "Leak at {unit}", "zh": "漏水"}, r"\{unit\} stands in one language only"),
        ({"en": "Leak at {unit", "zh": "漏水"}, r"message LEAK \(en\): .*write placeholders as"),
        ({"en": "Leak {}", "zh": "漏水{}"}, r"\(en\): \{\} nothing fills"),
    ],
)
def test_template_whose_placeholders_nothing_fills_is_refused(
    words: dict[str, str], fault: str
) -> None:
    body = rulebook().model_dump(by_alias=True)
    body["messages"] = {**body["messages"], "LEAK": words}
    with pytest.raises(ValidationError, match=fault):
        Rulebook.model_validate(body)


def update(en: str = "The clamp is on.", eta: Instant | None = None) -> Command:
    return SendUpdate(INCIDENT, en, "已抱箍。", eta, "seen")


def add(household: str) -> Command:
    return AddHousehold(INCIDENT, household=household, reason="seen")


def remove(household: str) -> Command:
    return RemoveHousehold(INCIDENT, household=household, reason="seen")


def close(timeline: Timeline, at_s: float) -> None:
    (alarm,) = timeline.alarms()
    timeline.at(at_s, AcknowledgeAlarm(alarm.id))
    timeline.at(at_s + 1, reading("b3-05-01-kitchen-leak", wet=0))
    timeline.at(at_s + 100)
    timeline.at(at_s + 101, CloseIncident(INCIDENT, outcome="false_alarm", reason="seen"))
    assert timeline.incident().state == "closed"


def test_notice_is_a_record_without_personal_data() -> None:
    personal = {"name", "phone", "mail"}
    assert not personal & set(Notice.__slots__)
