"""The audit trail seals itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.database.connection import connect
from store.people import audit

NOW = 1_790_000_000_000_000


def write(dsn: str, count: int) -> None:
    with connect(dsn, name="tests") as db:
        for n in range(count):
            detail = {"reason": f"because {n} 因为", "ids": ["a", "b"], "figure": 0.1 * n}
            audit.append(db, audit.Actor("manager", "manager"), "act", f"t{n}", detail, at=NOW + n)
            db.commit()


def first_broken(dsn: str) -> int | None:
    with connect(dsn, name="tests") as db:
        return audit.first_broken(db)


def test_an_untouched_trail_is_whole(database: str) -> None:
    assert first_broken(database) is None
    write(database, 5)
    assert first_broken(database) is None


def test_writers_at_the_same_time_make_one_chain(database: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: write(database, 10), range(4)))
    assert first_broken(database) is None
    with connect(database, name="tests") as db:
        assert db.execute("SELECT count(*), max(id) FROM audit").fetchone() == (40, 40)


@pytest.mark.parametrize(
    ("meddling", "broken"),
    [
        ("UPDATE audit SET user_id = 'other' WHERE id = 3", 3),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE id = 5", 5),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("UPDATE audit SET chain = 'x' WHERE id = 4", 4),
    ],
)
def test_a_row_that_was_changed_or_taken_out_shows(
    database: str, meddling: str, broken: int
) -> None:
    write(database, 5)
    with connect(database, name="tests") as db:
        db.execute(meddling)
    assert first_broken(database) == broken


def test_a_row_goes_with_its_transaction(database: str) -> None:
    with connect(database, name="tests") as db:
        audit.append(db, audit.SYSTEM, "act", "t", {}, at=NOW)
        db.rollback()
    write(database, 1)
    assert first_broken(database) is None
