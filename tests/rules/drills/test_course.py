"""Drills: apart from what is real, which always comes first; scored (DOMAIN section 8)."""

from typing import Any

import msgspec
import pytest

from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm
from rules.commands.drills import FinishDrill, PlanDrill, ResumeDrill, StartDrill, StopDrill
from rules.commands.incidents import CloseIncident, MergeIncident, SplitIncident
from rules.commands.notices import AddHousehold
from rules.commands.tasks import CompleteTask
from rules.commands.tickets import AcceptTicket, ArriveOnSite, DispatchTicket
from rules.messages.drill_mark import is_wrapped
from rules.records.callouts import Callout
from rules.records.drills import Drill, Injection, Participant
from rules.records.events import Event, Refusal
from rules.records.json_form import as_json
from rules.records.notices import Notice
from rules.snapshot import load, save
from rules.state.inputs import Command, Delivery, Ordered
from rules.vocabulary.instant import MINUTE, SECOND, Instant
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, between, happened, reading

B3_SMOKE, B5_SMOKES = "b3-10-corridor-smoke", ("b5-10-corridor-smoke", "b5-10-lobby-smoke")
LEADER, ENGINEER, GUARD = "leader", "engineer-1", "guard-1"


PLAN = PlanDrill(
    "riverside", "functional", "Fire on the tenth floor", "FIRE", "II", LEADER,
    (Participant(LEADER, "SL"), Participant(ENGINEER, "EN"), Participant(GUARD, "SE")),
    ("B3-10-01", "B3-10-02"), building="B3", floor=10,
)  # fmt: skip


def manager(command: Command) -> Ordered:
    return Ordered(command, "manager", "manager")


def plan(*script: Injection, begins: Instant | None = None) -> Ordered:
    return manager(msgspec.structs.replace(PLAN, script=script, begins=begins))


def of(timeline: Timeline, noun: type[Any]) -> list[Any]:
    """The current records of a noun, in the order in which they came."""
    found = {e.record.id: e.record for e in timeline.events if isinstance(e.record, noun)}
    return list(found.values())


def drill(timeline: Timeline) -> Drill:
    (found,) = of(timeline, Drill)
    assert isinstance(found, Drill)
    return found


def refusals(events: list[Event]) -> list[str]:
    return [e.record.code for e in events if isinstance(e.record, Refusal)]


@pytest.fixture
def running(timeline: Timeline) -> Timeline:
    """A drill in building 3 that began at 10 s."""
    assert not refusals(timeline.at(0, plan()))
    assert not refusals(timeline.at(10, manager(StartDrill(drill(timeline).id))))
    return timeline


def test_two_real_smokes_in_building_5_stop_the_drill_of_building_3(running: Timeline) -> None:
    """Acceptance scenario 30."""
    for at_s, device in zip((250, 280), B5_SMOKES, strict=True):
        running.at(at_s, reading(device, panel_state="fire"))
    running.at(300)

    simulated, real = running.incidents()
    assert (simulated.drill, simulated.place.building) == (True, "B3")
    assert (real.drill, real.place.building) == (False, "B5")
    assert (real.confirmed, real.level, real.alarm_count) == (True, "II", 2)

    stopped = drill(running)
    assert (stopped.state, stopped.void_by) == ("paused", real.id)
    assert stopped.void_from_at == START + 250 * SECOND
    notices = of(running, Notice)
    stops = [n for n in notices if n.drill and n.template == "DRILL"]
    assert {n.household for n in stops} == {"B3-10-01", "B3-10-02"}
    assert all("STOP" in n.text.en and is_wrapped(n.text) for n in stops)
    told_for_real = [n for n in notices if not n.drill]
    assert len(told_for_real) == 72
    assert not any("DRILL" in n.text.en or "演练" in n.text.zh for n in told_for_real)
    calls = [c for c in of(running, Callout) if c.drill]
    assert {c.user for c in calls if c.open} == {LEADER, ENGINEER, GUARD}
    assert {c.why for c in calls if c.open} == {"drill_stopped"}


def test_enrolled_households_alone_are_told_and_every_word_is_marked(running: Timeline) -> None:
    told = of(running, Notice)
    assert {n.household for n in told} == {"B3-10-01", "B3-10-02"}
    assert all(n.drill and is_wrapped(n.text) for n in told)
    refused = running.at(
        20, AddHousehold(running.incident().id, household="B3-11-01", reason="seen")
    )
    assert refusals(refused) == ["not-enrolled"]


