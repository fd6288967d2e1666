"""`fleet`: a steady load of the estate's ordinary readings, each with a time of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import Instant
from simulators.devices import models
from simulators.errors import SimulatorError
from simulators.native import reading_packet
from simulators.run import wall_clock
from simulators.session import Broker, Session

_SLICE_S = 0.005
_CONNECT_S, _DRAIN_S = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a fleet published: messages, and of them those that the broker took; `seconds` in all.

    `first_at` and `last_at` are the event times of the first and the last message.
    """

    published: int
    acknowledged: int
    devices: int
    seconds: float
    rate_per_s: float
    first_at: Instant
    last_at: Instant


def fleet(
    estate: Estate,
    broker: Broker,
    *,
    devices: int,
    rate_per_s: float,
    for_s: float,
    seed: int,
    connections: int = 2,
    clock: Callable[[], Instant] = wall_clock,
) -> Load:
    """Publish `rate_per_s` messages a second for `for_s` seconds, the devices taking turns.

    Raises SimulatorError: the estate has fewer devices. Raises BrokerUnreachable.
    """
    chosen = list(models(estate, seed).items())[:devices]
    if len(chosen) < devices:
        raise SimulatorError(f"devices {devices}: estate {estate.id} has {len(chosen)}; take fewer")
    sessions = [Session(broker, f"fleet-{estate.id}") for _ in range(connections)]
    for session in sessions:
        session.start()
    try:
        for session in sessions:
            session.wait_until_connected(_CONNECT_S)
        turns = cycle((*pair, sessions[n % connections]) for n, pair in enumerate(chosen))
        total = round(rate_per_s * for_s)
        started, first_at, last_at = time.monotonic(), clock(), 0
        for sent in range(total):
            while (time.monotonic() - started) * rate_per_s < sent:
                time.sleep(_SLICE_S)
            device, model, session = next(turns)
            last_at = max(clock(), last_at + 1)
            packet = reading_packet(
                estate, device_types(), device, model.read(last_at).signals, last_at
            )
            session.publish(packet.topic, packet.payload)
        took_s = time.monotonic() - started
        for session in sessions:
            session.drain(_DRAIN_S)
        taken = sum(session.acknowledged for session in sessions)
    finally:
        for session in sessions:
            session.stop()
    return Load(total, taken, devices, took_s, total / took_s, first_at, last_at)
