"""A state as bytes, so that a restart need not fold the whole inbox again."""

from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

import msgspec

from rules.catalogue import device_types, rulebook_from
from rules.conditions.memory import Saved
from rules.estate.file import EstateFault, expand, parse
from rules.records.nouns import of_kind
from rules.rulebook.rulebook import Rulebook
from rules.state.state import DERIVED, State
from rules.state.timers import Timer, Timers
from rules.watching.watches import PointMemory, bind


class UnusableSnapshot(Exception):
    """The bytes are no snapshot that this version reads: begin with an older one, or without."""


_HINTS = get_type_hints(State)
_KEPT = [field.name for field in fields(State) if field.name not in DERIVED]


def _form(field: Field[Any]) -> tuple[Any, ...]:
    """The field of a snapshot; one that an earlier version did not write has its default."""
    if field.default_factory is not MISSING:
        default: Any = msgspec.field(default_factory=field.default_factory)
    elif field.default is not MISSING:
        default = field.default
    else:
        return field.name, _HINTS[field.name]
    return field.name, _HINTS[field.name], default


_Kept = msgspec.defstruct("_Kept", [_form(f) for f in fields(State) if f.name in _KEPT])


class _Saved(msgspec.Struct):
    kept: msgspec.Raw
    timers: list[Timer]
    watches: dict[str, Saved]
    points: list[PointMemory]


def save(state: State) -> bytes:
    """The whole of `state`; the rulebook too, unless it is the one that ships with the program."""
    kept = {name: getattr(state, name) for name in _KEPT}
    return msgspec.msgpack.encode(
        _Saved(
            kept=msgspec.Raw(msgspec.msgpack.encode(kept)),
            timers=state.timers.memory(),
            watches=state.watches.memory(),
            points=state.watches.points_memory(),
        )
    )


def load(data: bytes, rulebook: Rulebook) -> State:
    """The state that `save` gave; `rulebook` is for an estate that never got one of its own.

    Raises UnusableSnapshot.
    """
    try:
        saved = msgspec.msgpack.decode(data, type=_Saved)
        kept = msgspec.msgpack.decode(saved.kept, type=_Kept)
        return _restored({name: getattr(kept, name) for name in _KEPT}, saved, rulebook)
    except (msgspec.DecodeError, EstateFault, ValueError, TypeError, KeyError) as error:
        raise UnusableSnapshot(f"snapshot cannot be read ({error})") from error


def _restored(kept: dict[str, Any], saved: _Saved, rulebook: Rulebook) -> State:
    if kept["rulebook_body"]:
        rulebook = rulebook_from(kept["rulebook_body"])
    state = State.empty(kept["estate_id"], rulebook)
    for name, value in kept.items():
        setattr(state, name, value)
    for word, records in state.others.items():
        record = of_kind(word).record
        state.others[word] = {id_: msgspec.convert(of, record) for id_, of in records.items()}
    if state.estate_version:
        state.estate = expand(parse(state.estate_file), device_types())
    state.timers = Timers.restore(saved.timers)
    state.work_out_indexes()
    alarms = (*state.settled.values(), *state.alarms.values())
    state.watches, state.begun_anew = bind(
        state.estate, rulebook, saved.watches, saved.points, alarms
    )
    return state
