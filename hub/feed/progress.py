"""How far the engine has read each estate's commands, for those who wait for an answer."""

import threading
from collections.abc import Mapping

MOST_WAITING = 32
"""Half of the threads that serve requests: while no engine runs, the rest go on reading."""


class CommandProgress:
    """The last command that took effect, by estate; waiting threads wake when it moves."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._upto: dict[str, int] = {}
        self._moved = threading.Condition()
        self._places = threading.BoundedSemaphore(most_waiting)

    def advance(self, upto: Mapping[str, int]) -> None:
        """Note progress; an older number than the known one changes nothing."""
        with self._moved:
            for estate, seq in upto.items():
                self._upto[estate] = max(seq, self._upto.get(estate, 0))
            self._moved.notify_all()

    def wait(self, estate: str, seq: int, *, within_s: float) -> bool:
        """Wait until command `seq` of the estate took effect.

        False: not within `within_s` seconds, or too many wait already.
        """
        if not self._places.acquire(blocking=False):
            return False
        try:
            with self._moved:
                return self._moved.wait_for(
                    lambda: self._upto.get(estate, 0) >= seq, timeout=within_s
                )
        finally:
            self._places.release()
