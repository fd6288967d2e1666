"""What the gateway stamped, in the time of a batch that is ahead of the clock."""

from dataclasses import replace

from rules.state.inputs import Input, Status
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from store.engine.batches import Batch

_SKEW = SECOND
"""How far the gateway's clock may be from the engine's and still be taken for the same."""


def in_batch_time(input: Input, batch: Batch) -> Input:
    """`input` put forward by as much as `batch` is, so that silences and delays stay true.

    What would then lie ahead of the batch came from a gateway whose clock is not behind.
    """
    match input:
        case ReadingBatch() if by := _behind(input.received_at, batch):
            rows = [(device, signal, at + by, value) for device, signal, at, value in input.rows]
            return ReadingBatch(input.received_at + by, rows)
        case Status() if by := _behind(input.at, batch):
            return replace(input, at=input.at + by)
    return input


def _behind(at: Instant, batch: Batch) -> Instant:
    return batch.ahead if at + batch.ahead <= batch.now + _SKEW else 0
