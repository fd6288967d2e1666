"""When a notice may go out: quiet hours, so many a day, at the estate's own time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.catalogue import load, rulebook
from rules.records.notices import Urgency
from rules.rulebook.notice_policy import NoticePolicy, first_slot
from rules.vocabulary import reasons
from rules.vocabulary.instant import DAY, HOUR, Instant, from_datetime, to_datetime

POLICY = rulebook().notice_policy
SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> Instant:
    return from_datetime(datetime.fromisoformat(f"2026-07-{text}").replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("urgency", "asked", "goes", "reason"),
    [
        ("N1", "01T03:00", "01T03:00", ""),
        ("N2", "01T21:59:59", "01T21:59:59", ""),
        ("N2", "01T22:00", "02T07:00", reasons.QUIET_HOURS),
        ("N2", "01T23:59", "02T07:00", reasons.QUIET_HOURS),
        ("N3", "02T00:00", "02T07:00", reasons.QUIET_HOURS),
        ("N4", "02T06:59:59", "02T07:00", reasons.QUIET_HOURS),
        ("N3", "02T07:00", "02T07:00", ""),
    ],
)
def test_only_danger_to_life_breaks_the_quiet_hours(
    urgency: Urgency, asked: str, goes: str, reason: str
) -> None:
    slot = first_slot(POLICY, urgency, now=local(asked), zone="Asia/Shanghai", lately=[])
    assert slot == (local(goes), reason)


def test_quiet_hours_are_those_of_the_estates_zone_through_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = from_datetime(datetime(2026, 10, 24, 23, tzinfo=berlin))
    slot = first_slot(POLICY, "N3", now=night, zone="Europe/Berlin", lately=[])
    assert to_datetime(slot.at).astimezone(berlin) == datetime(2026, 10, 25, 7, tzinfo=berlin)
    assert slot.at - night == 9 * HOUR


def test_sixth_of_a_day_waits_for_the_next_morning_and_danger_does_not() -> None:
    lately = [local(f"01T{hour:02}:00") for hour in range(8, 13)]
    now = local("01T14:00")
    zone = "Asia/Shanghai"
    assert first_slot(POLICY, "N2", now=now, zone=zone, lately=lately[:4]) == (now, "")
    sixth = first_slot(POLICY, "N2", now=now, zone=zone, lately=lately)
    assert sixth == (local("02T07:00"), reasons.ENOUGH_FOR_TODAY)
    assert first_slot(POLICY, "N1", now=now, zone=zone, lately=lately) == (now, "")


@given(st.lists(st.integers(0, 3 * DAY), max_size=40), st.sampled_from(["N2", "N3", "N4"]))
def test_nobody_is_ever_told_more_than_five_times_a_day_or_at_night(
    asked: list[int], urgency: Urgency
) -> None:
    sent: list[Instant] = []
    for offset in sorted(asked):
        now = local("01T00:00") + offset
        slot = first_slot(POLICY, urgency, now=now, zone="Asia/Shanghai", lately=sent)
        assert slot.at >= now
        sent.append(slot.at)
    times = [to_datetime(at).astimezone(SHANGHAI) for at in sent]
    assert all(7 <= time.hour < 22 for time in times)
    assert all(sum(t.date() == time.date() for t in times) <= 5 for time in times)


def test_policy_without_steps_for_an_urgency_is_refused() -> None:
    body = load("notice_policy.yaml")
    del body["urgencies"]["N2"]
    with pytest.raises(ValidationError, match="N2 is missing; add its steps"):
        NoticePolicy.model_validate(body)
