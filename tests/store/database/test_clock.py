"""The database's time is carried on between two looks at its clock."""

from dataclasses import dataclass
from typing import cast

import pytest

from rules.vocabulary.instant import HOUR, MINUTE, SECOND, Instant
from store.database.clock import DatabaseTime, database_clock
from store.database.connection import Connection, connect

AT: Instant = 1_800_000_000 * SECOND
DB = cast(Connection, None)


@dataclass
class Clocks:
    """What passes on this machine, and the database's clock; `looks` counts the looks at that."""

    passed: Instant = HOUR
    database: Instant = AT
    looks: int = 0

    def time(self) -> DatabaseTime:
        return DatabaseTime(self.look, lambda: self.passed)

    def look(self, _db: Connection) -> Instant:
        self.looks += 1
        return self.database

    def go_on(self, by: Instant) -> None:
        self.passed += by
        self.database += by


def test_time_is_the_databases_and_asks_it_once_a_minute() -> None:
    clocks = Clocks()
    time = clocks.time()
    for _ in range(4):
        assert time.now(DB) == clocks.database
        clocks.go_on(MINUTE // 2)
    assert clocks.looks == 2


@pytest.mark.parametrize("by", [-SECOND, SECOND])
def test_time_does_not_follow_what_a_look_may_cost(by: Instant) -> None:
    clocks = Clocks()
    time = clocks.time()
    before = time.now(DB)
    clocks.go_on(MINUTE)
    clocks.database += by
    assert time.now(DB) == before + MINUTE


@pytest.mark.parametrize("by", [-HOUR, -SECOND - 1, SECOND + 1, HOUR])
def test_time_follows_a_clock_that_was_set(by: Instant) -> None:
    clocks = Clocks()
    time = clocks.time()
    time.now(DB)
    clocks.go_on(MINUTE)
    clocks.database += by
    assert time.now(DB) == clocks.database


def test_since_tells_how_long_ago_something_came() -> None:
    clocks = Clocks()
    arrived = clocks.passed
    clocks.go_on(3 * SECOND)
    assert clocks.time().since(arrived) == 3 * SECOND


def test_the_databases_clock_goes_on_within_a_transaction(database: str) -> None:
    with connect(database, name="test") as db:
        first = database_clock(db)
        assert first < database_clock(db)
