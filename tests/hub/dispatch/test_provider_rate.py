"""A provider is never given more than it takes, and danger to life finds room."""

from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.provider_rate import ProviderRate
from rules.rulebook.notice_policy import Rate
from rules.vocabulary.instant import MILLISECOND, SECOND


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 50), st.booleans()), max_size=60),
    st.integers(2, 40),
    st.floats(0.1, 50),
)
def test_no_stretch_of_time_sees_more_than_the_burst_and_what_came_back(
    takes: list[tuple[int, int, bool]], burst: int, per_s: float
) -> None:
    rate = ProviderRate(Rate(per_s=per_s, burst=burst), now=0)
    now, taken = 0, 0
    for pause_ms, wanted, urgent in takes:
        now += pause_ms * MILLISECOND
        granted = rate.take(wanted, now=now, urgent=urgent)
        assert 0 <= granted <= wanted
        taken += granted
        assert taken <= burst + now / SECOND * per_s + 1e-6


def test_half_of_the_burst_is_kept_for_danger_to_life() -> None:
    rate = ProviderRate(Rate(per_s=1, burst=20), now=0)
    assert rate.take(100, now=0, urgent=False) == 10
    assert rate.take(100, now=0, urgent=False) == 0
    assert rate.take(100, now=0, urgent=True) == 10


def test_what_was_not_needed_is_there_again() -> None:
    rate = ProviderRate(Rate(per_s=1, burst=20), now=0)
    rate.give_back(rate.take(10, now=0, urgent=False) - 2)
    assert rate.take(10, now=0, urgent=False) == 8
