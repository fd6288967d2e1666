"""How long a failed sending waits."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.backoff import MOST_ATTEMPTS, next_attempt
from rules.records.notices import Urgency
from rules.vocabulary.instant import SECOND


@given(st.integers(1, MOST_ATTEMPTS - 1), st.integers())
def test_the_wait_is_never_over_and_never_under_half_of_its_length(
    attempts: int, seed: int
) -> None:
    again = next_attempt("N4", attempts, now=0, random=Random(seed))
    assert again is not None
    length = min(2 * 2 ** (attempts - 1), 3600) * SECOND
    assert length / 2 <= again <= length


@pytest.mark.parametrize(("urgency", "longest_s"), [("N1", 15), ("N2", 60), ("N3", 900)])
def test_what_is_urgent_is_tried_again_soon(urgency: Urgency, longest_s: int) -> None:
    again = next_attempt(urgency, MOST_ATTEMPTS - 1, now=0, random=Random(1))
    assert again is not None
    assert again <= longest_s * SECOND


def test_in_the_end_it_is_given_up() -> None:
    assert next_attempt("N1", MOST_ATTEMPTS, now=0, random=Random(1)) is None
