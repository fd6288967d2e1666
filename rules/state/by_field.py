"""Records of a table found by one of their fields, so that a storm costs no search."""

from collections.abc import Callable
from typing import Any


class ByField:
    """Ids of those that stand, by each of their `values`, in the order in which they came to stand.

    That is the order of the table in which they lie, so it is the same after a restart.
    """

    __slots__ = ("_ids", "_next", "_places", "_values")

    def __init__(self, values: Callable[[Any], tuple[str | None, ...]]) -> None:
        self._values = values
        self._ids: dict[str | None, set[str]] = {}
        self._places: dict[str, int] = {}
        self._next = 0

    def change(self, id_: str, before: Any, after: Any) -> None:
        """`after` stands in the place of `before`; either may be None."""
        was = self._values(before) if before is not None else ()
        now = self._values(after) if after is not None else ()
        if was != now:
            for value in was:
                self._ids[value].discard(id_)
                if not self._ids[value]:
                    del self._ids[value]
            for value in now:
                self._ids.setdefault(value, set()).add(id_)
        if after is None:
            self._places.pop(id_, None)
        elif id_ not in self._places:
            self._places[id_] = self._next = self._next + 1

    def has(self, value: str) -> bool:
        """Whether there is one."""
        return value in self._ids

    def of(self, value: str) -> list[str]:
        return sorted(self._ids.get(value, ()), key=self._places.__getitem__)


def by_incident() -> ByField:
    return ByField(lambda record: (record.incident_id,))
