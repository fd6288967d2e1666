"""One estate's engine on a real database: order, exactness, ownership, restart, replay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from hub.engine.replay import replay
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.state.inputs import Ordered
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle
from tests.rig.waiting import eventually


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


def engine(db: Connection) -> EstateEngine:
    """The server takes a moment to end the session of an engine before."""
    eventually(lambda: batches.own(db, ESTATE), what="the estate is free")
    return EstateEngine(db, ESTATE, rulebook(), system_clock)


def run_dry(engine: EstateEngine) -> None:
    while engine.advance():
        pass


def append(db: Connection, lane: Lane, kind: str, body: object) -> None:
    with db.transaction():
        inbox.append(db, estate_id=ESTATE, lane=lane, kind=kind, body=body, at=system_clock())


def wet(db: Connection, at: Instant, *, lane: Lane = Lane.LIVE) -> None:
    """The sensor has been wet for long enough to be an alarm."""
    rows: list[Row] = [(LEAK_SENSOR, "wet", at, 1.0), (LEAK_SENSOR, "wet", at + 6 * SECOND, 1.0)]
    append(db, lane, "readings", ReadingBatch(at, rows))


def acknowledge(db: Connection, alarm: str) -> None:
    append(db, Lane.COMMANDS, "command", Ordered(AcknowledgeAlarm(alarm), "operator", "operator"))


def kinds(db: Connection) -> list[str]:
    rows = db.execute("SELECT kind FROM event ORDER BY seq")
    return [kind for (kind,) in rows if not kind.startswith("notice.")]


def count(db: Connection, table: str) -> int:
    row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_events_state_outbox_and_checkpoint_commit_together(db: Connection) -> None:
    wet(db, system_clock() - 30 * SECOND)
    run_dry(engine(db))
    assert kinds(db) == [
        "alarm.raised", "incident.opened", "ticket.opened", "incident.cause_found",
    ]  # fmt: skip
    assert [count(db, t) for t in ("alarm", "incident", "ticket")] == [1, 1, 1]
    assert count(db, "outbox") == count(db, "notice") > 0
    assert batches.last(db, ESTATE).upto == (2, 1, 0)


def test_event_numbers_have_no_gap(db: Connection) -> None:
    wet(db, system_clock() - 30 * SECOND)
    acknowledge(db, f"{ESTATE}-a1")
    run_dry(engine(db))
    seqs = [seq for (seq,) in db.execute("SELECT seq FROM event ORDER BY seq")]
    assert seqs == list(range(1, len(seqs) + 1))


def test_command_is_taken_before_a_backlog_of_readings(db: Connection) -> None:
    running = engine(db)
    wet(db, system_clock() - 60 * SECOND)
    run_dry(running)
    for n in range(200):
        row = (LEAK_SENSOR, "wet", system_clock() + n, 1.0)
        append(db, Lane.LIVE, "readings", ReadingBatch(system_clock(), [row]))
    acknowledge(db, f"{ESTATE}-a1")
    running.advance()
    assert kinds(db)[-1] == "alarm.acknowledged"
    assert batches.last(db, ESTATE).upto[1] < 201


def test_backfill_waits_until_live_readings_ran_dry(db: Connection) -> None:
    running = engine(db)
    for n in range(100):
        row = (LEAK_SENSOR, "wet", system_clock() + n, 0.0)
        append(db, Lane.LIVE, "readings", ReadingBatch(system_clock(), [row]))
    append(
        db, Lane.BACKFILL, "readings", ReadingBatch(system_clock(), [(LEAK_SENSOR, "wet", 1, 0.0)])
    )
    running.advance()
    assert batches.last(db, ESTATE).upto[2] == 0
    run_dry(running)
    assert batches.last(db, ESTATE).upto[1:] == (100, 1)


def test_second_engine_owns_the_estate_only_after_the_first_is_gone(
    database: str, db: Connection
) -> None:
    with connect(database, name="first", autocommit=True) as first:
        assert batches.own(first, ESTATE)
        assert not batches.own(db, ESTATE)
    eventually(lambda: batches.own(db, ESTATE), what="the server has ended the first one's session")


def test_restarted_engine_goes_on_as_if_nothing_had_been(database: str, db: Connection) -> None:
    with connect(database, name="first", autocommit=True) as first:
        wet(db, system_clock() - 30 * SECOND)
        run_dry(engine(first))
    again = engine(db)
    acknowledge(db, f"{ESTATE}-a1")
    run_dry(again)
    assert kinds(db) == [
        "alarm.raised", "incident.opened", "ticket.opened", "incident.cause_found",
        "alarm.acknowledged",
    ]  # fmt: skip


def test_replay_from_the_first_entry_gives_the_recorded_events(
    database: str, db: Connection
) -> None:
    wet(db, system_clock() - 30 * SECOND)
    acknowledge(db, f"{ESTATE}-a1")
    run_dry(engine(db))
    replayed = replay(database, rulebook(), ESTATE)
    assert replayed.batches == batches.last(db, ESTATE).no
    assert replayed.difference is None


def test_field_that_records_have_got_since_makes_no_replay_differ(
    database: str, db: Connection
) -> None:
    wet(db, system_clock() - 30 * SECOND)
    run_dry(engine(db))
    lacking = (
        "UPDATE event SET record = replace(record::text, %s, '')::json WHERE record::text ~ %s"
    )
    assert db.execute(lacking, (',"halted_at":null', "halted_at")).rowcount == 1
    assert replay(database, rulebook(), ESTATE).difference is None


def test_record_that_a_replay_does_not_give_stands_and_raises_a_system_alarm(
    database: str, db: Connection
) -> None:
    with connect(database, name="first", autocommit=True) as first:
        wet(db, system_clock() - 30 * SECOND)
        run_dry(engine(first))
    db.execute("DELETE FROM snapshot")
    db.execute("UPDATE event SET by = 'somebody' WHERE kind = 'alarm.raised'")
    again = engine(db)
    run_dry(again)
    assert kinds(db)[-1] == "system.alarm"
    assert kinds(db).count("alarm.raised") == 1
    acknowledge(db, f"{ESTATE}-a1")
    run_dry(again)
    assert kinds(db)[-1] == "alarm.acknowledged"


def test_unreadable_entry_is_a_system_alarm_and_the_lane_goes_on(db: Connection) -> None:
    append(db, Lane.LIVE, "readings", {"rows": "none"})
    append(db, Lane.LIVE, "nonsense", {})
    wet(db, system_clock() - 30 * SECOND)
    run_dry(engine(db))
    assert kinds(db)[:3] == ["system.alarm", "system.alarm", "alarm.raised"]
