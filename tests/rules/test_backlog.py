"""A backlog, as after an outage of the gateway, is judged by its own time and not by ours."""

from rules import snapshot
from rules.catalogue import rulebook
from rules.records.events import Event
from rules.state.inputs import Tick
from rules.state.state import HOLD, State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from tests.rules.riverside import START, riverside

LEAK = "b3-05-01-kitchen-leak"
NOW: Instant = START + 600 * SECOND


def batch(state: State, *rows: tuple[str, str, Instant, float], now: Instant = NOW) -> list[Event]:
    """One engine batch: the readings, then the clock."""
    return [*step(state, ReadingBatch(now, list(rows)), now), *step(state, Tick(), now)]


def leak(at: Instant, *, wet: bool) -> tuple[str, str, Instant, float]:
    return LEAK, "wet", at, float(wet)


def raised(events: list[Event]) -> list[Instant]:
    return [event.at for event in events if event.kind == "alarm.raised"]


def test_condition_that_ended_within_its_delay_raises_nothing_though_its_end_comes_later() -> None:
    state = riverside()
    wet_at = NOW - 120 * SECOND
    assert raised(batch(state, leak(wet_at, wet=True))) == []
    assert raised(batch(state, leak(wet_at + 3 * SECOND, wet=False))) == []
    assert raised(batch(state, leak(NOW, wet=False))) == []


def test_condition_that_lasted_is_raised_at_its_own_time_as_soon_as_that_is_known() -> None:
    state = riverside()
    wet_at = NOW - 120 * SECOND
    batch(state, leak(wet_at, wet=True))
    events = batch(state, ("b3-mains", "voltage_v", wet_at + 60 * SECOND, 230.0))
    assert raised(events) == [wet_at + 5 * SECOND]


def test_silence_after_a_late_reading_ends_the_waiting() -> None:
    state = riverside()
    wet_at = NOW - 120 * SECOND
    batch(state, leak(wet_at, wet=True))
    assert state.next_due() == NOW + HOLD
    assert raised(step(state, Tick(), NOW + HOLD)) == [wet_at + 5 * SECOND]


def test_one_slow_clock_holds_nobody_else_back() -> None:
    state = riverside()
    batch(state, leak(NOW - 10 * SECOND, wet=True), now=NOW - 10 * SECOND)
    batch(state, ("b3-mains", "voltage_v", NOW - 6 * SECOND, 230.0), now=NOW - 6 * SECOND)
    late = ("b5-mains", "voltage_v", NOW - 100 * SECOND, 230.0)
    assert raised(batch(state, late, now=NOW - 5 * SECOND)) == [NOW - 5 * SECOND]


def test_waiting_survives_a_restart() -> None:
    state = riverside()
    batch(state, leak(NOW - 120 * SECOND, wet=True))
    again = snapshot.load(snapshot.save(state), rulebook())
    assert again.next_due() == state.next_due()
    assert raised(step(again, Tick(), NOW)) == []
