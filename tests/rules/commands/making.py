"""Commands made of their own types: whatever a client may send."""

from dataclasses import is_dataclass
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from rules.commands.table import hints_of
from rules.state.inputs import Command
from rules.vocabulary.fields import Holds
from tests.rules.riverside import START

C = TypeVar("C", bound=Command)

WRITTEN = ("seen", "看见了", "x" * 40)
"""What is drawn for free words."""

_OF = {
    Holds.ID: st.sampled_from(["riverside-x1", "B3-05-01", "worker"]),
    Holds.WORDS: st.sampled_from(WRITTEN),
    Holds.FILE: st.sampled_from(["ab" * 32, "cd" * 32]),
    Holds.TIME: st.integers(START - 10**9, START + 10**12),
}


def making(form: type[C], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[C]:
    """Commands of this class; the fields of `known` are drawn from there."""
    fields = {n: known[n] if n in known else _values(hint) for n, hint in hints_of(form).items()}
    return st.builds(form, **fields)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Holds)]
    if marks:
        return _OF[marks[0]]
    parts = get_args(hint)
    if hasattr(hint, "__metadata__"):
        return _values(parts[0])
    if get_origin(hint) is Literal:
        return st.sampled_from(parts)
    if get_origin(hint) is tuple:
        return st.lists(_values(parts[0]), min_size=1, max_size=3, unique=True).map(tuple)
    if parts:
        return st.one_of(*map(_values, parts))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{name: _values(part) for name, part in hints.items()})
    return _PLAIN[hint]


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    str: _OF[Holds.WORDS],
    int: st.integers(1, 5),
    float: st.floats(0.5, 100.0),
}
