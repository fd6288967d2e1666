"""Readings out of order: within what their family allows, their order makes no difference."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook
from rules.records.events import Event
from rules.state.inputs import EstateChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, happened, reading

LATENESS = 30 * SECOND
Arrival = tuple[Instant, Row]


def rows() -> st.SearchStrategy[list[Row]]:
    """Rain that may or may not be heavy, and a machine room that may get hot."""
    rain = st.tuples(
        st.just("gauge"), st.just("rain_mm"), st.integers(0, 240), st.sampled_from([0.0, 4, 9])
    )
    heat = st.tuples(
        st.just("room"),
        st.just("temperature_c"),
        st.integers(0, 240),
        st.sampled_from([20.0, 36.0, 45.0]),
    )
    unique = st.lists(st.one_of(rain, heat), max_size=40, unique_by=lambda row: (row[0], row[2]))
    return unique.map(lambda found: [(d, s, START + 5 * at * SECOND, v) for d, s, at, v in found])


def one_gauge_and_one_room() -> State:
    """A small estate under the shipped rules."""
    words = {"en": "x", "zh": "字"}
    devices = [
        {"id": "gauge", "type": "rain", "place": words},
        {"id": "room", "type": "temperature", "location": "machine_room", "place": words},
    ]
    body = {
        "estate": "small", "name": words, "timezone": "UTC", "phone": "1", "buildings": [],
        "devices": devices,
    }  # fmt: skip
    state = State.empty("small", rulebook())
    assert step(state, EstateChanged(1, body), START) == []
    return state


def played(arrivals: list[Arrival], *, restarts: bool = False) -> list[Event]:
    """What comes of rows that arrive at these times, with the clock as an engine keeps it."""
    state = one_gauge_and_one_room()
    events: list[Event] = []

    def run_until(end: Instant) -> None:
        while (due := state.next_due()) <= end:
            events.extend(step(state, Tick(), max(due, now)))

    now = START
    for at, row in sorted(arrivals):
        run_until(at - 1)
        now = max(now, at)
        events.extend(step(state, ReadingBatch(now, [row]), now))
        events.extend(step(state, Tick(), now))
        if restarts:
            state = snapshot.load(snapshot.save(state), rulebook())
    run_until(START + 3600 * SECOND)
    return events


def facts(events: list[Event]) -> list[tuple[str, Instant, str]]:
    """What happened and when, in event time; numbers, and silence, follow the order of arrival."""
    return sorted(
        (event.kind, event.at, getattr(event.record, "rule", ""))
        for event in events
        if event.kind.startswith("alarm.")
        and event.kind != "alarm.first_out_changed"
        and getattr(event.record, "rule", "") != "device-silent"
    )


@settings(max_examples=30)
@given(rows(), st.data())
def test_any_order_within_the_allowed_lateness_gives_the_same_alarms(
    found: list[Row], data: st.DataObject
) -> None:
    in_order = [(row[2], row) for row in found]
    delays = [data.draw(st.integers(0, LATENESS - 1)) for _ in found]
    delayed = [(row[2] + delay, row) for row, delay in zip(found, delays, strict=True)]
    assert facts(played(delayed)) == facts(played(in_order))


@settings(max_examples=30)
@given(rows())
def test_readings_that_wait_survive_a_restart(found: list[Row]) -> None:
    in_order = [(row[2], row) for row in found]
    assert played(in_order, restarts=True) == played(in_order)


@settings(max_examples=30)
@given(rows())
def test_readings_that_come_twice_while_they_wait_count_once(found: list[Row]) -> None:
    once = [(row[2], row) for row in found]
    twice = once + [(at + SECOND, row) for at, row in once]
    assert facts(played(twice)) == facts(played(once))


def test_fire_does_not_wait(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    assert [alarm.rule for alarm in timeline.alarms()] == ["smoke-fire"]


def test_rain_waits_for_earlier_rain_and_keeps_its_own_time(timeline: Timeline) -> None:
    timeline.at(100, reading("rain-gauge", rain_mm=31))
    assert timeline.alarms() == []
    timeline.at(131)
    timeline.expect((100, 100), happened("alarm.raised", rule="rain-30mm-1h"))


def test_device_that_is_gone_takes_its_waiting_readings_along(timeline: Timeline) -> None:
    timeline.at(100, reading("rain-gauge", rain_mm=31))
    state = timeline.state
    state.estate = replace(state.estate, devices={})
    state.watches.points.clear()
    timeline.at(200)
    assert timeline.alarms() == []
