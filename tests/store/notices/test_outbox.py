"""Claims on the outbox are leases."""

from collections.abc import Iterator

import pytest

from rules.vocabulary.instant import SECOND, to_datetime
from store.database.connection import Connection, connect
from store.notices import outbox

NOW = 1_790_000_000_000_000
LEASE = 30 * SECOND


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with connect(database, name="tests", autocommit=True) as db:
        for number, channel in enumerate(["webhook", "webhook", "web_push"]):
            db.execute(
                "INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency,"
                " wave, created_at, next_at) VALUES (%s, 'harbour', %s, 'h', %s, 'N2', 0, %s, %s)",
                (f"n{number}/{channel}", f"n{number}", channel, *[to_datetime(NOW)] * 2),
            )
        yield db


def keys(db: Connection, *, now: int = NOW, limit: int = 10) -> list[str]:
    claimed = outbox.claim(db, "webhook", now=now, lease_us=LEASE, limit=limit)
    return [delivery.key for delivery in claimed]


def test_a_claim_takes_only_its_channels_due_rows(db: Connection) -> None:
    assert keys(db, now=NOW - 1) == []
    assert keys(db, limit=1) == ["n0/webhook"]
    assert keys(db) == ["n1/webhook"]
    assert keys(db) == []


def test_a_lease_that_ends_makes_the_row_due_again(db: Connection) -> None:
    assert keys(db) == ["n0/webhook", "n1/webhook"]
    assert keys(db, now=NOW + LEASE - 1) == []
    [first, _] = outbox.claim(db, "webhook", now=NOW + LEASE, lease_us=LEASE, limit=10)
    assert first.attempts == 2


def test_what_another_transaction_is_taking_is_passed_over(database: str, db: Connection) -> None:
    with connect(database, name="tests") as other:
        assert keys(other, limit=1) == ["n0/webhook"]
        assert keys(db) == ["n1/webhook"]
        other.rollback()
    assert keys(db) == ["n0/webhook"]


def test_what_is_done_or_given_up_is_never_due(db: Connection) -> None:
    outbox.done(db, {"n0/webhook": "HTTP 204"}, now=NOW)
    outbox.give_up(db, {"n1/webhook": "HTTP 400"}, now=NOW)
    assert keys(db, now=NOW + 10 * LEASE) == []
    assert outbox.backlog(db, now=NOW) == [outbox.Backlog("harbour", "web_push", 1, NOW)]


def test_what_waits_is_counted_by_estate(db: Connection) -> None:
    db.execute("UPDATE outbox SET estate_id = 'tower' WHERE key = 'n1/webhook'")
    waiting = {(b.estate, b.channel): b.rows for b in outbox.backlog(db, now=NOW)}
    assert waiting == {
        ("harbour", "webhook"): 1,
        ("tower", "webhook"): 1,
        ("harbour", "web_push"): 1,
    }


def test_the_first_outcome_stands(db: Connection) -> None:
    outbox.done(db, {"n0/webhook": "first"}, now=NOW)
    outbox.give_up(db, {"n0/webhook": "second"}, now=NOW)
    outbox.retry(db, "n0/webhook", evidence="third", next_at=NOW)
    row = db.execute("SELECT evidence, failed_at FROM outbox WHERE key = 'n0/webhook'").fetchone()
    assert row == ("first", None)


def test_a_retry_waits(db: Connection) -> None:
    keys(db)
    outbox.retry(db, "n0/webhook", evidence="HTTP 503", next_at=NOW + 5 * SECOND)
    assert keys(db, now=NOW + 5 * SECOND - 1) == []
    assert keys(db, now=NOW + 5 * SECOND) == ["n0/webhook"]
