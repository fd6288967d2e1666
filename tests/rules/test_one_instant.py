"""Readings of one instant are judged together: what a message says in part is nobody's state."""

from rules.state.inputs import Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Value
from tests.rules.one_rule import Bench, book, rule
from tests.rules.riverside import START, riverside


def lift(at: Instant, **signals: Value) -> ReadingBatch:
    return ReadingBatch(at, [("b3-l1", name, at, value) for name, value in signals.items()])


def raised(state: State, at: Instant) -> list[tuple[str, Instant]]:
    return [(e.record.id, e.at) for e in step(state, Tick(), at) if e.kind == "alarm.raised"]


def test_change_from_one_reason_to_another_does_not_restart_the_delay() -> None:
    state = riverside()
    step(state, lift(START, mode=1.0, fault_code=0.0, passenger=1.0, door_zone=0.0), START)
    later = START + 50 * SECOND
    step(state, lift(later, fault_code=4.0, passenger=1.0, door_zone=1.0), later)
    assert raised(state, START + 61 * SECOND) == [("riverside-a1", START + 60 * SECOND)]


def test_devices_that_end_their_silence_together_are_seen_together() -> None:
    wet = {"signal": "wet", "equals": 1, "of": {"type": "leak", "same": ["building"]}}
    either = rule({"any": [{"signal": "floor", "equals": 1}, wet]}, on_delay_s=150)
    bench = Bench(book(either, rule({"silent_s": 60}, id="silent")))
    bench.take([(0, "k1.wet", 1), (0, "floor", 0)])
    bench.until(99)
    bench.take([(100, "k1.wet", 0), (100, "floor", 1)])
    assert bench.until(159) == [(60, "raised"), (100, "cleared"), (150, "raised")]
