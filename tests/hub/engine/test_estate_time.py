"""An estate's time never goes back, never stands, and is the clock's whenever it can be."""

from hypothesis import given
from hypothesis import strategies as st

from hub.engine.estate_time import EstateTime
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant
from store.engine.batches import Batch

AT: Instant = 1_800_000_000 * SECOND

_steps = st.lists(st.tuples(st.integers(0, MINUTE), st.integers(-HOUR, HOUR)), max_size=30)
"""What passes until the next look, in microseconds, and by how much the clock is set then."""


@given(_steps, st.integers(-HOUR, HOUR), st.integers(0, HOUR))
def test_whatever_is_done_to_the_clock_time_runs_on(
    steps: list[tuple[Instant, Instant]], lead: Instant, ahead: Instant
) -> None:
    passed, off = 0, 0
    newest = Batch(1, AT + lead, (0, 0, 0), ahead)
    time = EstateTime(lambda: AT + passed + off, lambda: passed, newest)
    before, _ = time.read()
    time.keep(before)
    assert before >= newest.now
    for waited, set_by in steps:
        passed, off = passed + waited, off + set_by
        now, is_ahead_by = time.read()
        assert now - before >= waited * 9 // 10
        assert now == AT + passed + off + is_ahead_by
        assert is_ahead_by >= 0
        time.keep(now)
        before = now


@given(st.integers(1, DAY))
def test_clock_catches_up_after_ten_times_the_lead(lead: Instant) -> None:
    passed = 0
    time = EstateTime(lambda: AT + passed, lambda: passed, Batch(1, AT + lead, (0, 0, 0)))
    assert time.read() == (AT + lead, lead)
    passed = 10 * lead
    assert time.read() == (AT + passed, 0)


@given(st.integers(1, HOUR), st.integers(0, HOUR))
def test_time_between_two_engines_counts_like_any_other(lead: Instant, between: Instant) -> None:
    passed = 0
    newest = Batch(1, AT + lead, (0, 0, 0), lead)
    stays = EstateTime(lambda: AT + passed, lambda: passed, newest)
    passed = between
    assert EstateTime(lambda: AT + passed, lambda: passed, newest).read() == stays.read()


def test_wrong_clock_by_which_no_batch_was_recorded_leaves_nothing_behind() -> None:
    off = 0
    time = EstateTime(lambda: AT + off, lambda: 0, Batch(1, AT, (0, 0, 0)))
    off = 6 * HOUR
    assert time.read() == (AT + off, 0)
    off = 0
    assert time.read() == (AT, 0)
