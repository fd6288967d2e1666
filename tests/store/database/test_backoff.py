"""Attempts come at growing, jittered intervals."""

from store.database.backoff import FIRST_S, LONGEST_S, Backoff, wait_s


def test_delay_doubles_up_to_its_longest() -> None:
    backoff = Backoff(jitter=lambda _low, high: high)
    delays = [backoff.next_s() for _ in range(9)]
    assert delays[:3] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
    assert delays[-1] == LONGEST_S


def test_delay_is_cut_by_a_half_at_most() -> None:
    assert Backoff(jitter=lambda low, _high: low).next_s() == FIRST_S / 2


def test_success_starts_anew() -> None:
    backoff = Backoff(jitter=lambda _low, high: high)
    backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == FIRST_S


def test_an_outage_of_days_still_waits_the_longest() -> None:
    assert wait_s(100_000, first_s=FIRST_S, longest_s=LONGEST_S, jitter=max) == LONGEST_S
