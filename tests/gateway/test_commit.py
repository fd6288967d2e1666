"""One transaction for a batch: history, dead letters and the estates' inboxes together."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import registry
from gateway.commit import Receipt, commit
from gateway.intake import take
from gateway.message import Message
from rules.catalogue import device_types
from rules.vocabulary.instant import SECOND, Instant
from store.database.connection import Connection, connect
from store.engine import inbox
from store.readings import dead_letters
from tests.gateway.payloads import NOW, NOW_S
from tests.gateway.seeding import TOPIC, seed


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    seed(database, p1="pressure", s1="smoke")
    seed(database, "e2", p1="pressure")
    with connect(database, name="tests", autocommit=True) as connection:
        yield connection


def message(value: float, ts: float = NOW_S, topic: str = TOPIC) -> Message:
    payload = json.dumps({"ts": ts, "signals": {"pressure_mpa": value}}).encode()
    return Message(topic, payload, NOW)


def store(db: Connection, *messages: Message, now: Instant = NOW) -> Receipt:
    known = registry.read(db, device_types())
    return commit(db, take(messages, known, known.online), now=now)


def entries(db: Connection) -> list[tuple[Any, ...]]:
    return db.execute(
        "SELECT estate_id, lane, seq, kind, body FROM inbox ORDER BY estate_id, lane, seq"
    ).fetchall()


def count(db: Connection) -> int:
    row = db.execute("SELECT count(*) FROM reading").fetchone()
    assert row is not None
    return int(row[0])


def test_batch_is_one_inbox_entry_in_the_form_that_rules_reads(db: Connection) -> None:
    store(db, message(0.3), message(0.4, NOW_S + 1))
    rows = [["p1", "pressure_mpa", NOW, 0.3], ["p1", "pressure_mpa", NOW + SECOND, 0.4]]
    assert entries(db) == [("e1", 1, 1, "readings", {"received_at": NOW, "rows": rows})]


def test_every_estate_gets_its_own_entry(db: Connection) -> None:
    store(db, message(0.3), message(0.4, topic="gatehouse/v1/e2/p1"))
    assert [(estate, seq) for estate, _, seq, _, _ in entries(db)] == [("e1", 1), ("e2", 1)]


def test_readings_more_than_ten_minutes_late_go_to_the_backfill_lane(db: Connection) -> None:
    receipt = store(db, message(0.3, NOW_S - 601), message(0.4, NOW_S - 600))
    assert [(lane, body["rows"][0][3]) for _, lane, _, _, body in entries(db)] == [
        (1, 0.4),
        (2, 0.3),
    ]
    assert (receipt.live, receipt.late) == (1, 1)


def test_live_message_committed_late_is_backfill(db: Connection) -> None:
    store(db, message(0.3), now=NOW + 601 * SECOND)
    assert [lane for _, lane, _, _, _ in entries(db)] == [2]


def test_clock_far_ahead_is_decided_on_by_arrival_but_stored_as_sent(db: Connection) -> None:
    store(db, message(0.3, NOW_S + 300))
    [(_, lane, _, _, body)] = entries(db)
    clock = ["p1", "clock_error_s", NOW, 300.0]
    assert (lane, body["rows"]) == (1, [["p1", "pressure_mpa", NOW, 0.3], clock])
    row = db.execute("SELECT extract(epoch FROM ts)::bigint, quality FROM reading").fetchone()
    assert row == (NOW_S + 300, 1)
    assert store(db, message(0.3, NOW_S + 300)).repeated == 2


def test_two_clock_errors_at_one_moment_are_no_conflict_of_the_device(db: Connection) -> None:
    receipt = store(db, message(0.3, NOW_S + 300), message(0.4, NOW_S + 400))
    assert receipt.refused == []
    assert receipt.live == 3


def test_redelivered_messages_change_nothing(db: Connection) -> None:
    batch = [message(0.3), message(0.4, NOW_S + 1), message(9, NOW_S + 2), Message("x", b"", NOW)]
    store(db, *batch)
    before = entries(db), count(db), dead_letters.counts(db)
    assert store(db, *batch).repeated == 2
    assert (entries(db), count(db), dead_letters.counts(db)) == before


def test_only_fresh_readings_reach_the_inbox(db: Connection) -> None:
    store(db, message(0.3))
    store(db, message(0.3), message(0.4, NOW_S + 1))
    assert [len(body["rows"]) for *_, body in entries(db)] == [1, 1]


def test_second_value_at_the_same_time_is_a_dead_letter_and_no_input(db: Connection) -> None:
    store(db, message(0.3))
    receipt = store(db, message(0.4))
    assert [reason for _, reason in receipt.refused] == ["conflict"]
    [stored] = dead_letters.open_(db, reason="conflict", after=0, limit=9)
    assert "0.4, but 0.3 is stored" in stored.letter.detail
    assert len(entries(db)) == 1


def test_conflict_within_one_batch_keeps_the_first(db: Connection) -> None:
    receipt = store(db, message(0.3), message(0.4))
    assert [reason for _, reason in receipt.refused] == ["conflict"]
    assert [body["rows"][0][3] for *_, body in entries(db)] == [0.3]


def test_status_becomes_an_input(db: Connection) -> None:
    store(db, Message(TOPIC + "/status", b"online", NOW))
    body = {"device": "p1", "online": True, "at": NOW}
    assert entries(db) == [("e1", 1, 1, "status", body)]


def test_estate_that_is_gone_leaves_nothing_half_stored(db: Connection) -> None:
    known = registry.read(db, device_types())
    intake = take([message(0.3), message(0.4, topic="gatehouse/v1/e2/p1")], known, {})
    db.execute("DELETE FROM estate WHERE id = 'e2'")
    with pytest.raises(inbox.UnknownEstate):
        commit(db, intake, now=NOW)
    assert (count(db), entries(db)) == (0, [])


def test_storm_of_nonsense_is_stored_and_the_good_reading_with_it(db: Connection) -> None:
    nonsense = [
        Message(topic, payload, NOW)
        for topic in (TOPIC, TOPIC + "/status", "gatehouse/v1/\x01/\ufffe", "a\0b", "€")
        for payload in (b"", b"\0", b"\xff" * 50, b'{"signals":{"\\u0000":1}}', b"[" * 5000)
    ]
    receipt = store(db, *nonsense, message(0.3), *nonsense)
    assert receipt.live == 1
    assert sum(dead_letters.counts(db).values()) == len(nonsense)
