"""The cycle collector and what stays for long: millions of objects, none of them garbage.

To look through them again and again as an estate is bound, or as it is there, costs more than all
else. What is let go of, the watches of an older version included, goes by its count of references.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Make what stays for long without a look through it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Collector:
    """Leaves alone what is there, whenever much has come to stay or has gone."""

    def __init__(self) -> None:
        self._there: dict[str, int] = {}

    def keep(self, there: dict[str, int]) -> None:
        """`there` is how many devices are watched, by estate; an estate that is gone is garbage."""
        if there == self._there:
            return
        if self._there.keys() - there.keys():
            gc.unfreeze()
            gc.collect()
        gc.freeze()
        self._there = there
