"""One simulated course: entries through `rules.step`, with crashes, as an engine would run it.

A crash throws the state away; the next one is the last snapshot with the batches behind it
stepped again, and must bring forth the very events that were recorded.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
import yaml

from rules import snapshot
from rules.catalogue import device_types, rulebook
from rules.estate.file import expand, parse
from rules.estate.graph import Estate
from rules.records.events import Event
from rules.records.json_form import as_json
from rules.state.inputs import EstateChanged, Fault, Input, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MINUTE, Instant
from simulators.estate import SAMPLE
from tests.simulation.network import Network, carry
from tests.simulation.people import act
from tests.simulation.world import START, World, make_world

AFTERWARDS = 40 * MINUTE
"""Time in which every delay that still runs comes to its end."""


@dataclass(frozen=True)
class Batch:
    """What an engine records of one transaction, and the events that came of it."""

    now: Instant
    entries: tuple[Input, ...]
    events: tuple[Event, ...]


@dataclass
class Course:
    """A finished run: what really happened, what was recorded, and the state at the end."""

    seed: int
    estate: Estate
    world: World
    network: Network
    state: State
    batches: list[Batch] = field(default_factory=list)
    crashes: int = 0

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    def digest(self) -> str:
        """A fingerprint of every event and of the final state."""
        content = msgspec.json.encode(events_as_json(self.events)) + snapshot.save(self.state)
        return hashlib.sha256(content).hexdigest()


def estate_body() -> dict[str, Any]:
    """The sample estate in the form of its file."""
    body: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    return body


def events_as_json(events: Sequence[Event]) -> list[Any]:
    return [as_json(event) for event in events]


def run_batch(state: State, entries: Sequence[Input], now: Instant) -> tuple[Event, ...]:
    """Every entry, then the clock, at one `now`."""
    return tuple(event for entry in [*entries, Tick()] for event in step(state, entry, now))


def simulate(seed: int) -> Course:
    """The course that `seed` stands for. Raises AssertionError: a restart came out differently."""
    chance = Random(seed)
    body = estate_body()
    estate = expand(parse(body), device_types())
    world = make_world(estate, chance)
    network = carry(world, chance)
    state = State.empty(estate.id, rulebook())
    course = Course(seed, estate, world, network, state)
    _advance(course, [EstateChanged(1, body)], START)
    _live(course, chance, body)
    end = course.batches[-1].now + AFTERWARDS
    for now in range(course.batches[-1].now, end, MINUTE):
        _advance(course, [], now)
    return course


def _live(course: Course, chance: Random, body: dict[str, Any]) -> None:
    saved, behind = snapshot.save(course.state), len(course.batches)
    waiting: list[Input] = []
    for arrival in course.network.arrivals:
        waiting.append(arrival.entry)
        if chance.random() < 0.3:
            continue
        now = max(arrival.now, course.batches[-1].now)
        entries = [*act(course.state, now, chance), *_rarely(chance, len(course.batches), body)]
        _advance(course, [*entries, *waiting], now)
        waiting = []
        if chance.random() < 0.05:
            saved, behind = snapshot.save(course.state), len(course.batches)
        if chance.random() < 0.02:
            restarted = restart(saved, course.batches[behind:])
            assert snapshot.save(restarted) == snapshot.save(course.state)
            course.state = restarted
            course.crashes += 1


def _rarely(chance: Random, batch_no: int, body: dict[str, Any]) -> list[Input]:
    """The same estate imported again, or a fault told from outside."""
    lot = chance.random()
    if lot < 0.003:
        return [EstateChanged(2, body)]
    return [Fault(f"simulated/{batch_no}", "told from outside")] if lot < 0.005 else []


def _advance(course: Course, entries: Sequence[Input], now: Instant) -> None:
    events = run_batch(course.state, entries, now)
    course.batches.append(Batch(now, tuple(entries), events))


def restart(saved: bytes, behind: Sequence[Batch]) -> State:
    """The state of a snapshot and the batches behind it."""
    state = snapshot.load(saved, rulebook())
    for batch in behind:
        again = run_batch(state, batch.entries, batch.now)
        assert events_as_json(again) == events_as_json(batch.events)
    return state


def replay(course: Course, change: Callable[[Input], Sequence[Input]] = lambda i: [i]) -> State:
    """All batches from the start, each entry as `change` gives it: the events must be the same."""
    state = State.empty(course.estate.id, rulebook())
    for batch in course.batches:
        entries = [changed for entry in batch.entries for changed in change(entry)]
        again = run_batch(state, entries, batch.now)
        assert events_as_json(again) == events_as_json(batch.events)
    return state
