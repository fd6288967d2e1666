"""How fast a provider takes messages: a token bucket that keeps half of it for danger to life."""

import threading

from rules.rulebook.notice_policy import Rate
from rules.vocabulary.instant import SECOND, Instant


class ProviderRate:
    """Tokens come back at `rate.per_s`, up to `rate.burst`; threads may share it.

    It knows one process only: where several hubs share a provider, give each its part of the rate.
    """

    def __init__(self, rate: Rate, *, now: Instant) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now
        self._lock = threading.Lock()

    def take(self, wanted: int, *, now: Instant, urgent: bool) -> int:
        """How many of `wanted` messages may go now; what is not `urgent` leaves half the burst."""
        with self._lock:
            gained = max(0, now - self._at) / SECOND * self._rate.per_s
            self._tokens = min(self._tokens + gained, float(self._rate.burst))
            self._at = max(now, self._at)
            kept = 0 if urgent else self._rate.burst // 2
            granted = max(0, min(wanted, int(self._tokens - kept)))
            self._tokens -= granted
            return granted

    def give_back(self, unused: int) -> None:
        """What was taken and not needed."""
        with self._lock:
            self._tokens += unused
