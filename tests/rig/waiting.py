"""Waits for a condition instead of for a time."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
POLL_S = 0.02
_NEVER = threading.Event()


def eventually(
    condition: Callable[[], Found],
    *,
    within_s: float = 10.0,
    what: str = "",
    every_s: float = POLL_S,
) -> Found:
    """The first truthy value of `condition`, asked again `every_s` seconds.

    Raises AssertionError: it stayed falsy for `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s:g} s: {what or condition}")
        _NEVER.wait(every_s)
