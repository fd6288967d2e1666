"""How devices speak: one module per dialect, each from a message's bytes to samples.

Pure. A dialect takes what it understands and says of everything else why it does not.
"""

from dataclasses import dataclass, field

from gateway.errors import Refused
from rules.vocabulary.instant import Instant
from rules.vocabulary.reading import Value

__all__ = ["Decoded", "Sample"]

Sample = tuple[str, Instant, Value, int]
"""(signal, event time, value, quality: 0 good, 1 the device's clock is off)."""


@dataclass(slots=True)
class Decoded:
    """The samples of one message, and why the rest of it was refused."""

    samples: list[Sample] = field(default_factory=list)
    faults: list[Refused] = field(default_factory=list)
