"""From a scenario to the messages on the wire: who says what, how long after the start."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.estate.device_types import DeviceTypes, UnusableValue
from rules.estate.graph import Estate
from rules.vocabulary.instant import SECOND, Instant
from simulators.braces import spread_braces
from simulators.devices import Signals
from simulators.errors import ScenarioFault
from simulators.scenario import Outage, Ramp, Scalar, Scenario, Step

_SINCE_LAST_REPORT = {"rain_mm": 0}
_NEVER_REPEATED = frozenset({"seq"})


@dataclass(frozen=True, slots=True)
class Message:
    """One device's word `at` microseconds after the start, by a clock that is `clock` ahead.

    Either `signals`, or `status` (`online`, `offline`). It goes out `delay` later; `repeated` are
    those that say nothing new.
    """

    at: Instant
    device: str
    signals: Signals
    status: str | None = None
    clock: Instant = 0
    delay: Instant = 0
    repeated: bool = False

    @property
    def sent_at(self) -> Instant:
        return self.at + self.delay


@dataclass(frozen=True, slots=True)
class Timeline:
    """A scenario's messages as they go out; `end` is when its devices are left alone again."""

    messages: tuple[Message, ...]
    end: Instant

    @property
    def devices(self) -> frozenset[str]:
        return frozenset(message.device for message in self.messages)


def timeline(
    scenario: Scenario, estate: Estate, types: DeviceTypes, *, pace: float = 0.5
) -> Timeline:
    """The scenario played on the estate; `pace` is the share of its heartbeat after which a
    device repeats its word. Raises ScenarioFault: a device or value it cannot have.
    """
    faults = [
        f"steps.{number}: {fault}"
        for number, step in enumerate(scenario.steps)
        for fault in _faults(step, estate, types)
    ]
    faults += [
        f"outages.{number}: {fault}"
        for number, outage in enumerate(scenario.outages)
        for fault in _unknown(outage.devices, estate)
    ]
    if faults:
        raise ScenarioFault(scenario.name.en, faults)
    written = [m for step in scenario.steps for m in _messages(step)]
    end = max(scenario.until, *(m.at for m in written), 0)
    beats = _heartbeats(written, end, estate, types, pace)
    outages = [(set(spread_braces(o.devices)), o) for o in scenario.outages]
    said = sorted([*written, *beats], key=lambda m: m.at)
    messages = sorted((_delayed(m, outages) for m in said), key=lambda m: m.sent_at)
    return Timeline(tuple(messages), max(end, messages[-1].sent_at))


def _delayed(message: Message, outages: list[tuple[set[str], Outage]]) -> Message:
    """The message as it goes out: an outage keeps it back until its end."""
    for devices, outage in outages:
        if message.device in devices and outage.start <= message.at < outage.end:
            return replace(message, delay=outage.end - message.at)
    return message


def _unknown(pattern: str, estate: Estate) -> Iterator[str]:
    for id_ in spread_braces(pattern):
        if id_ not in estate.devices:
            yield f"no device {id_!r} in estate {estate.id}; use an id of the estate's file"


def _faults(step: Step, estate: Estate, types: DeviceTypes) -> Iterator[str]:
    yield from _unknown(step.device, estate)
    for id_ in spread_braces(step.device):
        device = estate.devices.get(id_)
        if device is None:
            continue
        signals = types.by_id[device.type].signals
        for name, value in step.signals.items():
            if name not in signals:
                yield f"{id_} has no signal {name!r}; use one of {', '.join(sorted(signals))}"
                continue
            for each in _values(value, step.times):
                try:
                    signals[name].read(each)
                except UnusableValue as error:
                    yield f"{id_}.{name}: {error}"


def _messages(step: Step) -> Iterator[Message]:
    devices = list(spread_braces(step.device))
    values = {name: _values(value, step.times) for name, value in step.signals.items()}
    for place, device in enumerate(devices):
        start = step.at + (step.spread * place // (len(devices) - 1) if place else 0)
        for turn in range(step.times):
            signals: Signals = {name: each[turn] for name, each in values.items()}
            message = Message(start + turn * step.every, device, signals, step.status, step.clock)
            yield from [message] * step.copies


def _values(value: Scalar | list[Scalar] | Ramp, times: int) -> list[Scalar]:
    if isinstance(value, Ramp):
        stride = (value.end - value.start) / max(1, times - 1)
        return [round(value.start + stride * turn, 6) for turn in range(times)]
    if isinstance(value, list):
        return [value[turn % len(value)] for turn in range(times)]
    return [value] * times


def _heartbeats(
    written: list[Message], end: Instant, estate: Estate, types: DeviceTypes, pace: float
) -> Iterator[Message]:
    """What each device repeats in the pauses between its own messages, while it is online."""
    by_device: dict[str, list[Message]] = {}
    for message in sorted(written, key=lambda m: m.at):
        by_device.setdefault(message.device, []).append(message)
    for device, messages in by_device.items():
        every = round(types.by_id[estate.devices[device].type].heartbeat_s * SECOND * pace)
        known: Signals = {}
        for index, message in enumerate(messages):
            known |= {n: v for n, v in message.signals.items() if n not in _NEVER_REPEATED}
            repeated = {n: _SINCE_LAST_REPORT.get(n, v) for n, v in known.items()}
            if message.status == "offline" or not repeated:
                continue
            until = messages[index + 1].at if index + 1 < len(messages) else end + 1
            for at in range(message.at + every, until, every):
                yield Message(at, device, repeated, clock=message.clock, repeated=True)
