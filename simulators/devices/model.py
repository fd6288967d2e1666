"""What a device model is: asked at a moment of its virtual clock, it says what it measures."""

from dataclasses import dataclass
from random import Random
from typing import Protocol

from rules.vocabulary.instant import Instant

Signals = dict[str, float | bool | str]
"""Values by signal name, as they travel in a payload."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a device measures now, and when it will have news by itself.

    `due_at` is None where nothing is about to change: then its heartbeat decides.
    """

    signals: Signals
    due_at: Instant | None = None


class Model(Protocol):
    """A pure state machine: it knows no clock and no wire, its chance comes from a seed."""

    def read(self, now: Instant) -> Report:
        """The device's report at `now`, which never runs backwards."""
        ...


def dice(*names: object) -> Random:
    """A source of chance that is the same for the same names, in every process."""
    return Random(":".join(map(str, names)))  # noqa: S311
