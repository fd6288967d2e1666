"""Leaks, bursts and water pressure: which valve, which flats, one incident for a riser."""

import pytest

from rules.commands.tickets import AcceptTicket, ArriveOnSite, ResolveTicket
from tests.rules.timeline import Timeline, between, cleared, happened, raised, reading

PRESSURE, FLOW = "b3-r1-high-pressure", "b3-r1-high-flow"
NORMAL_FLOW = 1.0


def flats(*floors: int) -> set[str]:
    """Those of riser R1."""
    return {f"B3-{floor:02}-{flat:02}" for floor in floors for flat in (1, 2)}


def supply_as_usual(timeline: Timeline, *, until: int) -> None:
    """Pressure and flow of the high zone, long enough for the normal flow to be known."""
    for at_s in range(0, until, 10):
        timeline.at(at_s, reading(PRESSURE, pressure_mpa=0.28), reading(FLOW, flow_m3h=NORMAL_FLOW))


def burst(timeline: Timeline, at_s: int) -> None:
    """0.12 MPa lost in 20 s, and four times the flow from then on."""
    for n, pressure in enumerate((0.24, 0.20, 0.16)):
        timeline.at(at_s + 10 * n, reading(PRESSURE, pressure_mpa=pressure))
    for n in range(12):
        timeline.at(at_s + 20 + 10 * n, reading(FLOW, flow_m3h=4 * NORMAL_FLOW))


def test_leak_in_a_flat_tells_it_and_three_floors_below(timeline: Timeline) -> None:
    """Acceptance scenario 14."""
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(15)
    timeline.expect(between(5, 5), raised("leak", priority="P3"))
    assert timeline.ticket().klass == "urgent"
    assert [(valve.id, valve.isolates) for valve in timeline.ticket().valves] == [("B3-R1-low", 18)]
    assert timeline.told("LEAK", wave=0) == ["B3-05-01"]
    assert timeline.told("LEAK", wave=1) == ["B3-02-01", "B3-03-01", "B3-04-01"]
    assert len(timeline.told()) == 4


