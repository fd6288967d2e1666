"""A replay that decides otherwise than the record: what was recorded stands, nothing ghosts."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.rulebook.rulebook import Rulebook, as_data
from rules.state.inputs import Ordered, RulebookChanged
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


def without_leaks() -> Rulebook:
    """The shipped rules, as if leaks were not watched."""
    rules = {id_: rule for id_, rule in rulebook().rules.items() if id_ != "leak"}
    return rulebook().model_copy(update={"rules": rules})


def run_dry(db: Connection) -> None:
    assert batches.own(db, ESTATE)
    engine = EstateEngine(db, ESTATE, rulebook(), system_clock)
    while engine.advance():
        pass


def decide_by(db: Connection, rules: Rulebook) -> None:
    """Have a replay decide by other rules than those that were in force."""
    db.execute("DELETE FROM snapshot")
    body = msgspec.json.encode(RulebookChanged(1, as_data(rules))).decode()
    db.execute("UPDATE inbox SET body = %s::json WHERE kind = 'rulebook'", (body,))


def append(db: Connection, lane: Lane, kind: str, body: object) -> None:
    with db.transaction():
        inbox.append(db, estate_id=ESTATE, lane=lane, kind=kind, body=body, at=system_clock())


def wet(db: Connection) -> None:
    at = system_clock() - 30 * SECOND
    rows: list[Row] = [(LEAK_SENSOR, "wet", at, 1.0), (LEAK_SENSOR, "wet", at + 6 * SECOND, 1.0)]
    append(db, Lane.LIVE, "readings", ReadingBatch(at, rows))


def acknowledge(db: Connection) -> None:
    """Answer the one alarm that is on record."""
    ((alarm,),) = db.execute("SELECT id FROM alarm").fetchall()
    append(db, Lane.COMMANDS, "command", Ordered(AcknowledgeAlarm(alarm), "somebody", "operator"))


def kinds(db: Connection) -> list[str]:
    rows = db.execute("SELECT kind FROM event ORDER BY seq")
    return [kind for (kind,) in rows if not kind.startswith("notice.")]


def test_alarm_that_only_the_replay_gives_is_recorded_before_anybody_answers_it(
    db: Connection,
) -> None:
    run_dry(db)
    decide_by(db, without_leaks())
    wet(db)
    run_dry(db)
    assert kinds(db) == []
    decide_by(db, rulebook())
    run_dry(db)
    assert sorted(kinds(db)) == [
        "alarm.raised", "incident.cause_found", "incident.opened", "system.alarm", "ticket.opened",
    ]  # fmt: skip
    acknowledge(db)
    run_dry(db)
    assert kinds(db)[-1] == "alarm.acknowledged"
    assert kinds(db).count("system.alarm") == 1, "what was put right once is not told again"


def test_alarm_that_the_replay_does_not_give_stands_until_it_is_answered(db: Connection) -> None:
    wet(db)
    run_dry(db)
    told = db.execute("SELECT count(*) FROM notice").fetchone()
    decide_by(db, without_leaks())
    acknowledge(db)
    run_dry(db)
    assert kinds(db)[-2:] == ["alarm.acknowledged", "system.alarm"]
    assert kinds(db).count("alarm.raised") == 1
    assert db.execute("SELECT count(*) FROM notice").fetchone() == told
