"""How far the engine has read each estate's commands, for those who wait for an answer."""

import threading
from collections.abc import Mapping


class CommandProgress:
    """The last command that took effect, by estate; waiting threads wake when it moves."""

    def __init__(self) -> None:
        self._upto: dict[str, int] = {}
        self._moved = threading.Condition()

    def advance(self, upto: Mapping[str, int]) -> None:
        """Note progress; an older number than the known one changes nothing."""
        with self._moved:
            for estate, seq in upto.items():
                self._upto[estate] = max(seq, self._upto.get(estate, 0))
            self._moved.notify_all()

    def wait(self, estate: str, seq: int, *, within_s: float) -> bool:
        """Wait until command `seq` of the estate took effect; False: not within `within_s`."""
        with self._moved:
            return self._moved.wait_for(lambda: self._upto.get(estate, 0) >= seq, timeout=within_s)
