"""How long to wait before a failed sending is tried again, and when to give up."""

from random import Random

from rules.records.notices import Urgency
from rules.vocabulary.instant import Instant, seconds
from store.database.backoff import wait_s

MOST_ATTEMPTS = 10

_FIRST_S = 2.0
_LONGEST_S: dict[Urgency, float] = {"N1": 15.0, "N2": 60.0, "N3": 900.0, "N4": 3600.0}


def next_attempt(
    urgency: Urgency, attempts: int, *, now: Instant, random: Random
) -> Instant | None:
    """When to try again after `attempts` failures; None: give up.

    The wait doubles each time, up to 15 s where life is at stake and an hour for a digest; the
    upper half of it is drawn at random, so that many failures do not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    longest_s = _LONGEST_S[urgency]
    return now + seconds(
        wait_s(attempts, first_s=_FIRST_S, longest_s=longest_s, jitter=random.uniform)
    )
