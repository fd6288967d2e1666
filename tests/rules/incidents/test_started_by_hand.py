"""Incidents that a person starts, and levels that a person raises."""

import pytest

from tests.rules.timeline import Timeline, command, happened


def refusal(timeline: Timeline) -> str:
    (refused,) = [e.record for e in timeline.events if e.kind == "command.refused"]
    return getattr(refused, "code", "")


@pytest.mark.parametrize("kind", ["mass", "health", "power", "fire", "lift"])
def test_person_starts_any_plan_with_its_ticket_and_tasks(timeline: Timeline, kind: str) -> None:
    timeline.at(0, command("incident.start", "riverside", kind=kind, level="II", building="B3"))
    incident = timeline.incident()
    assert (incident.kind, incident.level, incident.confirmed) == (kind, "II", True)
    assert (incident.alarm_count, incident.place.building) == (0, "B3")
    tasks = [task.id for task in timeline.ticket().tasks]
    assert "report-committee" in tasks
    assert timeline.ticket().klass == "emergency"


def test_fire_told_by_a_person_is_confirmed_and_evacuates(timeline: Timeline) -> None:
    params = {"kind": "fire", "level": "IV", "building": "B3", "floor": "6"}
    timeline.at(0, command("incident.start", "riverside", **params))
    assert timeline.incident().level == "II"
    assert len(timeline.told("FIRE")) == 72
    assert len(timeline.told("FIRE", wave=0)) == 12


def test_mass_incident_tells_no_household_by_itself(timeline: Timeline) -> None:
    timeline.at(0, command("incident.start", "riverside", kind="mass", level="III"))
    assert timeline.told() == []
    assert timeline.incident().place.text.zh == "滨江花园"


def test_flat_brings_its_building_floor_and_riser(timeline: Timeline) -> None:
    params = {"kind": "pipe", "level": "IV", "unit": "B3-05-01"}
    timeline.at(0, command("incident.start", "riverside", **params))
    place = timeline.incident().place
    assert (place.building, place.floor, place.riser) == ("B3", 5, "R1")
    assert [valve.id for valve in timeline.ticket().valves] == ["B3-R1-low"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"kind": "party", "level": "II"}, "bad-kind"),
        ({"kind": "fire", "level": "V"}, "bad-level"),
        ({"kind": "fire", "level": "II", "building": "B9"}, "bad-building"),
        ({"kind": "fire", "level": "II", "building": "B3", "floor": "six"}, "bad-floor"),
        ({"kind": "fire", "level": "II", "building": "B3", "reason": " "}, "no-reason"),
        ({"kind": "fire", "level": "II"}, "no-building"),
    ],
)
def test_start_that_makes_no_sense_is_refused(
    timeline: Timeline, params: dict[str, str], code: str
) -> None:
    reason = params.pop("reason", "a call") if "reason" in params else "a call"
    timeline.at(0, command("incident.start", "riverside", reason=reason, **params))
    assert refusal(timeline) == code
    assert timeline.incidents() == []


def test_graver_level_adds_tasks_and_keeps_those_that_are_done(timeline: Timeline) -> None:
    timeline.at(0, command("incident.start", "riverside", kind="power", level="III", building="B3"))
    incident, ticket = timeline.incident(), timeline.ticket()
    timeline.at(10, command("ticket.complete_task", ticket.id, task="lift-check", note="all empty"))
    timeline.at(20, command("incident.raise_level", incident.id, level="I"))
    before, after = {t.id for t in ticket.tasks}, {t.id: t for t in timeline.ticket().tasks}
    assert before < after.keys()
    assert after["lift-check"].state == "done"
    timeline.expect((20, 20), happened("incident.level_raised", level="I"))


def test_level_is_not_lowered_by_a_person(timeline: Timeline) -> None:
    timeline.at(0, command("incident.start", "riverside", kind="mass", level="II"))
    incident = timeline.incident()
    timeline.at(20, command("incident.raise_level", incident.id, level="III"))
    assert refusal(timeline) == "not-graver"
