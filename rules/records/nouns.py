"""All nouns: what is derived for each of them walks this list."""

from typing import Any

import msgspec

from rules.records import (
    alarms,
    callouts,
    drills,
    events,
    floods,
    handovers,
    incidents,
    notices,
    reviews,
    suppressions,
    ticket_clocks,
)
from rules.records.events import Record
from rules.records.noun import Noun
from rules.vocabulary.instant import from_rfc3339

NOUNS: list[Noun] = [
    alarms.NOUN,
    incidents.NOUN,
    ticket_clocks.NOUN,
    notices.NOUN,
    callouts.NOUN,
    drills.NOUN,
    handovers.NOUN,
    reviews.NOUN,
    suppressions.NOUN,
    floods.NOUN,
    events.DEVICE,
    events.REFUSAL,
    events.SYSTEM_ALARM,
]


def of_kind(kind: str) -> Noun:
    """Of which an event of `kind` tells."""
    word = kind.partition(".")[0]
    return next(noun for noun in NOUNS if noun.word == word)


def of_record(record: type) -> Noun:
    """That whose records are of class `record`."""
    return next(noun for noun in NOUNS if noun.record is record)


def record_from_json(kind: str, data: dict[str, Any]) -> Record:
    """The record of an event of `kind`, from what `as_json` gave."""
    record: Record = msgspec.convert(_from_json(data), of_kind(kind).record)
    return record


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "klass" if k == "class" else k: from_rfc3339(v)
            if k.endswith("_at") and isinstance(v, str)
            else _from_json(v)
            for k, v in value.items()
        }
    return [_from_json(v) for v in value] if isinstance(value, list) else value
