"""The engine as it runs: alone on its estates, through lost connections, faults and kills."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.clock import system_clock
from hub.engine.replay import replay
from rules.catalogue import rulebook
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.engine import batches, health, inbox
from store.engine.batches import Entry
from store.engine.inbox import Lane
from tests.rig.estates import ESTATE, LEAK_SENSOR, YAML, settle
from tests.rig.hubs import running_engine
from tests.rig.waiting import eventually

SENSORS = [f"b1-{floor:02}-{flat:02}-kitchen-leak" for floor in (1, 2, 3) for flat in (1, 2)]

_OWNERS = """
SELECT DISTINCT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
   AND a.application_name = 'gatehouse-engine'
"""

# The last entry of the live lane once more, of another device.
_APPEND_UNANNOUNCED = """
WITH head AS (UPDATE inbox_head SET seq = seq + 1 WHERE lane = 1 RETURNING *)
INSERT INTO inbox (estate_id, lane, seq, at, kind, body)
SELECT estate_id, lane, head.seq, at, kind, replace(body::text, %(old)s, %(new)s)::json
  FROM inbox i JOIN head USING (estate_id, lane) WHERE i.seq = head.seq - 1
"""


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


def wet(db: Connection, estate: str = ESTATE, device: str = LEAK_SENSOR) -> None:
    """A sensor has been wet for six seconds."""
    now = system_clock()
    rows: list[Row] = [(device, "wet", now - 6 * SECOND, 1.0), (device, "wet", now, 1.0)]
    with db.transaction():
        body = ReadingBatch(now, rows)
        inbox.append(db, estate_id=estate, lane=Lane.LIVE, kind="readings", body=body, at=now)


def raised(db: Connection, estate: str = ESTATE) -> list[str]:
    rows = db.execute(
        "SELECT record->>'device' FROM event WHERE kind = 'alarm.raised' AND estate_id = %s"
        " ORDER BY seq",
        (estate,),
    )
    return [device for (device,) in rows]


def owners(db: Connection) -> list[int]:
    return [pid for (pid,) in db.execute(_OWNERS)]


def wait_for_alarms(db: Connection, number: int) -> None:
    eventually(lambda: len(raised(db)) >= number, what=f"{number} alarms")


def wait_until_read(db: Connection, left: int) -> None:
    eventually(lambda: unread(db) <= left, within_s=30, what=f"all but {left} entries are read")


def unread(db: Connection) -> int:
    row = db.execute(
        "SELECT seq - coalesce((SELECT max(upto[2]) FROM batch), 0) FROM inbox_head WHERE lane = 1"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_engine_goes_on_when_the_server_drops_its_connection(database: str, db: Connection) -> None:
    with running_engine(database):
        wet(db, device=SENSORS[0])
        wait_for_alarms(db, 1)
        (pid,) = owners(db)
        db.execute("SELECT pg_terminate_backend(%s)", (pid,))
        wet(db, device=SENSORS[1])
        wait_for_alarms(db, 2)
        assert owners(db) != [pid]
    assert raised(db) == SENSORS[:2]


def test_of_two_engines_one_owns_the_estate_and_the_other_takes_over(
    database: str, db: Connection
) -> None:
    with running_engine(database):
        eventually(lambda: owners(db), what="an owner")
        with running_engine(database):
            wet(db, device=SENSORS[0])
            wait_for_alarms(db, 1)
            (first,) = owners(db)
            db.execute("SELECT pg_terminate_backend(%s)", (first,))
            wet(db, device=SENSORS[1])
            wait_for_alarms(db, 2)
            assert len(owners(db)) == 1
    assert raised(db) == SENSORS[:2]


def test_estate_that_cannot_be_written_stops_no_other_and_goes_on_when_mended(
    database: str, db: Connection, tmp_path: Path
) -> None:
    settle(database, tmp_path, now=system_clock(), yaml=YAML.replace("harbour", "afflicted"))
    db.execute("ALTER TABLE event ADD CONSTRAINT affliction CHECK (estate_id <> 'afflicted')")
    with running_engine(database):
        wet(db, "afflicted")
        for n, device in enumerate(SENSORS):
            wet(db, device=device)
            wait_for_alarms(db, n + 1)
        assert raised(db, "afflicted") == []
        eventually(
            lambda: health.unowned_estates(db) == ["afflicted"],
            what="nobody claims to watch the afflicted estate",
        )
        db.execute("ALTER TABLE event DROP CONSTRAINT affliction")
        eventually(lambda: raised(db, "afflicted"), what="the afflicted estate goes on")
    assert raised(db, "afflicted") == [LEAK_SENSOR]


def test_wake_up_reads_the_inbox_of_no_estate_that_is_neither_announced_nor_due(
    database: str, db: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(database, tmp_path, now=system_clock(), yaml=YAML.replace("harbour", "silent"))
    looked_at, next_entries = [], batches.next_entries

    def noted(db: Connection, estate_id: str, *rest: Any) -> list[Entry]:
        looked_at.append(estate_id)
        return next_entries(db, estate_id, *rest)

    monkeypatch.setattr(batches, "next_entries", noted)
    with running_engine(database):
        wet(db, "silent")
        eventually(lambda: raised(db, "silent"), what="both estates are owned")
        wet(db, device=SENSORS[0])
        wait_for_alarms(db, 1)
        looked_at.clear()
        wet(db, device=SENSORS[1])
        wait_for_alarms(db, 2)
        assert set(looked_at) == {ESTATE}


def test_entry_that_nobody_announced_is_found(database: str, db: Connection) -> None:
    with running_engine(database):
        wet(db, device=SENSORS[0])
        wait_for_alarms(db, 1)
        db.execute(_APPEND_UNANNOUNCED, {"old": SENSORS[0], "new": SENSORS[1]})
        wait_for_alarms(db, 2)
    assert raised(db) == SENSORS[:2]


@contextmanager
def engine_process(database: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hub.engine"],
        env={**os.environ, "GATEHOUSE_DATABASE_URL": database},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_engine_that_is_killed_midway_takes_every_entry_exactly_once(
    database: str, db: Connection
) -> None:
    begin = system_clock() - 3600 * SECOND
    with db.transaction():
        for n in range(1200):
            device, at = SENSORS[n % 6], begin + n * 3 * SECOND
            rows: list[Row] = [(device, "wet", at, float(n // 60 % 2)), ("b1-mains", "x", at, 1.0)]
            body = ReadingBatch(at, rows)
            inbox.append(db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=body, at=at)
    for left in (900, 600, 300):
        with engine_process(database):
            wait_until_read(db, left)
    with engine_process(database):
        wait_until_read(db, 0)
    seqs = [seq for (seq,) in db.execute("SELECT seq FROM event ORDER BY seq")]
    assert seqs == list(range(1, len(seqs) + 1))
    assert sorted(raised(db)) == SENSORS
    replayed = replay(database, rulebook(), ESTATE)
    assert replayed.difference is None
    again = db.execute("SELECT record->>'count' FROM event WHERE kind = 'alarm.raised_again'")
    assert sorted(int(count) for (count,) in again) == sorted([*range(2, 11)] * len(SENSORS))
