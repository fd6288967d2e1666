"""One MQTT message on its way from the broker to the database."""

from dataclasses import dataclass

from rules.vocabulary.instant import Instant

MAX_PAYLOAD_BYTES = 256 * 1024
"""The broker takes no more, and what is larger becomes a dead letter."""


@dataclass(slots=True)
class Message:
    """`connection` is what it arrived on: only there may it be acknowledged, by `mid`.

    `retained` messages were sent by the broker to greet a subscription. `arrived` is when it came,
    in microseconds since the epoch of whoever takes it in.
    """

    topic: str
    payload: bytes
    arrived: Instant
    mid: int = 0
    retained: bool = False
    connection: object = None
