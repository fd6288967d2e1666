"""Migration 0018: what happened keeps its numbers, and a client comes back where it was."""

from collections.abc import Iterator

import pytest

from store.database import migrate as migrating
from store.database.connection import Connection, connect
from store.database.migrate import migrate
from store.engine import events
from tests.rig.happenings import happen

HISTORY = "hhthtthhht"
"""Whose events there were when one count ran over all estates: of harbour or tower, from 1."""

_ESTATE = "INSERT INTO estate VALUES (%s, '{}', 'UTC', now())"

_EVENT = """
INSERT INTO event (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, record)
VALUES (%s, %s, 1, 'system.alarm', now(), now(), 'system', '', '{}')
"""


@pytest.fixture
def before(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database as the version before left it, with a history of two estates."""
    with monkeypatch.context() as earlier:
        known = [found for found in migrating._migrations() if found[0] < 18]
        earlier.setattr(migrating, "_migrations", lambda: known)
        migrate(empty_database)
    with connect(empty_database, name="test", autocommit=True) as db:
        for id_ in ("harbour", "quiet", "tower"):
            db.execute(_ESTATE, (id_,))
        for seq, letter in enumerate(HISTORY, 1):
            db.execute(_EVENT, (seq, _named(letter)))
        db.execute("UPDATE event_head SET seq = %s", (len(HISTORY),))
        yield db


def _named(letter: str) -> str:
    return {"h": "harbour", "t": "tower"}[letter]


def behind(db: Connection, number: int) -> list[tuple[str, int]]:
    """What a client is sent that comes back with an id of the one count."""
    seen = events.behind_shared(db, number)
    assert seen is not None
    return [(event.estate, event.seq) for event in events.after(db, seen, limit=99)]


def test_each_estate_keeps_its_numbers_and_counts_on_behind_its_last(
    before: Connection, empty_database: str
) -> None:
    migrate(empty_database)
    assert events.heads(before) == {"harbour": 9, "tower": 10}
    assert [happen(before, estate=e) for e in ("harbour", "quiet", "tower")] == [10, 1, 11]


@pytest.mark.parametrize("number", range(len(HISTORY) + 1))
def test_an_id_of_the_one_count_is_resumed_exactly_behind_it(
    before: Connection, empty_database: str, number: int
) -> None:
    migrate(empty_database)
    missed = [(_named(letter), n) for n, letter in enumerate(HISTORY, 1) if n > number]
    assert behind(before, number) == sorted(missed)
    happen(before, 2)
    happen(before, estate="quiet")
    assert behind(before, number) == sorted(
        [*missed, ("harbour", 10), ("harbour", 11), ("quiet", 1)]
    )


def test_an_id_that_the_one_count_never_reached_is_none(
    before: Connection, empty_database: str
) -> None:
    migrate(empty_database)
    happen(before, 5)
    assert events.behind_shared(before, len(HISTORY) + 1) is None


def test_an_id_from_before_what_is_kept_is_behind_no_estates_history(
    before: Connection, empty_database: str
) -> None:
    before.execute("DELETE FROM event WHERE seq <= 3")
    migrate(empty_database)
    kept = events.kept(before)
    assert kept == {"harbour": (3, 9), "tower": (4, 10)}
    too_old, oldest = events.behind_shared(before, 2), events.behind_shared(before, 3)
    assert too_old == {}
    assert oldest == {"harbour": 3, "tower": 4}


def test_a_database_without_any_history_begins_at_one(empty_database: str) -> None:
    migrate(empty_database)
    with connect(empty_database, name="test", autocommit=True) as db:
        assert events.behind_shared(db, 0) == {}
        assert events.behind_shared(db, 1) is None
        assert happen(db) == 1
