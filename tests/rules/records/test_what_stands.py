"""What a record says of itself: whom it covers, what is due of it, which files it names."""

from dataclasses import replace
from typing import Any

import pytest

from rules.records.drills import NOUN as DRILL
from rules.records.drills import Drill, Injection, Participant
from rules.records.events import SYSTEM_ALARM, SystemAlarm
from rules.records.reviews import (
    AftercareTask,
    Damage,
    Finding,
    Measure,
    Review,
    files_of_review,
    review_deadlines,
)
from rules.records.suppressions import Suppression
from rules.vocabulary.instant import SECOND
from rules.vocabulary.text import Text

WORDS = Text("x", "字")


def held(*rules: str) -> Suppression:
    return Suppression("s1", "e", "shelved", ("d1", "d2"), rules, WORDS, "desk", "seen", 0, 9)


def test_a_suppression_covers_its_rules_on_its_devices_or_all_where_it_names_none() -> None:
    asked = [("leak", "d1"), ("smoke", "d2"), ("leak", "d3")]
    assert [held("leak").covers(*a) for a in asked] == [True, False, False]
    assert [held().covers(*a) for a in asked] == [True, True, False]


def test_a_system_alarm_waits_to_be_seen_where_it_is_p1_and_was_not() -> None:
    alarm = SystemAlarm("rebuilt/1", "e", "look", "P1")
    standing = [alarm, replace(alarm, priority="P3"), replace(alarm, seen_at=5)]
    assert [SYSTEM_ALARM.stands(a) for a in standing] == [True, False, False]


def test_a_participant_with_two_duties_takes_part_once() -> None:
    people = (Participant("a", "SL"), Participant("b", "EN"), Participant("a", "EN"))
    found = drill(participants=people)
    assert (found.users(), found.users("EN"), found.users("PM")) == (("a", "b"), ("b", "a"), ())


def drill(**fields: Any) -> Drill:
    known: dict[str, Any] = dict.fromkeys(Drill.__dataclass_fields__)
    plain: dict[str, Any] = {
        "id": "d1", "state": "running", "started_at": 100 * SECOND, "stood_s": 0.0, "injected": 0,
        "script": (Injection(10, "smoke", "d1"), Injection(30, "smoke", "d1")),
    }  # fmt: skip
    return Drill(**known | plain | fields)


def test_the_next_of_a_drill_s_script_is_due_by_its_start_and_later_by_what_it_stood() -> None:
    assert drill().next_injection_at == 110 * SECOND
    assert drill(injected=1, stood_s=7.0).next_injection_at == 137 * SECOND
    assert DRILL.deadlines(drill(injected=1)) == {("inject", "d1"): 130 * SECOND}


@pytest.mark.parametrize("fields", [{"injected": 2}, {"state": "paused"}, {"state": "ended"}])
def test_nothing_of_a_script_is_due_after_its_end_or_while_the_drill_stands(
    fields: dict[str, Any],
) -> None:
    assert DRILL.deadlines(drill(**fields)) == {}


def test_a_planned_drill_begins_at_its_time() -> None:
    planned = drill(state="planned", planned_at=50)
    assert DRILL.deadlines(planned) == {("drill", "d1"): 50}
    assert [DRILL.stands(drill(state=s)) for s in ("planned", "running", "paused", "ended")] == [
        True, True, True, False,
    ]  # fmt: skip


def made(cls: type[Any], **fields: Any) -> Any:
    return cls(**dict.fromkeys(cls.__dataclass_fields__) | fields)


def review(**fields: Any) -> Review:
    plain = {"id": "r1", "state": "open", "tasks": (), "damages": (), "measures": ()}
    found: Review = made(Review, **plain | fields)
    return found


def test_a_review_is_in_hand_while_it_or_one_of_its_measures_is_open() -> None:
    open_, done = made(Measure, state="open"), made(Measure, state="done")
    assert review().in_hand
    assert review(state="done", measures=(done, open_)).in_hand
    assert not review(state="done", measures=(done,)).in_hand


def test_open_tasks_and_measures_of_a_review_are_due_until_they_were_found_late() -> None:
    tasks = (
        made(AftercareTask, id="a", state="open", due_at=5),
        made(AftercareTask, id="b", state="done", due_at=6),
        made(AftercareTask, id="c", state="open", due_at=7, overdue_at=7),
    )
    measures = (made(Measure, id="m", state="open", due_at=8),)
    assert review_deadlines(review(tasks=tasks, measures=measures)) == {
        ("aftercare", "r1/a"): 5, ("measure", "r1/m"): 8,
    }  # fmt: skip


def test_a_review_names_the_files_of_its_tasks_damages_signatures_and_cause() -> None:
    found = review(
        tasks=(made(AftercareTask, photos=("t",)),),
        damages=(
            made(Damage, photos=("d",), signature="s"), made(Damage, photos=(), signature=None),
        ),
        cause=made(Finding, photos=("c",)),
    )  # fmt: skip
    assert files_of_review(found) == {"t", "d", "s", "c"}
    assert files_of_review(review()) == set()
