"""Incidents that a person starts, and levels that a person raises."""

import pytest

from rules.commands.incidents import RaiseLevel, StartIncident
from rules.commands.tasks import CompleteTask
from rules.records.incidents import IncidentKind
from tests.rules.timeline import Timeline, happened


def refusal(timeline: Timeline) -> str:
    (refused,) = [e.record for e in timeline.events if e.kind == "command.refused"]
    return getattr(refused, "code", "")


@pytest.mark.parametrize("kind", ["mass", "health", "power", "fire", "lift"])
def test_person_starts_any_plan_with_its_ticket_and_tasks(
    timeline: Timeline, kind: IncidentKind
) -> None:
    timeline.at(0, StartIncident("riverside", kind=kind, level="II", reason="seen", building="B3"))
    incident = timeline.incident()
    assert (incident.kind, incident.level, incident.confirmed) == (kind, "II", True)
    assert (incident.alarm_count, incident.place.building) == (0, "B3")
    tasks = [task.id for task in timeline.ticket().tasks]
    assert "report-committee" in tasks
    assert timeline.ticket().klass == "emergency"


def test_fire_told_by_a_person_is_confirmed_and_evacuates(timeline: Timeline) -> None:
    timeline.at(0, StartIncident("riverside", "fire", "IV", "a call", building="B3", floor=6))
    assert timeline.incident().level == "II"
    assert len(timeline.told("FIRE")) == 72
    assert len(timeline.told("FIRE", wave=0)) == 12


def test_mass_incident_tells_no_household_by_itself(timeline: Timeline) -> None:
    timeline.at(0, StartIncident("riverside", kind="mass", level="III", reason="seen"))
    assert timeline.told() == []
    assert timeline.incident().place.text.zh == "滨江花园"


def test_flat_brings_its_building_floor_and_riser(timeline: Timeline) -> None:
    timeline.at(0, StartIncident("riverside", "pipe", "IV", "a call", unit="B3-05-01"))
    place = timeline.incident().place
    assert (place.building, place.floor, place.riser) == ("B3", 5, "R1")
    assert [valve.id for valve in timeline.ticket().valves] == ["B3-R1-low"]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (StartIncident("riverside", "ticket", "II", "a call"), "bad-kind"),
        (StartIncident("riverside", "fire", "II", "a call", building="B9"), "bad-building"),
        (StartIncident("riverside", "fire", "II", "a call"), "no-building"),
    ],
)
def test_start_that_makes_no_sense_is_refused(
    timeline: Timeline, start: StartIncident, code: str
) -> None:
    timeline.at(0, start)
    assert refusal(timeline) == code
    assert timeline.incidents() == []


def test_graver_level_adds_tasks_and_keeps_those_that_are_done(timeline: Timeline) -> None:
    timeline.at(
        0, StartIncident("riverside", kind="power", level="III", reason="seen", building="B3")
    )
    incident, ticket = timeline.incident(), timeline.ticket()
    timeline.at(10, CompleteTask(ticket.id, task="lift-check", note="all empty"))
    timeline.at(20, RaiseLevel(incident.id, level="I", reason="seen"))
    before, after = {t.id for t in ticket.tasks}, {t.id: t for t in timeline.ticket().tasks}
    assert before < after.keys()
    assert after["lift-check"].state == "done"
    timeline.expect((20, 20), happened("incident.level_raised", level="I"))


def test_level_is_not_lowered_by_a_person(timeline: Timeline) -> None:
    timeline.at(0, StartIncident("riverside", kind="mass", level="II", reason="seen"))
    incident = timeline.incident()
    timeline.at(20, RaiseLevel(incident.id, level="III", reason="seen"))
    assert refusal(timeline) == "not-graver"
