"""A position says of each estate the last event that was seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.feed.position import as_text, from_text

estates = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
numbers = st.integers(0, 2**63 - 1)


@given(st.dictionaries(estates, numbers))
def test_it_reads_as_it_was_written(seen: dict[str, int]) -> None:
    assert from_text(as_text(seen)) == seen


@given(numbers)
def test_a_bare_number_is_of_the_count_that_ran_over_all_estates(number: int) -> None:
    assert from_text(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "harbour",
        "harbour:",
        ":3",
        "harbour:-1",
        "harbour:3,",
        "harbour:3;tower:4",
        "Harbour:3",
        "harbour:3,harbour:4",
        "harbour:3,5",
        "harbour:٣",
        "-1",
        f"harbour:{2**63}",
        str(2**63),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it has"):
        from_text(text)