def test_participants_alone_are_called_by_the_duty_they_hold(running: Timeline) -> None:
    running.at(10 + 9 * 60)
    calls = [c for c in of(running, Callout) if c.why == "unanswered"]
    assert {c.user for c in calls} == {LEADER, ENGINEER, GUARD}
    assert all(c.drill and is_wrapped(c.text) for c in calls)


def test_real_alarm_of_the_same_detector_has_an_incident_of_its_own(running: Timeline) -> None:
    simulated = running.incident()
    running.at(60, reading(B3_SMOKE, panel_state="fire"))
    first, second = running.incidents()
    assert first.id == simulated.id
    assert (second.drill, second.alarm_count) == (False, 1)
    assert len(running.alarms(drill=True)) == 1
    (real,) = running.alarms(drill=False)
    assert real.incident_id == second.id
    assert real.suppression is None
    running.at(70, reading(B3_SMOKE, panel_state="normal"))
    (simulated_alarm,) = running.alarms(drill=True)
    assert simulated_alarm.state == "unacknowledged", "no reading clears a drill alarm"


def test_deadlines_stand_while_it_is_paused_and_come_later_by_as_long(running: Timeline) -> None:
    before = running.ticket()
    running.at(30, manager(StopDrill(drill(running).id, "somebody fell")))
    quiet = running.at(30 + 20 * 60)
    assert not [e for e in quiet if e.kind in ("ticket.task_overdue", "ticket.clock_missed")]
    running.at(30 + 20 * 60 + 10, manager(ResumeDrill(drill(running).id)))
    stood = 20 * MINUTE + 10 * SECOND
    for then, now in zip(before.tasks, running.ticket().tasks, strict=True):
        assert now.due_at == (None if then.due_at is None else then.due_at + stood)
    running.at(30 + 20 * 60 + 100)
    late = [e for e in running.events if e.kind == "ticket.task_overdue"]
    assert late
    assert all(e.at > START + 30 * SECOND + stood for e in late)


def test_it_goes_on_only_when_what_was_real_is_closed_and_stays_void(running: Timeline) -> None:
    running.at(250, reading(B5_SMOKES[0], panel_state="fire"))
    id_ = drill(running).id
    assert refusals(running.at(260, manager(ResumeDrill(id_)))) == ["real-first"]
    (real,) = running.alarms(drill=False)
    running.at(270, reading(B5_SMOKES[0], panel_state="normal"))
    running.at(340, AcknowledgeAlarm(real.id), ResetAlarm(real.id))
    assert refusals(running.at(350, manager(ResumeDrill(id_)))) == ["real-first"]
    running.at(
        360,
        CloseIncident(real.incident_id or "", outcome="false_alarm", reason="seen", cause="other"),
    )
    assert not refusals(running.at(370, manager(ResumeDrill(id_))))
    running.at(380, manager(FinishDrill(id_)))
    ended = drill(running)
    assert ended.state == "ended"
    assert ended.score is not None
    assert ended.score.total is None


def test_minor_alarm_elsewhere_does_not_stop_it(running: Timeline) -> None:
    running.at(60, reading("b5-05-01-kitchen-leak", wet=True))
    running.at(120)
    assert drill(running).state == "running"


def test_perfect_drill_scores_100_and_leaves_a_review_alone(running: Timeline) -> None:
    (alarm,) = running.alarms()
    ticket = running.ticket()
    sent = [n.id for n in of(running, Notice)]
    running.at(30, AcknowledgeAlarm(alarm.id))
    running.at(40, DispatchTicket(ticket.id, assignee=ENGINEER))
    running.at(45, AcceptTicket(ticket.id), ArriveOnSite(ticket.id))
    running.at(50, Delivery(sent, "resident_page", "delivered", START + 50 * SECOND))
    for task in ticket.tasks:
        done = CompleteTask(ticket.id, task.id, "said, not dialled", ("0" * 64,), headcount=8)
        running.at(55, done)
    running.at(600, manager(FinishDrill(drill(running).id, "all went well")))
    ended = drill(running)
    assert ended.score is not None
    assert ended.score.total == 100, ended.score
    assert running.incident().state == "closed"
    assert not running.state.drills
    clear = [n for n in of(running, Notice) if n.template == "CLEAR"]
    assert {n.household for n in clear} == {"B3-10-01", "B3-10-02"}
    assert all(is_wrapped(n.text) for n in clear)
    (review,) = running.state.reviews.values()
    assert (review.drill, [task.id for task in review.tasks]) == (True, ["review"])


def test_untouched_drill_scores_0(running: Timeline) -> None:
    running.at(3600, manager(FinishDrill(drill(running).id)))
    score = drill(running).score
    assert score is not None
    assert score.total == 0


