"""Slows down guessing: a few wrong passwords per user and address, then a pause."""

import threading
from collections import OrderedDict, deque

from rules.vocabulary.instant import MINUTE, Instant

MOST_FAILURES = 5
WINDOW = 5 * MINUTE
_MOST_KEYS = 10_000


class SignInThrottle:
    """Counts failed sign-ins in a sliding window, in this process, in bounded memory."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], deque[Instant]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, user: str, address: str, *, now: Instant) -> int:
        """Seconds until another attempt is allowed; 0: now."""
        with self._lock:
            failures = self._failures.get((user, address))
            if failures is None or len(failures) < MOST_FAILURES:
                return 0
            left = failures[0] + WINDOW - now
            return max(0, -(-left // 1_000_000))

    def failed(self, user: str, address: str, *, now: Instant) -> None:
        """Note a wrong password."""
        with self._lock:
            key = (user, address)
            failures = self._failures.setdefault(key, deque(maxlen=MOST_FAILURES))
            failures.append(now)
            self._failures.move_to_end(key)
            if len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, user: str, address: str) -> None:
        """Forget the failures: the right password came."""
        with self._lock:
            self._failures.pop((user, address), None)
