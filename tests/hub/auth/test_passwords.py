"""Passwords."""

import pytest

from hub.auth.passwords import LONGEST, SHORTEST, UnusablePassword, hashed, matches


def test_the_right_password_matches_its_hash_alone() -> None:
    kept = hashed("a long enough password")
    assert kept.startswith("$argon2id$")
    assert matches(kept, "a long enough password")
    assert not matches(kept, "a long enough password ")


def test_who_has_no_password_matches_none() -> None:
    assert not matches(None, "nobody has this password")


def test_a_broken_hash_matches_nothing() -> None:
    assert not matches("plain text", "plain text")


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1)])
def test_a_password_that_is_too_short_or_long_says_what_would_do(password: str) -> None:
    with pytest.raises(UnusablePassword, match=f"{len(password)} characters: use 10 to 200"):
        hashed(password)
