"""A record as JSON: written fast, and as a plain walk of its fields would write it."""

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.records.events import Event
from rules.records.json_form import as_json, encoded
from rules.records.nouns import NOUNS, record_from_json
from rules.vocabulary.instant import to_rfc3339

INSTANTS = st.integers(min_value=0, max_value=2**52)


@cache
def values(hint: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Values of a field's type; instants where it is called so."""
    origin, of = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.one_of(*(values(each, name) for each in of))
    if origin is Literal:
        return st.sampled_from(of)
    if origin is tuple:
        items = [values(each) for each in of if each is not Ellipsis]
        one = st.lists(items[0], max_size=3).map(tuple)
        return one if Ellipsis in of else st.tuples(*items)
    if origin is dict:
        return st.dictionaries(values(of[0]), values(of[1]), max_size=3)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: values(hints[f.name], f.name) for f in fields(hint)})
    if name.endswith("_at") and hint is int:
        return INSTANTS
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if hint is int:
        return st.integers(-(2**53), 2**53)
    return st.from_type(hint)


def walked(value: Any) -> Any:
    """What JSON the fields of `value` stand for."""
    if is_dataclass(value):
        return {
            "class" if f.name == "klass" else f.name: to_rfc3339(of)
            if f.name.endswith("_at") and of is not None
            else walked(of)
            for f in fields(value)
            for of in (getattr(value, f.name),)
        }
    if isinstance(value, dict):
        return {key: walked(of) for key, of in value.items()}
    if isinstance(value, tuple | list):
        return [walked(of) for of in value]
    return value.value if isinstance(value, Enum) else value


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.word)
@given(data=st.data())
def test_every_record_is_written_field_by_field_and_read_back(noun: Any, data: Any) -> None:
    record = data.draw(values(noun.record))
    assert encoded(record) == msgspec.json.encode(walked(record))
    assert record_from_json(f"{noun.word}.happened", as_json(record)) == record


@given(data=st.data())
def test_event_and_list_hold_records_in_the_same_form(data: Any) -> None:
    record = data.draw(values(NOUNS[0].record))
    event = Event("alarm.raised", 1, "system", record)
    assert as_json([event]) == [walked(event)]
