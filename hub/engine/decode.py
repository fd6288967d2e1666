"""Inbox entries as inputs of the step."""

from collections.abc import Callable

import msgspec

from rules.commands import read
from rules.state.inputs import KINDS, Input
from store.engine.batches import Entry


class UnreadableEntry(Exception):
    """An entry whose kind or body no version of this program writes."""


_DECODERS: dict[str, Callable[[str], Input]] = {
    **{kind: msgspec.json.Decoder(form).decode for kind, form in KINDS.items()},
    "command": read,
}


def decode(entry: Entry) -> Input:
    """The input that `entry` holds. Raises UnreadableEntry."""
    decoder = _DECODERS.get(entry.kind)
    where = f"inbox entry lane {entry.lane} seq {entry.seq}"
    if decoder is None:
        raise UnreadableEntry(f"{where}: kind {entry.kind!r} is none of {', '.join(KINDS)}")
    try:
        return decoder(entry.body)
    except msgspec.DecodeError as error:
        raise UnreadableEntry(f"{where} ({entry.kind}): {error}") from error