def test_script_raises_its_alarms_in_time_and_evidence_confirms(timeline: Timeline) -> None:
    script = [
        Injection(5, "smoke-fire", B3_SMOKE, value="fire"),
        Injection(95, "smoke-fire", "b3-10-lobby-smoke", value="fire"),
    ]
    timeline.at(0, plan(*script))
    timeline.at(10, manager(StartDrill(drill(timeline).id)))
    timeline.at(60)
    assert (timeline.incident().level, timeline.incident().confirmed) == ("IV", False)
    timeline.at(120)
    timeline.expect(between(15, 105), happened("alarm.raised", drill=True), times=2)
    incident = timeline.incident()
    assert (incident.level, incident.confirmed, incident.drill) == ("II", True, True)
    assert [a.first_out for a in timeline.alarms()] == [True, False]


def test_evidence_before_and_after_a_stop_counts_in_the_drills_own_time(
    timeline: Timeline,
) -> None:
    script = [
        Injection(0, "smoke-fire", B3_SMOKE),
        Injection(90, "smoke-fire", "b3-10-lobby-smoke"),
    ]
    timeline.at(0, plan(*script))
    timeline.at(10, manager(StartDrill(drill(timeline).id)))
    timeline.at(60, manager(StopDrill(drill(timeline).id, "seen")))
    timeline.at(1860, manager(ResumeDrill(drill(timeline).id)))
    timeline.at(1895)
    assert timeline.incident().level == "IV"
    timeline.at(1905)
    assert timeline.incident().level == "II"


def test_planned_drill_starts_by_the_clock_or_waits_for_what_is_real(timeline: Timeline) -> None:
    timeline.at(0, plan(begins=START + 600 * SECOND))
    timeline.at(590, reading(B5_SMOKES[0], panel_state="fire"))
    timeline.at(601)
    timeline.expect(between(600, 600), happened("drill.postponed", planned_at=None))
    assert drill(timeline).state == "planned"


def test_no_task_of_a_drill_has_a_number_to_dial(running: Timeline) -> None:
    tasks = running.ticket().tasks
    assert any(task.report_to for task in tasks)
    assert not any(task.phone for task in tasks)


def test_incident_of_a_drill_is_neither_closed_merged_nor_split_by_hand(running: Timeline) -> None:
    id_ = running.incident().id
    for asked in (
        CloseIncident(id_, "resolved", "seen"),
        MergeIncident(id_, "riverside-i9", "seen"),
        SplitIncident(id_, ("riverside-a1",), "seen"),
    ):
        assert refusals(running.at(20, asked)) == ["drill"]


def test_alarms_of_a_drill_are_no_flood(timeline: Timeline) -> None:
    smokes = [d for d in timeline.state.estate.devices.values() if d.type == "smoke"][:15]
    script = [Injection(1, "smoke-fire", d.id) for d in smokes]
    timeline.at(0, plan(*script))
    timeline.at(10, manager(StartDrill(drill(timeline).id)))
    timeline.at(20)
    assert len(timeline.alarms(drill=True)) == 15
    assert timeline.state.flood is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan": "NONE"}, "no-plan"),
        ({"building": "B99"}, "bad-building"),
        ({"households": ("B3-99-99",)}, "no-household"),
        ({"begins": START}, "bad-begins"),
        ({"script": (Injection(1, "leak", "nothing"),)}, "bad-script"),
        ({"script": (Injection(1, "leak", "b3-05-01-kitchen-leak"),)}, "bad-script"),
    ],
)
def test_bad_plan_is_refused_by_its_field(
    timeline: Timeline, change: dict[str, Any], code: str
) -> None:
    bad = msgspec.structs.replace(PLAN, **change)
    assert refusals(timeline.at(0, manager(bad))) == [code]


def test_drill_goes_on_after_a_restart_the_same_to_the_last_byte(timeline: Timeline) -> None:
    script = [
        Injection(0.0, "smoke-fire", B3_SMOKE, value="fire"),
        Injection(600.0, "room-heat", "b3-machine-room-heat", value=60.0),
    ]
    timeline.at(0, plan(*script))
    timeline.at(10, manager(StartDrill(drill(timeline).id)))
    before = written(timeline)
    timeline.state = load(save(timeline.state), rulebook())
    assert written(timeline) == before
    timeline.at(250, reading(B5_SMOKES[0], panel_state="fire"))
    assert drill(timeline).state == "paused"


def written(timeline: Timeline) -> bytes:
    """The drill of the state, as an event would give it."""
    (held,) = timeline.state.drills.values()
    return msgspec.json.encode(as_json(held))
