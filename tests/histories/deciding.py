"""A history decided again by today's code."""

from collections.abc import Iterable

import msgspec

from hub.engine.fold import run_batch
from rules.catalogue import rulebook
from rules.records.events import record_from_json
from rules.state.adopting import adopt, retract
from rules.state.state import State
from store.engine.projections import as_recorded, as_written_now
from tests.histories.history import History, Took


def beginning(history: History) -> State:
    """The state before the first batch."""
    return State.empty(history.imported.body["estate"], rulebook())


def decided_otherwise(state: State, batches: Iterable[Took]) -> set[int]:
    """The batches that give other events than recorded; as in a fold, the recorded ones stand."""
    found = set()
    for took in batches:
        happened = run_batch(state, took.entries, took.batch)
        replayed = [as_recorded(caused) for caused in happened]
        if replayed != [as_written_now(event) for event in took.events]:
            found.add(took.batch.no)
            for caused in happened:
                retract(state, caused.event)
            for event in took.events:
                adopt(state, record_from_json(event.kind, msgspec.json.decode(event.record)))
    return found
