"""Replay: what was refused is taken once what it lacked is there, and only once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway import registry
from gateway.commit import commit
from gateway.dead_letters import Replayed, replay
from gateway.intake import take
from gateway.message import MAX_PAYLOAD_BYTES, Message
from rules.catalogue import device_types
from rules.vocabulary.instant import HOUR
from store.database.connection import Connection, connect
from store.readings import dead_letters
from tests.gateway.payloads import NOW, NOW_S
from tests.gateway.seeding import TOPIC, seed

LATER = NOW + HOUR


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    seed(database)
    with connect(database, name="tests", autocommit=True) as connection:
        yield connection


def send(db: Connection, *payloads: bytes) -> None:
    known = registry.read(db, device_types())
    messages = [Message(TOPIC, payload, NOW) for payload in payloads]
    commit(db, take(messages, known, {}), now=NOW)


def reading(value: float, **more: object) -> bytes:
    return json.dumps({"ts": NOW_S, "signals": {"pressure_mpa": value, **more}}).encode()


def replayed(db: Connection, reason: str | None = None) -> Replayed:
    return replay(db, device_types(), reason=reason, now=LATER)


def rows(db: Connection) -> list[tuple[object, ...]]:
    return db.execute("SELECT signal, value FROM reading ORDER BY signal").fetchall()


def test_messages_of_a_device_are_taken_once_it_is_registered(
    database: str, db: Connection
) -> None:
    send(db, reading(0.3))
    assert replayed(db, "unknown device") == Replayed(refused=1)
    seed(database, p1="pressure")
    assert replayed(db, "unknown device") == Replayed(understood=1)
    assert rows(db) == [("pressure_mpa", 0.3)]
    assert replayed(db) == Replayed()


def test_replayed_reading_is_late_by_now(database: str, db: Connection) -> None:
    send(db, reading(0.3))
    seed(database, p1="pressure")
    replayed(db)
    assert db.execute("SELECT lane FROM inbox").fetchall() == [(2,)]


def test_message_without_time_counts_as_of_its_first_arrival(database: str, db: Connection) -> None:
    send(db, b'{"signals": {"pressure_mpa": 0.3}}')
    seed(database, p1="pressure")
    replayed(db)
    row = db.execute("SELECT extract(epoch FROM ts)::bigint FROM reading").fetchone()
    assert row == (NOW_S,)


def test_letter_that_is_still_refused_stays_under_its_present_reason(
    database: str, db: Connection
) -> None:
    send(db, reading(0.3, colour="red"))
    seed(database, p1="pressure")
    assert replayed(db) == Replayed(refused=1)
    assert dead_letters.counts(db) == {"unknown signal": 1}
    assert rows(db) == [("pressure_mpa", 0.3)]


def test_letters_of_other_reasons_are_left_alone(database: str, db: Connection) -> None:
    send(db, reading(0.3))
    seed(database, p1="pressure")
    assert replayed(db, "malformed payload") == Replayed()
    assert dead_letters.counts(db) == {"unknown device": 1}


def test_truncated_letter_is_never_replayed(database: str, db: Connection) -> None:
    seed(database, p1="pressure")
    send(db, reading(0.3).ljust(MAX_PAYLOAD_BYTES + 1))
    assert replayed(db) == Replayed(refused=1)
    assert rows(db) == []


def test_replay_goes_through_all_pages(database: str, db: Connection) -> None:
    letter = dead_letters.DeadLetter(NOW, TOPIC, b"", "unknown device", "")
    payloads = [json.dumps({"ts": NOW_S - n, "signals": {"pressure_mpa": 1}}) for n in range(1200)]
    dead_letters.append(db, [replace(letter, payload=payload.encode()) for payload in payloads])
    seed(database, p1="pressure")
    assert replayed(db) == Replayed(understood=1200)
    assert len(rows(db)) == 1200


def test_command_counts_lists_and_replays(database: str, db: Connection) -> None:
    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "gateway.dead_letters", *arguments],
            env={**os.environ, "GATEHOUSE_DATABASE_URL": database},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    send(db, reading(0.3), b"\xff")
    assert run("count") == "2\tunknown device\n"
    assert json.loads(run("list", "--limit", "1"))["payload"] == reading(0.3).decode()
    seed(database, p1="pressure")
    assert run("replay", "--reason", "unknown device") == "1 understood, 1 still refused\n"
    assert run("count") == "1\tmalformed payload\n"
