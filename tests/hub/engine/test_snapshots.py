"""Snapshots that a copy of the engine's process writes: whole, of one batch, beside its work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.clock import system_clock
from hub.engine import loop
from hub.engine.estate_engine import EstateEngine
from hub.engine.fold import fold
from hub.engine.snapshots import Snapshots
from rules import snapshot
from rules.catalogue import rulebook
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle
from tests.rig.hubs import running_engine
from tests.rig.waiting import eventually

_HOLD = "SELECT pg_advisory_lock(7)"
_LET_GO = "SELECT pg_advisory_unlock(7)"


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


@pytest.fixture
def engine(db: Connection) -> EstateEngine:
    assert batches.own(db, ESTATE)
    engine = EstateEngine(db, ESTATE, rulebook(), system_clock)
    run_dry(engine)
    return engine


def run_dry(engine: EstateEngine) -> None:
    while engine.advance():
        pass


def wet(db: Connection) -> None:
    at = system_clock() - 30 * SECOND
    rows: list[Row] = [(LEAK_SENSOR, "wet", at, 1.0), (LEAK_SENSOR, "wet", at + 6 * SECOND, 1.0)]
    with db.transaction():
        body = ReadingBatch(at, rows)
        inbox.append(db, estate_id=ESTATE, lane=Lane.LIVE, kind="readings", body=body, at=at)


def stored(db: Connection) -> dict[int, bytes]:
    """The snapshots by batch."""
    return dict(db.execute("SELECT batch_no, state FROM snapshot").fetchall())


@contextmanager
def held(db: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No copy begins to write before the end of this context."""
    keep = EstateEngine.keep

    def keep_when_let_go(engine: EstateEngine, through: Connection) -> None:
        through.execute(_HOLD)
        keep(engine, through)

    monkeypatch.setattr(EstateEngine, "keep", keep_when_let_go)
    db.execute(_HOLD)
    yield
    db.execute(_LET_GO)


def test_snapshot_is_of_the_batch_at_which_it_was_taken_whatever_comes_meanwhile(
    database: str, db: Connection, engine: EstateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    then, no = snapshot.save(fold(db, ESTATE, rulebook()).state), engine.batch_no
    with Snapshots(database) as snapshots:
        with held(db, monkeypatch):
            snapshots.take([engine])
            wet(db)
            run_dry(engine)
            assert engine.batch_no > no
        snapshots.wait()
    assert stored(db) == {no: then}
    folded = fold(db, ESTATE, rulebook())
    assert folded.batches == engine.batch_no - no
    assert folded.exact


def test_snapshot_that_is_interrupted_was_never_there(
    database: str, db: Connection, engine: EstateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.keep(db)
    before = stored(db)
    wet(db)
    run_dry(engine)
    with held(db, monkeypatch), Snapshots(database) as snapshots:
        snapshots.take([engine])
    assert stored(db) == before
    assert fold(db, ESTATE, rulebook()).exact


def test_no_copy_is_made_while_the_one_before_is_at_work(
    database: str, db: Connection, engine: EstateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = engine.batch_no
    with Snapshots(database) as snapshots:
        with held(db, monkeypatch):
            snapshots.take([engine])
            wet(db)
            run_dry(engine)
            snapshots.take([engine])
        snapshots.wait()
        assert list(stored(db)) == [no]


def test_copy_that_came_to_a_standstill_gives_way_to_another(
    database: str, db: Connection, engine: EstateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Snapshots(database, patience_s=0.0) as snapshots:
        with held(db, monkeypatch):
            snapshots.take([engine])
            wet(db)
            run_dry(engine)
            snapshots.take([engine])
        snapshots.wait()
        assert list(stored(db)) == [engine.batch_no]


def test_estate_that_has_not_moved_on_is_not_written_again(
    database: str, db: Connection, engine: EstateEngine
) -> None:
    with Snapshots(database) as snapshots:
        snapshots.take([engine])
        snapshots.wait()
        assert db.execute("DELETE FROM snapshot").rowcount == 1
        snapshots.take([engine])
        snapshots.wait()
    assert stored(db) == {}


def test_what_could_not_be_written_is_written_the_next_time(
    database: str, db: Connection, engine: EstateEngine
) -> None:
    db.execute("ALTER TABLE snapshot ADD CONSTRAINT affliction CHECK (batch_no < 0)")
    with Snapshots(database) as snapshots:
        snapshots.take([engine])
        snapshots.wait()
        db.execute("ALTER TABLE snapshot DROP CONSTRAINT affliction")
        snapshots.take([engine])
        snapshots.wait()
    assert list(stored(db)) == [engine.batch_no]


def test_running_engine_takes_snapshots(
    database: str, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SNAPSHOT_EVERY", SECOND // 10)
    with running_engine(database):
        wet(db)
        eventually(lambda: batches.last(db, ESTATE).no in stored(db), what="a snapshot is stored")
    assert fold(db, ESTATE, rulebook()).exact
