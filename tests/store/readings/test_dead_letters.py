"""Dead letters: each message kept once, whole, and opened again when it comes again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rules.vocabulary.instant import SECOND
from store.database.connection import Connection, connect
from store.readings import dead_letters
from store.readings.dead_letters import DeadLetter

NOW = 1_795_000_000 * SECOND
LETTER = DeadLetter(NOW, "gatehouse/v1/e1/p1", b"\x00\xff", "malformed payload", "payload: …")


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with connect(database, name="tests", autocommit=True) as connection:
        yield connection


def waiting(db: Connection, reason: str | None = None) -> list[DeadLetter]:
    return [s.letter for s in dead_letters.open_(db, reason=reason, after=0, limit=100)]


def test_letter_comes_back_as_it_was(db: Connection) -> None:
    dead_letters.append(db, [LETTER])
    assert waiting(db) == [LETTER]


def test_same_message_is_kept_once_also_within_a_batch(db: Connection) -> None:
    dead_letters.append(db, [LETTER, LETTER])
    dead_letters.append(db, [replace(LETTER, received_at=NOW + SECOND)])
    assert waiting(db) == [LETTER]


def test_same_message_with_another_reason_keeps_its_number(db: Connection) -> None:
    dead_letters.append(db, [LETTER])
    dead_letters.append(db, [replace(LETTER, reason="unknown signal", detail="x")])
    assert waiting(db) == [replace(LETTER, reason="unknown signal", detail="x")]


def test_replayed_letter_waits_no_more_until_it_comes_again(db: Connection) -> None:
    dead_letters.append(db, [LETTER])
    numbers = [s.id for s in dead_letters.open_(db, reason=None, after=0, limit=100)]
    dead_letters.mark_replayed(db, numbers, now=NOW)
    assert waiting(db) == []
    dead_letters.append(db, [LETTER])
    assert waiting(db) == [LETTER]


def test_letters_are_found_and_counted_by_reason(db: Connection) -> None:
    others = [replace(LETTER, payload=bytes([n]), reason="unknown device") for n in range(3)]
    dead_letters.append(db, [LETTER, *others])
    assert dead_letters.counts(db) == {"malformed payload": 1, "unknown device": 3}
    assert waiting(db, "malformed payload") == [LETTER]
    assert len(waiting(db, "unknown device")) == 3


def test_letters_are_read_page_by_page(db: Connection) -> None:
    dead_letters.append(db, [replace(LETTER, payload=bytes([n])) for n in range(5)])
    first = dead_letters.open_(db, reason=None, after=0, limit=3)
    rest = dead_letters.open_(db, reason=None, after=first[-1].id, limit=3)
    assert (len(first), len(rest)) == (3, 2)
