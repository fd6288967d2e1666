"""Readings: timed values of a device's signal, and how a batch of them travels in the inbox."""

from dataclasses import dataclass

from rules.vocabulary.instant import Instant

Value = float | str
"""Numbers and flags (0 or 1) as float, enumerated signals as str."""

Row = tuple[str, str, Instant, Value]
"""(device, signal, event time, value): what a reading is in a batch, small and sortable."""


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """What one gateway transaction stored: inbox kind `readings`.

    `received_at` is when the gateway took the batch in. The JSON body is
    `{"received_at": int microseconds, "rows": [[device, signal, ts microseconds, value], …]}`.
    """

    received_at: Instant
    rows: list[Row]
