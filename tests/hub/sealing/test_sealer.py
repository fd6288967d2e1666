"""Text sealed for one place: only the right key opens it, and only there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sealing.sealer import KeyMissing, Sealer, Tampered

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = "household/riverside/B1-01-01/phone"


@settings(max_examples=25)
@given(text=st.text(), place=st.text())
def test_what_was_sealed_opens_as_it_was(text: str, place: str) -> None:
    sealer = Sealer((NEW,))
    assert sealer.open(sealer.seal(text, place), place) == text


def test_the_same_text_never_looks_the_same_and_does_not_show() -> None:
    sealer = Sealer((NEW,))
    first, second = (sealer.seal("+8613800005678", PLACE) for _ in range(2))
    assert first != second
    assert b"138" not in first


def test_each_changed_byte_is_noticed() -> None:
    sealer = Sealer((NEW,))
    sealed = sealer.seal("+8613800005678", PLACE)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises((Tampered, KeyMissing)):
            sealer.open(changed, PLACE)
    for cut in (sealed[:-1], sealed[:10]):
        with pytest.raises(Tampered):
            sealer.open(cut, PLACE)


def test_a_text_moved_to_another_household_stays_closed() -> None:
    sealer = Sealer((NEW,))
    sealed = sealer.seal("+8613800005678", PLACE)
    with pytest.raises(Tampered, match="B1-01-02"):
        sealer.open(sealed, "household/riverside/B1-01-02/phone")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = Sealer((OLD,)).seal("+8613800005678", PLACE)
    rotated = Sealer((NEW, OLD))
    assert rotated.open(before, PLACE) == "+8613800005678"
    assert not rotated.is_newest(before)
    after = rotated.seal("+8613800005678", PLACE)
    assert rotated.is_newest(after)
    assert Sealer((NEW,)).open(after, PLACE) == "+8613800005678"


def test_a_lost_key_is_named_and_no_key_is_shown() -> None:
    with pytest.raises(KeyMissing, match="give that key back") as missing:
        Sealer((NEW,)).open(Sealer((OLD,)).seal("text", PLACE), PLACE)
    assert NEW.hex() not in f"{missing.value} {Sealer((NEW,))!r}"
