"""From reports to inbox entries, through a network that duplicates, reorders and delays, clocks
that are off, and a gateway that cuts the stream into batches between any two messages.
"""

from dataclasses import dataclass
from random import Random

from rules.state.inputs import Status
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from tests.simulation.world import Report, World

MOST_LATE_S = 25
"""Allowed lateness: longest time, in seconds, from a measurement to the gateway."""

MOST_SKEW_S = 100
"""How far a device's clock may be off, in seconds; from 120 s on the gateway would replace it."""


@dataclass(frozen=True)
class Arrival:
    """What the gateway appends at `now` in one transaction."""

    now: Instant
    entry: ReadingBatch | Status


Message = tuple[Row, ...]
"""The rows of one report: a message arrives whole."""


@dataclass(frozen=True)
class Network:
    """`skew` is by how many microseconds each device's clock is ahead."""

    skew: dict[str, int]
    arrivals: tuple[Arrival, ...]


def carry(world: World, chance: Random) -> Network:
    """The world's reports as they arrive."""
    devices = sorted({report.device for report in world.reports})
    skew = {device: _skew(chance) for device in devices}
    received: list[tuple[Instant, Message]] = []
    for report in world.reports:
        for _ in range(1 if chance.random() < 0.9 else chance.randint(2, 4)):
            message = _message(report, skew[report.device])
            received.append((report.at + _delay(chance), message))
    received.sort()
    readings = _batches(received, chance)
    statuses = _statuses(devices, readings, chance)
    return Network(skew, tuple(sorted([*readings, *statuses], key=lambda a: a.now)))


def _skew(chance: Random) -> int:
    if chance.random() < 0.7:
        return 0
    return round(chance.uniform(-MOST_SKEW_S, MOST_SKEW_S) * SECOND)


def _delay(chance: Random) -> int:
    """Mostly a moment, now and then anything that is allowed."""
    most_s = MOST_LATE_S if chance.random() < 0.15 else 0.5
    return round(chance.uniform(0, most_s) * SECOND)


def _message(report: Report, skew: int) -> Message:
    at = report.at + skew
    return tuple((report.device, signal, at, value) for signal, value in report.signals.items())


def _batches(received: list[tuple[Instant, Message]], chance: Random) -> list[Arrival]:
    """Consecutive messages, as many as one moment of the gateway holds."""
    found: list[Arrival] = []
    messages: list[Message] = []
    until = received[0][0]
    for at, message in received:
        if at > until:
            found += _appended(until, messages, chance)
            messages = []
            until = at + round(chance.expovariate(1) * SECOND)
        messages.append(message)
    return found + _appended(until, messages, chance)


def _appended(now: Instant, messages: list[Message], chance: Random) -> list[Arrival]:
    """One batch, or two of the same moment, or the same one twice."""
    chance.shuffle(messages)
    cut = chance.randint(0, len(messages))
    parts = [messages[:cut], messages[cut:]] if chance.random() < 0.3 else [messages]
    if chance.random() < 0.05:
        parts.append(messages)
    batches = [[row for message in part for row in message] for part in parts if part]
    return [Arrival(now, ReadingBatch(now, rows)) for rows in batches]


def _statuses(devices: list[str], readings: list[Arrival], chance: Random) -> list[Arrival]:
    moments = sorted(chance.choices([arrival.now for arrival in readings], k=20))
    return [
        Arrival(now, Status(chance.choice(devices), chance.random() < 0.5, now)) for now in moments
    ]
