"""Planned works (scenario 17): told a day before, low pressure meanwhile is no alarm."""

import pytest

from rules.commands.tickets import AcceptTicket, ArriveOnSite, CancelTicket, ResolveTicket
from rules.commands.works import PlanWorks
from rules.records.events import Refusal
from rules.state.inputs import Ordered
from rules.vocabulary.instant import DAY, HOUR, SECOND
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, happened, raised, reading

PRESSURE = "b3-r1-high-pressure"
DAY_S, HOUR_S = 86_400, 3_600


def plan(
    valve: str,
    from_s: float = 2 * DAY_S,
    until_s: float = 2 * DAY_S + 4 * HOUR_S,
    reason: str = "pump",
) -> Ordered:
    from_at, until_at = (START + round(at_s * SECOND) for at_s in (from_s, until_s))
    works = PlanWorks("riverside", valve, from_at, until_at, reason)
    return Ordered(works, "manager", "manager")


@pytest.fixture
def valve(timeline: Timeline) -> str:
    """The valve of riser R1 in the high zone of building 3: 18 flats."""
    return next(
        v.id
        for v in timeline.state.estate.valves.values()
        if (v.building, v.riser, v.water_zone) == ("B3", "R1", "high")
    )


def test_exactly_the_valves_households_are_told_a_day_before(
    timeline: Timeline, valve: str
) -> None:
    timeline.at(0, plan(valve))
    assert timeline.told() == []
    timeline.at(DAY_S + 1)
    told = timeline.told("WATER")
    assert sorted(told) == sorted(timeline.state.estate.valves[valve].isolates)
    timeline.expect((DAY_S, DAY_S + 1), happened("ticket.works_announced"))
    timeline.at(3 * DAY_S)
    assert timeline.told("WATER") == told, "once"


def test_notice_names_the_time_of_the_works_and_their_reason(
    timeline: Timeline, valve: str
) -> None:
    timeline.at(0, plan(valve, reason="new pump"))
    timeline.at(DAY_S + 1)
    notice = next(iter(timeline.state.notices.values()))
    assert "new pump" in notice.text.en
    works = timeline.ticket().works
    assert works is not None
    assert (works.from_at, works.until_at) == (START + 2 * DAY, START + 2 * DAY + 4 * HOUR)


def test_works_of_tomorrow_are_told_of_at_once(timeline: Timeline, valve: str) -> None:
    timeline.at(0, plan(valve, HOUR_S, 2 * HOUR_S))
    timeline.at(1)
    assert len(timeline.told("WATER")) == 18


def test_low_pressure_is_held_back_while_the_valve_is_closed(
    timeline: Timeline, valve: str
) -> None:
    timeline.at(0, plan(valve, HOUR_S, 3 * HOUR_S))
    timeline.at(HOUR_S + 60, reading(PRESSURE, pressure_mpa=0.01))
    timeline.at(HOUR_S + 300)
    low = timeline.alarms(rule="pressure-very-low")
    assert [(a.suppression is not None, a.incident_id) for a in low] == [(True, None)]
    assert not timeline.told("LEAK")
    timeline.at(2 * HOUR_S, reading(PRESSURE, pressure_mpa=0.28))
    timeline.at(4 * HOUR_S)
    assert not timeline.state.alarms


def test_what_is_still_low_when_the_works_end_is_an_alarm(timeline: Timeline, valve: str) -> None:
    timeline.at(0, plan(valve, HOUR_S, 3 * HOUR_S))
    timeline.at(HOUR_S + 60, reading(PRESSURE, pressure_mpa=0.01))
    timeline.at(3 * HOUR_S + 1)
    timeline.expect(
        (3 * HOUR_S, 3 * HOUR_S + 1), happened("alarm.unsuppressed", rule="pressure-very-low")
    )


@pytest.mark.parametrize("word", ["resolve", "cancel"])
def test_works_that_end_early_let_alarms_through_again(
    timeline: Timeline, valve: str, word: str
) -> None:
    timeline.at(0, plan(valve, HOUR_S, 3 * HOUR_S))
    timeline.at(HOUR_S + 60, reading(PRESSURE, pressure_mpa=0.01))
    timeline.at(HOUR_S + 300)
    assert timeline.state.suppressions
    ticket = timeline.incidents()[0].ticket_id
    if word == "resolve":
        timeline.at(2 * HOUR_S, AcceptTicket(ticket), ArriveOnSite(ticket))
        timeline.at(2 * HOUR_S, ResolveTicket(ticket, "done"))
    else:
        timeline.at(2 * HOUR_S, CancelTicket(ticket, "done"))
    assert not timeline.state.suppressions
    timeline.expect(
        (2 * HOUR_S, 2 * HOUR_S), happened("alarm.unsuppressed", rule="pressure-very-low")
    )


def test_pressure_elsewhere_is_an_alarm_all_the_same(timeline: Timeline, valve: str) -> None:
    timeline.at(0, plan(valve, HOUR_S, 3 * HOUR_S))
    timeline.at(HOUR_S + 60, reading("b3-r2-high-pressure", pressure_mpa=0.01))
    timeline.at(HOUR_S + 300)
    assert [a.suppression for a in timeline.alarms(rule="pressure-very-low")] == [None]
    timeline.expect((HOUR_S, HOUR_S + 300), raised("pressure-very-low"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"valve": "V99"}, "bad-valve"),
        ({"from_s": -10}, "bad-from"),
        ({"from_s": 200 * DAY_S}, "bad-from"),
        ({"until_s": DAY_S}, "bad-until"),
        ({"until_s": 9 * DAY_S}, "bad-until"),
    ],
)
def test_works_that_cannot_be_are_refused(
    timeline: Timeline, valve: str, given: dict[str, object], code: str
) -> None:
    (event,) = timeline.at(0, plan(**{"valve": valve, **given}))  # type: ignore[arg-type]
    assert isinstance(event.record, Refusal)
    assert event.record.code == code
