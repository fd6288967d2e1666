"""A transaction whose statements wait for no answer: all of it is committed, or nothing."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from store.database.connection import Connection, connect, pipelined


@pytest.fixture
def db(empty_database: str) -> Iterator[Connection]:
    with connect(empty_database, name="test", autocommit=True) as db:
        db.execute("CREATE TABLE number (n int PRIMARY KEY)")
        yield db


def put(db: Connection, *values: Any) -> None:
    """Insert one after the other, in one such transaction; what can be called is called."""
    with pipelined(db):
        for value in values:
            if callable(value):
                value()
            else:
                db.execute("INSERT INTO number VALUES (%s)", (value,))


def numbers(db: Connection) -> list[int]:
    return [n for (n,) in db.execute("SELECT n FROM number ORDER BY n")]


def test_everything_is_committed_at_the_end_and_seen_by_nobody_before(
    db: Connection, empty_database: str
) -> None:
    seen: list[list[int]] = []
    with connect(empty_database, name="other", autocommit=True) as other:
        put(db, 1, 2, lambda: seen.append(numbers(db)), lambda: seen.append(numbers(other)))
        assert seen == [[1, 2], []]
        assert numbers(other) == [1, 2]


def test_nothing_is_committed_where_the_server_refuses_one_statement(db: Connection) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        put(db, 1, 1, 2)
    assert numbers(db) == []


def test_nothing_is_committed_where_the_block_fails(db: Connection) -> None:
    with pytest.raises(ZeroDivisionError):
        put(db, 1, lambda: 1 // 0)
    assert numbers(db) == []


def test_connection_goes_on_after_a_refusal(db: Connection) -> None:
    for _ in range(10):  # statements are prepared on the way
        with pytest.raises(psycopg.errors.UniqueViolation):
            put(db, 1, 1)
    put(db, 1)
    assert numbers(db) == [1]


def test_lost_connection_is_told_as_such(db: Connection, empty_database: str) -> None:
    kill = "SELECT pg_terminate_backend(%s, 5000)"
    with connect(empty_database, name="other", autocommit=True) as other:
        pid = db.info.backend_pid
        with pytest.raises(psycopg.OperationalError):
            put(db, 1, lambda: other.execute(kill, (pid,)))
        assert numbers(other) == []


def test_only_one_that_need_not_be_durable_does_not_wait_for_the_disk(db: Connection) -> None:
    db.execute("SET synchronous_commit TO on")
    waits = []
    for durable in (False, True):
        with pipelined(db, durable=durable):
            waits.append(db.execute("SHOW synchronous_commit").fetchone())
    assert waits == [("off",), ("on",)]
