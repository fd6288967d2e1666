"""Records found by one of their fields: what a search of the whole table would find."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from rules.state.by_field import ByField


@dataclass(frozen=True)
class Record:
    holders: tuple[str | None, ...]


ids = st.sampled_from("abcdef")
holders = st.lists(st.sampled_from(["x", "y", None]), max_size=2, unique=True).map(tuple)
changes = st.lists(st.tuples(ids, st.none() | st.builds(Record, holders)), max_size=40)


@given(changes)
def test_finds_what_a_search_would_find_in_the_order_of_the_table(
    changes: list[tuple[str, Record | None]],
) -> None:
    table: dict[str, Record] = {}
    index = ByField(lambda record: record.holders)
    for id_, record in changes:
        index.change(id_, table.get(id_), record)
        if record is None:
            table.pop(id_, None)
        else:
            table[id_] = record
    for value in ("x", "y"):
        found = [id_ for id_, record in table.items() if value in record.holders]
        assert index.of(value) == found
        assert index.has(value) == bool(found)
