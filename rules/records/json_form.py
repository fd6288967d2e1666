"""Records as JSON: the one shape that the database, the API and the console share.

Instants in `_at` fields are RFC 3339, dataclasses objects, tuples lists; field `klass` is written
`class`, its name in the API.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from rules.vocabulary.instant import Instant, to_rfc3339

Shape = Callable[[Any], Any]
"""Brings a value into a form that msgspec writes as it shall be written."""

_encode = msgspec.json.Encoder().encode


def encoded(value: Any) -> bytes:
    """`value`, such as a record, as JSON."""
    return _encode(_shaped(value))


def as_json(value: Any) -> Any:
    """`value` as JSON data."""
    return msgspec.json.decode(encoded(value))


def _shaped(value: Any) -> Any:
    kind: Any = type(value)
    if kind is tuple or kind is list:
        return [_shaped(item) for item in value]
    if kind is dict:
        return {key: _shaped(item) for key, item in value.items()}
    shape = _shape_of(kind)
    return value if shape is None else shape(value)


@cache
def _shape_of(kind: Any) -> Shape | None:
    """None: msgspec writes a `kind` so by itself."""
    if _is_plain(kind) or not is_dataclass(kind):
        return None
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind)]
    keys = ["class" if name == "klass" else name for name in names]
    values = attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, names[0]),)
    special = [
        (name, _moment if name.endswith("_at") else _shaped)
        for name in names
        if name.endswith("_at") or not _is_plain(hints[name])
    ]

    def shape(record: Any) -> dict[str, Any]:
        found = dict(zip(keys, values(record), strict=True))
        for key, form in special:
            if (value := found[key]) is not None:
                found[key] = form(value)
        return found

    return shape


@cache
def _is_plain(hint: Any) -> bool:
    """Whether no value of this type holds an instant or a `klass`."""
    if get_origin(hint) is Literal or hint in (str, int, float, bool, NoneType, Ellipsis):
        return True
    if isinstance(hint, type) and issubclass(hint, Enum):
        return True
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return all(
            name != "klass" and not name.endswith("_at") and _is_plain(of)
            for name, of in hints.items()
        )
    return bool(get_args(hint)) and all(_is_plain(of) for of in get_args(hint))


@lru_cache(maxsize=4096)
def _moment(at: Instant) -> str:
    return to_rfc3339(at)
