"""From messages to what the database shall keep of them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from gateway.dialects import native
from gateway.dialects.event_time import PLAUSIBLE
from gateway.errors import (
    DialectFault,
    Refused,
    TooLarge,
    UnknownDevice,
    UnknownEstate,
)
from gateway.message import MAX_PAYLOAD_BYTES, Message
from gateway.registry import Registry, Source
from rules.state.inputs import Status
from rules.vocabulary.instant import SECOND, Instant
from store.readings.dead_letters import DeadLetter
from store.readings.readings import Reading

log = structlog.get_logger(__name__)

KEPT_OF_TOO_LARGE_BYTES = 4 * 1024
CLOCK_ERROR = 120 * SECOND
"""A clock ahead of ours by more is not believed (DOMAIN section 2, ingest rules)."""

CLOCK_ERROR_SIGNAL = "clock_error_s"
"""By how many seconds a device's clock was ahead; the limit of what is believed where unknown."""

_MAX_DETAIL = 1000

Online = Mapping[tuple[str, str], bool]
"""By estate and device: whether its last status, as far as taken in, was `online`."""


@dataclass(slots=True)
class Intake:
    """What became of some messages. `sources[i]` is the message that `readings[i]` stood in.

    The messages' `arrived` counts from `epoch`.
    """

    epoch: Instant = 0
    readings: list[Reading] = field(default_factory=list)
    sources: list[Message] = field(default_factory=list)
    statuses: list[tuple[str, Status]] = field(default_factory=list)
    letters: list[tuple[Message, DeadLetter]] = field(default_factory=list)

    def arrived_at(self, message: Message) -> Instant:
        """The time at which `message` came."""
        return self.epoch + message.arrived

    def add(self, message: Message, reading: Reading) -> None:
        """Keep `reading`, which stood in `message`."""
        self.readings.append(reading)
        self.sources.append(message)

    def refuse(self, message: Message, *faults: Refused) -> None:
        """Keep `message` whole as a dead letter, under the reason of the first fault."""
        payload, detail = message.payload, "; ".join(str(fault) for fault in faults)
        if len(payload) > MAX_PAYLOAD_BYTES:
            payload = payload[:KEPT_OF_TOO_LARGE_BYTES]
        letter = DeadLetter(
            received_at=self.arrived_at(message),
            topic=message.topic.replace("\0", "\\x00"),
            payload=payload,
            reason=faults[0].reason,
            detail=_storable(detail[:_MAX_DETAIL]),
        )
        self.letters.append((message, letter))


def take(
    messages: Iterable[Message], registry: Registry, online: Online, *, epoch: Instant = 0
) -> Intake:
    """Read every message, whose `arrived` counts from `epoch`; none of them can make this fail.

    A message of which only a part is understood gives its good readings and goes to the dead
    letters as a whole: its replay changes nothing about what was taken already.
    """
    intake = Intake(epoch)
    for message in messages:
        try:
            _take_one(message, registry, online, intake)
        except Refused as fault:
            intake.refuse(message, fault)
        except Exception as error:
            log.exception("dialect_failed", topic=message.topic)
            intake.refuse(message, DialectFault(f"{type(error).__name__}: {error}"))
    return intake


def _take_one(message: Message, registry: Registry, online: Online, intake: Intake) -> None:
    if len(message.payload) > MAX_PAYLOAD_BYTES:
        raise TooLarge(
            f"payload of {len(message.payload)} bytes: send {MAX_PAYLOAD_BYTES} at most; "
            f"the first {KEPT_OF_TOO_LARGE_BYTES} are kept"
        )
    source = registry.by_topic.get(message.topic)
    if source is None:
        _take_status(message, registry, online, intake)
        return
    arrived_at = intake.arrived_at(message)
    decoded = native.decode(message.payload, source.signals, arrived_at)
    latest_plausible = arrived_at + CLOCK_ERROR
    clock_error: Instant = 0
    for signal, ts, value, quality in decoded.samples:
        at = ts
        if ts > latest_plausible:
            at, quality = arrived_at, 1
        if quality:
            clock_error = ts - arrived_at or PLAUSIBLE
        intake.add(message, Reading(source.estate, source.id, signal, ts, value, at, quality))
    if clock_error and CLOCK_ERROR_SIGNAL in source.signals:
        intake.add(message, _clock_reading(source, arrived_at, clock_error))
    if decoded.faults:
        intake.refuse(message, *decoded.faults)


def _clock_reading(source: Source, at: Instant, error: Instant) -> Reading:
    """What the gateway measures itself: how far a device's clock was off as the message came."""
    value = error / SECOND
    return Reading(source.estate, source.id, CLOCK_ERROR_SIGNAL, at, value, at, 0)


def _take_status(message: Message, registry: Registry, online: Online, intake: Intake) -> None:
    """A status, unless it only repeats to a new subscription what was taken in before."""
    estate, device = native.parse_topic(message.topic)
    if native.topic_of(estate, device) not in registry.by_topic:
        raise _unknown(estate, device, registry)
    is_online = native.decode_status(message.payload)
    if not (message.retained and online.get((estate, device)) is is_online):
        intake.statuses.append((estate, Status(device, is_online, intake.arrived_at(message))))


def _unknown(estate: str, device: str, registry: Registry) -> Refused:
    if estate not in registry.estates:
        return UnknownEstate(f"estate {estate[:80]!r}: import it, or mend the device's topic")
    return UnknownDevice(f"device {device[:80]!r} of estate {estate!r}: register it, then replay")


def _storable(text: str) -> str:
    """`text` as PostgreSQL can store it: no NUL, no lone surrogate."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
