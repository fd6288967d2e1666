"""The stage: who speaks when, who is silent, and what the rules make of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import yaml

from rules.catalogue import device_types, rulebook
from rules.records.events import Event
from rules.state.inputs import EstateChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import HOUR, MINUTE, SECOND, Instant, from_rfc3339
from rules.vocabulary.reading import ReadingBatch, Row
from rules.vocabulary.text import Text
from simulators.estate import SAMPLE, load_estate
from simulators.scenario import Scenario
from simulators.scenarios import load_scenario
from simulators.stage import Stage, Word
from simulators.story import load_story
from simulators.timeline import Timeline, timeline

ESTATE = load_estate()
TYPES = device_types()
START = from_rfc3339("2026-11-24T17:30:00+08:00")


def stage(seed: int = 1) -> Stage:
    return Stage(ESTATE, TYPES, seed, START)


def said(stage: Stage, until: Instant) -> Iterator[tuple[Instant, list[Word]]]:
    """(now, words) second by second."""
    for now in range(START + SECOND, until + 1, SECOND):
        yield now, stage.due(now)


def rows(words: list[Word]) -> list[Row]:
    return [
        (w.device, name, w.ts, TYPES.by_id[ESTATE.devices[w.device].type].signals[name].read(value))
        for w in words
        for name, value in w.signals.items()
    ]


def happened(stage: Stage, until: Instant) -> list[Event]:
    """What the rules decide about everything that is said on the stage."""
    state = State.empty(ESTATE.id, rulebook())
    events = step(state, EstateChanged(1, yaml.safe_load(SAMPLE.read_text("utf-8"))), START)
    for now, words in said(stage, until):
        events += step(state, ReadingBatch(now, rows(words)), now)
        events += step(state, Tick(), now)
    return events


def leak_at(device: str, wet_s: int, dry_s: int) -> Timeline:
    scenario = Scenario.model_validate(
        {
            "name": {"en": "x", "zh": "x"},
            "steps": [
                {"at": f"{wet_s}s", "device": device, "signals": {"wet": True}},
                {"at": f"{dry_s}s", "device": device, "signals": {"wet": False}},
            ],
        }
    )
    assert scenario.name == Text("x", "x")
    return timeline(scenario, ESTATE, TYPES)


def test_every_device_speaks_within_its_first_seconds() -> None:
    assert {w.device for w in stage().due(START + 5 * SECOND)} == set(ESTATE.devices)


def test_no_device_is_silent_for_longer_than_its_heartbeat() -> None:
    last: dict[str, Instant] = {}
    longest: dict[str, Instant] = defaultdict(int)
    for _, words in said(stage(), START + 30 * MINUTE):
        for word in words:
            longest[word.device] = max(longest[word.device], word.ts - last.get(word.device, START))
            last[word.device] = word.ts
    for device, silence in longest.items():
        assert silence <= TYPES.by_id[ESTATE.devices[device].type].heartbeat_s * SECOND, device


def test_the_same_seed_says_the_same() -> None:
    assert stage(7).due(START + 5 * MINUTE) == stage(7).due(START + 5 * MINUTE)


def test_it_matters_not_how_often_the_stage_is_asked() -> None:
    by_second = [w for _, words in said(stage(), START + 5 * MINUTE) for w in words]
    assert by_second == stage().due(START + 5 * MINUTE)


def test_a_device_in_a_scenario_says_that_alone_and_then_reports_at_once() -> None:
    device = "b3-05-01-kitchen-leak"
    playing = stage()
    playing.due(START + 10 * SECOND)
    playing.play(leak_at(device, 0, 60), START + 10 * SECOND)
    words = [w for w in playing.due(START + 5 * MINUTE) if w.device == device]
    assert [(w.ts - START, w.signals["wet"]) for w in words] == [
        (10 * SECOND, True),
        (70 * SECOND, False),
        (70 * SECOND, False),
    ]


def test_a_held_device_is_silent_and_then_reports_at_once() -> None:
    held = stage()
    held.due(START + 10 * SECOND)
    held.hold(["b3-mains", "not-here"], START + 10 * SECOND, START + 200 * SECOND)
    words = [w for w in held.due(START + 210 * SECOND) if w.device == "b3-mains"]
    assert words[0].ts == START + 200 * SECOND


def test_a_device_whose_clock_is_ahead_says_so_by_its_time() -> None:
    playing = stage()
    playing.play(timeline(load_scenario("25-leak-clock-ahead"), ESTATE, TYPES), START)
    words = [w for w in playing.due(START) if w.device == "b3-05-01-kitchen-leak"]
    assert words[0].ts == START + 3 * HOUR


def test_an_estate_at_rest_raises_no_alarm() -> None:
    assert happened(stage(), START + 3 * HOUR) == []


def test_the_story_brings_an_incident_of_each_kind_and_all_alarms_clear_by_themselves() -> None:
    told = stage()
    for start, name in load_story().starts(START):
        if start >= START + HOUR:
            break
        told.play(timeline(load_scenario(name), ESTATE, TYPES), start)
    events = happened(told, START + 2 * HOUR)
    opened = [event for event in events if event.kind == "incident.opened"]
    assert Counter(e.record.kind for e in opened) == {"lift": 1, "pipe": 2, "fire": 1, "flood": 1}  # type: ignore[attr-defined]
    assert opened[0].at <= START + 30 * SECOND
    alarms = {e.record.id: e.record for e in events if e.kind.startswith("alarm.")}
    assert {alarm.standing for alarm in alarms.values()} == {False}  # type: ignore[attr-defined]


def test_the_story_starts_again_when_it_is_over() -> None:
    story = load_story()
    starts = story.starts(START)
    first = [next(starts) for _ in story.plays]
    again = [next(starts) for _ in story.plays]
    assert again == [(start + story.repeats_after, name) for start, name in first]
