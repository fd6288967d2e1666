"""What is real stops a drill: which alarms and incidents do, and which do not."""

from typing import Any

import pytest

from rules.drills.real_first import comes_first
from rules.records.alarms import Alarm, AlarmState
from rules.records.drills import Drill
from rules.records.incidents import Incident
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

WORDS = Text("x", "字")
HERE, ELSEWHERE = Place(WORDS, building="B3"), Place(WORDS, building="B5")


def made(cls: type[Any], **fields: Any) -> Any:
    return cls(**dict.fromkeys(cls.__dataclass_fields__) | fields)


def alarm(**fields: Any) -> Alarm:
    plain = {"state": AlarmState.UNACKNOWLEDGED, "priority": "P1", "place": ELSEWHERE}
    found: Alarm = made(Alarm, **plain | {"drill": False} | fields)
    return found


def incident(**fields: Any) -> Incident:
    plain = {"state": "open", "level": "II", "drill": False}
    found: Incident = made(Incident, **plain | fields)
    return found


DRILL: Drill = made(Drill, place=HERE)
ANYWHERE: Drill = made(Drill, place=Place(WORDS))


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({}, True),
        ({"priority": "P2", "place": HERE}, True),
        ({"priority": "P2"}, False),
        ({"priority": "P3", "place": HERE}, False),
        ({"drill": True}, False),
        ({"suppression": "s1"}, False),
        ({"state": AlarmState.NORMAL}, False),
        ({"state": AlarmState.LATCHED_ACKNOWLEDGED}, True),
    ],
)
def test_an_alarm_of_life_anywhere_and_of_fast_damage_in_the_building_stops_it(
    fields: dict[str, Any], stops: bool
) -> None:
    assert comes_first(alarm(**fields), DRILL) is stops


def test_an_alarm_in_no_building_is_not_in_that_of_a_drill_without_one() -> None:
    assert not comes_first(alarm(priority="P2", place=Place(WORDS)), ANYWHERE)


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({}, True),
        ({"level": "I"}, True),
        ({"level": "III"}, False),
        ({"state": "closed"}, False),
        ({"drill": True}, False),
    ],
)
def test_an_open_incident_of_level_two_or_graver_stops_it(
    fields: dict[str, Any], stops: bool
) -> None:
    assert comes_first(incident(**fields), DRILL) is stops


def test_nothing_else_stops_it() -> None:
    assert not comes_first(DRILL, DRILL)
