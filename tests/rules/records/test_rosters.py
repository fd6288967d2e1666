"""The roster: who holds a duty, in which order they are called, and when nobody does."""

from typing import Any

import pytest
from pydantic import ValidationError

from rules.records.rosters import Gap, Roster, Shift
from rules.vocabulary.instant import DAY, HOUR, to_rfc3339

DAWN = 20_000 * DAY


def entry(duty: str, user: str, from_h: float, until_h: float, **more: Any) -> dict[str, Any]:
    begins, ends = (to_rfc3339(DAWN + round(hour * HOUR)) for hour in (from_h, until_h))
    return {"duty": duty, "user": user, "from": begins, "until": ends, **more}


def roster(*shifts: dict[str, Any], **more: Any) -> Roster:
    return Roster.parse(7, {"shifts": list(shifts), **more})


def at(hour: float) -> int:
    return DAWN + round(hour * HOUR)


def test_a_roster_is_read_in_the_order_of_its_shifts_with_its_version() -> None:
    found = roster(entry("SL", "b", 8, 16), entry("EN", "a", 0, 8, on_call=True))
    assert found == Roster(
        7, (Shift("EN", "a", at(0), at(8), on_call=True), Shift("SL", "b", at(8), at(16))), ()
    )


@pytest.mark.parametrize("until_h", [0, -1, 14 * 24 + 1])
def test_a_shift_ends_after_it_begins_and_within_a_fortnight(until_h: float) -> None:
    with pytest.raises(ValidationError, match="must be later than from, by 14 days at most"):
        roster(entry("EN", "a", 0, until_h))


def test_a_shift_may_last_a_fortnight() -> None:
    assert roster(entry("EN", "a", 0, 14 * 24)).shifts[0].until_at == at(14 * 24)


def test_a_shift_covers_its_beginning_and_not_its_end() -> None:
    found = roster(entry("EN", "a", 0, 8), entry("EN", "b", 8, 16))
    assert [found.on_duty("EN", at(hour)) for hour in (-0.1, 0, 7.9, 8, 16)] == [
        (), ("a",), ("a",), ("b",), (),
    ]  # fmt: skip


def test_those_on_the_estate_are_called_before_those_on_call_and_each_once() -> None:
    found = roster(
        entry("EN", "far", 0, 8, on_call=True), entry("EN", "near", 1, 8), entry("EN", "near", 2, 8)
    )
    assert found.on_duty("EN", at(3)) == ("near", "far")
    assert found.on_duty("SL", at(3)) == ()


def test_everyone_is_whoever_holds_any_duty() -> None:
    found = roster(entry("EN", "a", 0, 8), entry("SL", "b", 4, 12), entry("CR", "c", 9, 12))
    assert found.everyone(at(5)) == ("a", "b")


def test_a_person_stands_in_the_roster_by_a_shift_of_any_time_or_as_a_neighbour() -> None:
    found = roster(entry("EN", "a", 0, 8), neighbours=["next-door"])
    assert [found.names(user) for user in ("a", "next-door", "b")] == [True, True, False]


def test_gaps_are_the_times_between_shifts_that_overlap_or_not() -> None:
    found = roster(
        entry("EN", "a", 0, 8), entry("EN", "b", 2, 6), entry("EN", "c", 9, 12),
        entry("SL", "d", 0, 24),
    )  # fmt: skip
    assert found.gaps(["EN", "SL"], at(0), at(24)) == [
        Gap("EN", at(8), at(9)), Gap("EN", at(12), at(24)),
    ]  # fmt: skip


def test_gaps_lie_within_the_span_and_come_by_their_beginning() -> None:
    found = roster(entry("EN", "a", 4, 8), entry("SL", "b", 0, 2))
    assert found.gaps(["EN", "SL"], at(1), at(3)) == [
        Gap("EN", at(1), at(3)), Gap("SL", at(2), at(3)),
    ]  # fmt: skip
    assert found.gaps(["EN"], at(4), at(8)) == []


def test_a_duty_that_nobody_ever_holds_is_one_gap() -> None:
    assert roster().gaps(["PM"], at(0), at(24)) == [Gap("PM", at(0), at(24))]


def test_the_next_change_is_the_next_beginning_or_end_after_now() -> None:
    found = roster(entry("EN", "a", 0, 8), entry("SL", "b", 4, 12))
    assert [found.next_change(at(hour)) for hour in (-1, 0, 4, 8, 12)] == [
        at(0), at(4), at(8), at(12), None,
    ]  # fmt: skip
