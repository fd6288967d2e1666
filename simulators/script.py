"""The script of a drill: the alarms that the rules would raise if a scenario were real.

Pure: the scenario is judged by a state of its own, from nothing, and no system hears of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rules.catalogue import device_types, rulebook
from rules.estate.graph import Estate
from rules.records.alarms import Alarm
from rules.records.drills import Injection
from rules.records.events import Event
from rules.records.incidents import Incident, IncidentKind
from rules.state.inputs import EstateChanged, Status, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import MINUTE, SECOND, Instant, from_rfc3339
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level, higher
from rules.vocabulary.reading import ReadingBatch, Row
from simulators.errors import ScenarioFault
from simulators.scenario import Scenario
from simulators.timeline import Message, timeline

_NOON: Instant = from_rfc3339("2026-07-01T12:00:00+08:00")
"""Rules that look at the clock see a summer's noon."""

_AFTERWARDS = 2 * MINUTE
"""What the last readings lead to is waited for so long."""


@dataclass(frozen=True, slots=True)
class Script:
    """A plan's alarms, the level that they lead to and where; `left_out` are those of others."""

    plan: str
    level: Level
    place: Place
    injections: tuple[Injection, ...]
    left_out: int


def script_of(
    scenario: Scenario, estate: Estate, body: dict[str, Any], *, building: str | None = None
) -> Script:
    """The alarms of the plan that the first of them begins, in `building` only if one is named.

    `body` is the estate's file as data. Raises ScenarioFault: it leads to no plan there.
    """
    state = State.empty(estate.id, rulebook())
    step(state, EstateChanged(1, body), _NOON)
    events = list(_played(state, scenario, estate))
    raised = [e.record for e in events if e.kind == "alarm.raised" and isinstance(e.record, Alarm)]
    here = [a for a in raised if building in (None, a.place.building)]
    first = next((a for a in here if _kind(a) != "ticket"), None)
    plan = rulebook().plan_of(_kind(first)) if first else None
    if first is None or plan is None:
        where = f" in building {building}" if building else ""
        fault = f"no alarm of an emergency plan is raised{where}; use another scenario"
        raise ScenarioFault(scenario.name.en, [fault])
    chosen = [a for a in here if _kind(a) == plan.kind and a.suppression is None]
    return Script(
        plan=plan.id,
        level=_level(events, plan.kind),
        place=first.place,
        injections=tuple(
            Injection((a.raised_at - _NOON) / SECOND, a.rule, a.device, a.signal, a.value)
            for a in sorted(chosen, key=lambda a: a.raised_at)
        ),
        left_out=sum(_kind(a) != "ticket" for a in raised) - len(chosen),
    )


def _kind(alarm: Alarm) -> IncidentKind:
    return rulebook().rules[alarm.rule].response.kind


def _level(events: list[Event], kind: IncidentKind) -> Level:
    level: Level = "IV"
    for event in events:
        if isinstance(event.record, Incident) and event.record.kind == kind:
            level = higher(level, event.record.level)
    return level


def _played(state: State, scenario: Scenario, estate: Estate) -> Iterator[Event]:
    """What the scenario leads to; time passes as for an engine, which ticks when it is due."""
    line = timeline(scenario, estate, device_types())
    for at, messages in groupby(line.messages, key=lambda m: m.at):
        yield from _pass_until(state, _NOON + at)
        for entry in _inputs(estate, list(messages), _NOON + at):
            yield from step(state, entry, _NOON + at)
        yield from step(state, Tick(), _NOON + at)
    yield from _pass_until(state, _NOON + line.end + _AFTERWARDS)


def _pass_until(state: State, end: Instant) -> Iterator[Event]:
    while (due := state.next_due()) < end:
        yield from step(state, Tick(), due)


def _inputs(
    estate: Estate, messages: list[Message], now: Instant
) -> Iterator[ReadingBatch | Status]:
    rows: list[Row] = []
    for message in messages:
        if message.status is not None:
            yield Status(message.device, message.status == "online", now)
        known = device_types().by_id[estate.devices[message.device].type].signals
        rows += [(message.device, n, now, known[n].read(v)) for n, v in message.signals.items()]
    if rows:
        yield ReadingBatch(now, rows)
