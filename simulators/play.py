"""`play`: one scenario against a running system, in real time, faster, or all at once."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import MINUTE, SECOND, Instant
from simulators.errors import ScenarioFault
from simulators.native import Packet, hold_topic, reading_packet, status_packet
from simulators.run import wall_clock
from simulators.scenario import Scenario
from simulators.session import Broker, Session
from simulators.timeline import Message, timeline

_LIVE_WINDOW = 10 * MINUTE
_HOLD_AFTERWARDS_S = 60.0
_CONNECT_S, _DRAIN_S = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent: the number of messages, and the event times of the first and the last."""

    messages: int
    first_at: Instant
    last_at: Instant


def play(
    scenario: Scenario,
    estate: Estate,
    broker: Broker,
    *,
    speed: float | None = 1.0,
    clock: Callable[[], Instant] = wall_clock,
) -> Played:
    """Send the scenario's messages and wait until the broker has taken them.

    `speed` is how much faster than real time, None all at once. Event times keep the scenario's
    own pace and end when the playing ends, so that none lies in the future.

    Raises ScenarioFault: it does not fit the estate, it is one for tests alone, or what happened
    too long ago to be live would begin it. Raises BrokerUnreachable.
    """
    if scenario.needs_own_clock:
        fault = "has a time of day or commands of people, which only acceptance tests can play"
        raise ScenarioFault(scenario.name.en, [f"{fault}; leave out `starts` and `commands`"])
    line = timeline(scenario, estate, device_types())
    lasts = 0 if speed is None else round(line.end / speed)
    if line.end - lasts > _LIVE_WINDOW:
        fault = f"lasts {line.end // SECOND} s, so its start would count as history; slow down"
        raise ScenarioFault(scenario.name.en, [fault])
    session = Session(broker, f"player-{estate.id}")
    session.start()
    try:
        session.wait_until_connected(_CONNECT_S)
        hold = {"devices": sorted(line.devices), "for_s": lasts / SECOND + _HOLD_AFTERWARDS_S}
        session.publish(hold_topic(estate.id), json.dumps(hold))
        start = clock()
        began = start + lasts - line.end
        for message in line.messages:
            due = start if speed is None else start + round(message.sent_at / speed)
            time.sleep(max(0, due - clock()) / SECOND)
            packet = packet_of(estate, message, began)
            session.publish(packet.topic, packet.payload, retain=packet.retain)
        session.drain(_DRAIN_S)
    finally:
        session.stop()
    ends = began + line.messages[0].at, began + line.messages[-1].at
    return Played(len(line.messages), *ends)


def packet_of(estate: Estate, message: Message, began: Instant) -> Packet:
    """The message on the wire, in a scenario that began at `began`."""
    if message.status is not None:
        return status_packet(estate, message.device, message.status)
    ts = began + message.at + message.clock
    return reading_packet(estate, device_types(), message.device, message.signals, ts)
