"""What a condition must not forget over a restart: named, with a version for each kind of node.

A field that comes later has a default. Any other change of form is a new version: the number in
the tag goes up, and one more of `upcasts` brings the version before it forward.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import msgspec

Saved = Any
"""A memory in the form that any version of the program gave it."""

Upcast = Callable[[Any], dict[str, Any]]
"""From a saved form to the fields of the version after it."""

UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, LookupError)
"""What reading a memory raises that no version wrote, or that is another kind's."""


class Memory(msgspec.Struct, tag_field="kind", omit_defaults=True, gc=False):
    """Of one node. The tag is `kind/version`; version 0 is a list, without names or tag."""

    upcasts: ClassVar[tuple[Upcast, ...]] = ()

    @classmethod
    def read(cls, saved: Saved) -> Self:
        """`saved`, brought forward to this version. Raises `UNREADABLE`."""
        if isinstance(saved, cls):
            return saved
        tag = str(cls.__struct_config__.tag)
        written = saved.get("kind") if isinstance(saved, dict) else None
        if written == tag:
            return msgspec.convert(saved, cls)
        kind, version = tag.partition("/")[0], 0
        if isinstance(written, str):
            kind, _, number = written.partition("/")
            version = int(number)
        if not tag.startswith(f"{kind}/") or version > len(cls.upcasts):
            raise ValueError(f"memory of {written}, where {tag} is wanted")
        for upcast in cls.upcasts[version:]:
            saved = upcast(saved)
        return msgspec.convert({**saved, "kind": tag}, cls)


def named(*names: str) -> Upcast:
    """From version 0, one value after the other, to version 1."""
    return lambda values: dict(zip(names, values, strict=True))
