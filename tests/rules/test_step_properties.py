"""Properties of the step: it replays, it restarts anywhere, and batches do not change what happens.

Small worlds of a few devices in which every reading may matter: some late, some held back by
people or by the mains, and a flood from the third alarm on.
"""

from dataclasses import dataclass
from itertools import groupby
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import snapshot
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm, ShelveAlarm
from rules.commands.incidents import CloseIncident, ConfirmIncident
from rules.commands.suppressions import EndSuppression, TakeOutOfService
from rules.records.json_form import as_json
from rules.rulebook.alarm_handling import Flood
from rules.state.inputs import Command, EstateChanged, Input, Ordered, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MINUTE, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row, Value
from tests.rules.commands.making import making
from tests.rules.riverside import START, few

SIGNALS: dict[tuple[str, str], tuple[Value, ...]] = {
    ("b3-10-corridor-smoke", "panel_state"): ("normal", "pre_alarm", "fire", "fault"),
    ("b3-10-lobby-smoke", "panel_state"): ("normal", "fire"),
    ("b3-05-01-kitchen-leak", "wet"): (0.0, 1.0),
    ("b3-r1-high-pressure", "pressure_mpa"): (0.28, 0.16, 0.04),
    ("b3-r1-high-flow", "flow_m3h"): (1.8, 7.2),
    ("b3-l1", "fault_code"): (0.0, 4.0),
    ("b3-l1", "door_zone"): (0.0, 1.0),
    ("b3-l1", "passenger"): (0.0, 1.0),
    ("rain-gauge", "rain_mm"): (0.0, 20.0),
    ("b3-mains", "voltage_v"): (230.0, 0.0),
}
COMMANDS: tuple[tuple[type[Command], str], ...] = (
    (AcknowledgeAlarm, "alarm"), (ResetAlarm, "alarm"), (EndSuppression, "suppression"),
    (ConfirmIncident, "incident"), (CloseIncident, "incident"),
)  # fmt: skip
_SHIPPED = rulebook().alarm_handling
BOOK = rulebook().model_copy(
    update={
        "alarm_handling": _SHIPPED.model_copy(
            update={"flood": Flood(begins_over=2, ends_under=2, within_min=10)}
        )
    }
)


def world() -> State:
    """Those devices of the sample estate, of which nothing has been heard yet."""
    state = State.empty("riverside", BOOK)
    step(state, EstateChanged(1, few(*sorted({device for device, _ in SIGNALS}))), START)
    return state


@dataclass(frozen=True)
class Batch:
    """Readings of the last 40 s, or late ones, and a few commands, all at one `now`."""

    now: Instant
    rows: list[Row]
    commands: list[Ordered]

    def entries(self) -> list[Input]:
        return [*self.commands, ReadingBatch(self.now, self.rows)]


@st.composite
def batches(draw: st.DrawFn) -> list[Batch]:
    found, now = [], START
    for gap_s in draw(st.lists(_gaps, min_size=1, max_size=8)):
        now += gap_s * SECOND
        rows: dict[tuple[str, str, Instant], Value] = {}
        for (device, signal), age_s in draw(st.lists(st.tuples(_signals, _ages), max_size=12)):
            rows[device, signal, now - age_s * SECOND] = draw(
                st.sampled_from(SIGNALS[device, signal])
            )
        commands = draw(st.lists(_commands(now), max_size=3))
        found.append(Batch(now, [(*key, value) for key, value in rows.items()], commands))
    return found


_signals = st.sampled_from(sorted(SIGNALS))
_gaps = st.integers(0, 90) | st.sampled_from((600, 1800, 3 * 3600))
_ages = st.integers(0, 40) | st.sampled_from((700, 1000))
_devices = st.sampled_from(sorted({device for device, _ in SIGNALS}))


def _commands(now: Instant) -> st.SearchStrategy[Ordered]:
    out_of_service = st.builds(
        TakeOutOfService, _devices, st.just("seen"), st.just(now + 20 * MINUTE), st.just("patrol")
    )
    shelved = st.builds(ShelveAlarm, _ids("a"), st.just(now + 20 * MINUTE), st.just("seen"))
    others = [making(form, **{noun: _ids(noun[0])}) for form, noun in COMMANDS]
    command: st.SearchStrategy[Command] = out_of_service | st.one_of(shelved, *others)
    return command.map(lambda asked: Ordered(asked, "operator", "operator"))


def _ids(letter: str) -> st.SearchStrategy[str]:
    return st.integers(1, 3).map(lambda number: f"riverside-{letter}{number}")


def run(state: State, entries: list[Input], now: Instant) -> list[object]:
    """The events, as JSON, of one engine batch."""
    return [as_json(e) for entry in [*entries, Tick()] for e in step(state, entry, now)]


def course(all_: list[Batch]) -> tuple[list[object], bytes]:
    """The events of all batches, and the state that they end in."""
    state = world()
    events = [event for batch in all_ for event in run(state, batch.entries(), batch.now)]
    return events, snapshot.save(state)


@settings(max_examples=12)
@given(batches())
def test_the_same_batches_give_the_same_events_and_state(all_: list[Batch]) -> None:
    assert course(all_) == course(all_)


@settings(max_examples=12)
@given(batches())
def test_restart_after_every_batch_changes_nothing(all_: list[Batch]) -> None:
    state = world()
    events = []
    for batch in all_:
        state = snapshot.load(snapshot.save(state), BOOK)
        events += run(state, batch.entries(), batch.now)
    assert (events, snapshot.save(state)) == course(all_)


@settings(max_examples=12)
@given(batches(), st.randoms(use_true_random=False))
def test_order_and_repetition_within_a_batch_change_nothing(
    all_: list[Batch], random: Random
) -> None:
    mixed = []
    for batch in all_:
        rows = batch.rows + batch.rows[: len(batch.rows) // 2]
        random.shuffle(rows)
        mixed.append(Batch(batch.now, rows, batch.commands))
    assert course(mixed) == course(all_)


@settings(max_examples=12)
@given(batches())
def test_any_cut_between_two_instants_at_the_same_now_changes_nothing(all_: list[Batch]) -> None:
    state = world()
    events = []
    for batch in all_:
        in_time = sorted(batch.rows, key=lambda row: row[2])
        parts = [list(rows) for _, rows in groupby(in_time, key=lambda row: row[2])]
        entries: list[Input] = [*batch.commands, *(ReadingBatch(batch.now, part) for part in parts)]
        events += run(state, entries, batch.now)
    assert (events, snapshot.save(state)) == course(all_)


def test_these_worlds_know_suppressions_floods_and_late_data() -> None:
    """So that the properties above hold for them too, and not for want of them."""
    kinds: set[str] = set()

    @settings(max_examples=40, derandomize=True, database=None)
    @given(batches())
    def look(all_: list[Batch]) -> None:
        state = world()
        for batch in all_:
            for entry in [*batch.entries(), Tick()]:
                kinds.update(event.kind for event in step(state, entry, batch.now))

    look()
    assert kinds >= {
        "alarm.suppressed", "alarm.unsuppressed", "alarm.recorded", "suppression.began",
        "suppression.ended", "flood.began", "flood.ended",
    }  # fmt: skip