def test_leak_on_a_low_floor_ends_at_the_ground(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-02-03-bathroom-leak", wet=1))
    timeline.at(15)
    assert set(timeline.told()) == {"B3-02-03", "B3-01-03"}


def toggle(timeline: Timeline) -> None:
    """Twenty times within two minutes."""
    for n in range(20):
        timeline.at(6 * n, reading("b3-05-01-kitchen-leak", wet=1))
        timeline.at(6 * n + 5.5, reading("b3-05-01-kitchen-leak", wet=0))


def test_sensor_that_toggles_is_one_alarm_and_a_ticket_for_the_sensor(
    timeline: Timeline,
) -> None:
    """Acceptance scenario 13: held as one from the third activation on, until 10 min quiet."""
    toggle(timeline)
    timeline.at(1000)
    timeline.expect(between(5, 5), raised("leak"))
    timeline.expect(between(12, 12), happened("alarm.chattering", rule="leak"))
    timeline.expect(between(714, 714), cleared("leak"))
    incident = timeline.incident()
    assert (incident.kind, incident.plan) == ("ticket", None)
    assert (timeline.ticket().klass, timeline.ticket().tasks) == ("ordinary", ())
    assert timeline.told() == []


def test_plan_that_was_told_of_ends_with_the_all_clear_when_its_alarm_only_chatters(
    timeline: Timeline,
) -> None:
    for n in range(20):
        timeline.at(10 * n, reading("b3-05-01-kitchen-leak", wet=(n + 1) % 2))
    plan, sensor = timeline.incidents()
    assert (plan.state, plan.outcome, sensor.plan) == ("closed", "false_alarm", None)
    assert set(timeline.told("CLEAR")) == set(timeline.told("LEAK")) != set()


def test_sensor_that_toggles_faster_than_its_delay_begins_no_plan(timeline: Timeline) -> None:
    for n in range(40):
        timeline.at(3 * n, reading("b3-05-01-kitchen-leak", wet=(n + 1) % 2))
    assert [i.kind for i in timeline.incidents()] == ["ticket"]
    assert timeline.told() == []


def test_sensor_that_toggled_and_then_stays_wet_is_a_leak(timeline: Timeline) -> None:
    for n in range(9):
        timeline.at(3 * n, reading("b3-05-01-kitchen-leak", wet=(n + 1) % 2))
    timeline.at(200)
    timeline.expect(between(84, 84), happened("alarm.settled", rule="leak"))
    (alarm,) = timeline.alarms()
    incident = timeline.state.incidents[alarm.incident_id or ""]
    assert incident.kind == "pipe"
    assert len(timeline.told("LEAK")) == 4


def test_burst_is_one_alarm_one_ticket_and_the_flats_below_and_behind_the_valve(
    timeline: Timeline,
) -> None:
    """Acceptance scenario 15."""
    supply_as_usual(timeline, until=600)
    burst(timeline, 600)
    wet = [(floor, flat, room) for floor in range(12, 2, -1) for flat in (1, 2)
           for room in ("kitchen", "bathroom")]  # fmt: skip
    for n, (floor, flat, room) in enumerate(wet):
        timeline.at(740 + 9 * n, reading(f"b3-{floor:02}-{flat:02}-{room}-leak", wet=1))
    timeline.at(1200)
    assert len(wet) == 40
    timeline.expect(between(680, 680), raised("pipe-burst", priority="P1"))
    assert len(timeline.alarms(priority="P1")) == 1
    assert len(timeline.alarms(rule="leak")) == 40
    first = next(alarm for alarm in timeline.alarms() if alarm.first_out)
    assert first.signal == "pressure_mpa"
    assert timeline.incident().first_out == first.id
    assert timeline.incident().level == "II"
    ticket = timeline.ticket()
    assert (ticket.klass, ticket.priority, ticket.title.en) == ("emergency", "P1", "Pipe burst")
    assert {"clamp", "cut-circuits", "lift-away"} <= {task.id for task in ticket.tasks}
    assert set(timeline.told("LEAK")) == flats(*range(1, 13))
    assert set(timeline.told("WATER")) == flats(*range(10, 19))
    assert (len(timeline.told("LEAK")), len(timeline.told("WATER"))) == (24, 18)
    assert len(set(timeline.told())) == 36


def test_leak_on_the_riser_confirms_a_pressure_fall_at_once(timeline: Timeline) -> None:
    timeline.at(0, reading(PRESSURE, pressure_mpa=0.28))
    timeline.at(20, reading(PRESSURE, pressure_mpa=0.19))
    timeline.at(200, reading("b3-11-02-kitchen-leak", wet=1))
    timeline.expect(between(200, 200), raised("pipe-burst"))


@pytest.mark.parametrize(
    "leak", ["b3-11-03-kitchen-leak", "b5-11-02-kitchen-leak"], ids=["other riser", "other tower"]
)
def test_water_elsewhere_does_not_confirm_a_pressure_fall(timeline: Timeline, leak: str) -> None:
    timeline.at(0, reading(PRESSURE, pressure_mpa=0.28))
    timeline.at(20, reading(PRESSURE, pressure_mpa=0.19))
    timeline.at(200, reading(leak, wet=1))
    timeline.at(600)
    assert timeline.alarms(rule="pipe-burst") == []


@pytest.mark.parametrize(("pump", "bursts"), [("b3-high-booster", 0), ("b3-low-booster", 1)])
def test_switching_of_the_zones_own_pump_explains_a_pressure_fall(
    timeline: Timeline, pump: str, bursts: int
) -> None:
    timeline.at(0, reading(PRESSURE, pressure_mpa=0.28), reading(pump, running=1))
    timeline.at(20, reading("b3-11-02-kitchen-leak", wet=1), reading(pump, running=0))
    timeline.at(25, reading(PRESSURE, pressure_mpa=0.19))
    timeline.at(49)
    assert len(timeline.alarms(rule="pipe-burst")) == bursts


def test_slow_loss_of_pressure_is_no_burst(timeline: Timeline) -> None:
    for n in range(60):
        timeline.at(10 * n, reading(PRESSURE, pressure_mpa=round(0.34 - 0.004 * n, 3)))
    assert timeline.alarms(rule="pipe-burst") == timeline.alarms(rule="pressure-loss") == []


@pytest.mark.parametrize(
    ("pressure", "rule", "after_s", "priority", "kind"),
    [
        (0.36, "pressure-high", 60, "P3", "ticket"),
        (0.46, "pressure-very-high", 10, "P2", "ticket"),
        (0.09, "pressure-low", 60, "P3", "pipe"),
        (0.04, "pressure-very-low", 10, "P2", "pipe"),
    ],
)
def test_pressure_limits(
    timeline: Timeline, pressure: float, rule: str, after_s: int, priority: str, kind: str
) -> None:
    timeline.at(0, reading(PRESSURE, pressure_mpa=pressure))
    timeline.at(200, reading(PRESSURE, pressure_mpa=0.28))
    timeline.at(400)
    timeline.expect(between(after_s, after_s), raised(rule, priority=priority))
    timeline.expect(between(260, 260), cleared(rule))
    incident = next(
        i for i in timeline.incidents() if i.id == timeline.alarms(rule=rule)[0].incident_id
    )
    assert incident.kind == kind


def test_fire_main_without_pressure_is_an_urgent_ticket(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-fire-main-pressure", pressure_mpa=0.06))
    timeline.at(100)
    timeline.expect(between(60, 60), raised("fire-main-low", priority="P2"))
    assert timeline.ticket().klass == "urgent"


def test_water_at_electricity_is_graver(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-electrical-room-leak", wet=1), reading("b3-l1-pit-leak", wet=1))
    timeline.at(10)
    timeline.expect(between(5, 5), raised("leak-critical-room", priority="P2"), times=2)
    assert timeline.told() == []


def test_leaks_in_two_flats_of_a_riser_raise_the_level(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(10, reading("b3-05-01-bathroom-leak", wet=1))
    timeline.at(20)
    assert timeline.incident().level == "IV", "one flat, twice"
    timeline.at(600, reading("b3-04-01-kitchen-leak", wet=1))
    timeline.at(610)
    assert timeline.incident().level == "III"
    assert "inspect-below" in [task.id for task in timeline.ticket().tasks]
    assert timeline.incident().alarm_count == 3


def test_graver_alarm_gives_the_ticket_its_name_priority_class_and_valve(
    timeline: Timeline,
) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(10, reading(PRESSURE, pressure_mpa=0.28))
    before = timeline.ticket()
    timeline.at(30, reading(PRESSURE, pressure_mpa=0.19))
    timeline.expect(between(30, 30), raised("pipe-burst"))
    ticket = timeline.ticket()
    assert (before.title.en, before.priority, before.klass) == ("Water leak", "P3", "urgent")
    assert (ticket.title.en, ticket.priority, ticket.klass) == ("Pipe burst", "P1", "emergency")
    assert [valve.id for valve in ticket.valves] == ["B3-R1-low", "B3-R1-high"]
    assert all(clock.due_at <= before.clocks[name].due_at for name, clock in ticket.clocks.items())
    order = [task.id for task in ticket.tasks]
    assert order.index("close-valve") < order.index("clamp") < order.index("repair")


def test_alarm_that_joins_a_resolved_ticket_makes_it_work_again(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(10)
    ticket = timeline.ticket().id
    timeline.at(60, AcceptTicket(ticket), ArriveOnSite(ticket), ResolveTicket(ticket, "done"))
    timeline.at(100, reading("b3-04-01-kitchen-leak", wet=1))
    timeline.at(110)
    timeline.expect(between(105, 105), happened("ticket.alarm_added", state="dispatched"))
    assert timeline.ticket().assignee == "operator"
    assert all(clock.met_at is None for clock in timeline.ticket().clocks.values())
