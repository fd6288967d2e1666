"""An engine that ships other rules than those of the record: an upgrade is an input like any."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from hub.engine.replay import replay
from hub.versions.rulebook import Change, in_force, save
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import ConfirmIncident
from rules.rulebook.plan import Plan
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.rulebook.writing import words_of
from rules.state.inputs import Ordered
from rules.vocabulary.instant import SECOND
from rules.vocabulary.reading import ReadingBatch, Row
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from store.people.audit import Actor
from store.readings import readings
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


def shipped(**rules: Rule | None) -> Rulebook:
    """The catalogue with other rules; None: without this one."""
    changed = {**rulebook().rules, **{id_.replace("_", "-"): rule for id_, rule in rules.items()}}
    kept = {id_: rule for id_, rule in changed.items() if rule is not None}
    return rulebook().model_copy(update={"rules": kept})


def leak(**changes: Any) -> Rule:
    return rulebook().rules["leak"].model_copy(update=changes)


def run_dry(db: Connection, rules: Rulebook) -> None:
    assert batches.own(db, ESTATE)
    engine = EstateEngine(db, ESTATE, rules, system_clock)
    while engine.advance():
        pass
    engine.keep(db)


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


def edit_leak(db: Connection, **changes: Any) -> None:
    """What a manager does on the console."""
    words = words_of(leak(**changes))
    seen = in_force(db, ESTATE).newest["rule/leak"].number
    change = Change(ESTATE, "rule/leak", seen, "calibrated", Actor("manager", "manager"))
    with db.transaction():
        save(db, change, words, now=system_clock())


def kinds(db: Connection) -> list[str]:
    rows = db.execute("SELECT kind FROM event ORDER BY seq")
    return [kind for (kind,) in rows if not kind.startswith("notice.")]


def rule_version(db: Connection) -> int:
    row = db.execute("SELECT (record->>'rule_version')::int FROM alarm").fetchone()
    assert row is not None
    return int(row[0])


def test_upgrade_is_replayed_as_it_happened(database: str, db: Connection) -> None:
    run_dry(db, shipped(leak=None))
    wet(db)
    run_dry(db, shipped(leak=None))
    assert kinds(db) == []
    db.execute("DELETE FROM snapshot")
    run_dry(db, rulebook())
    wet(db)
    run_dry(db, rulebook())
    assert kinds(db)[:3] == ["alarm.raised", "incident.opened", "ticket.opened"]
    acknowledge(db)
    run_dry(db, rulebook())
    assert kinds(db)[-1] == "alarm.acknowledged"
    assert "system.alarm" not in kinds(db)
    assert replay(database, rulebook(), ESTATE).difference is None


def test_alarm_of_a_rule_that_no_longer_ships_returns_to_normal(
    database: str, db: Connection
) -> None:
    wet(db)
    run_dry(db, rulebook())
    db.execute("DELETE FROM snapshot")
    run_dry(db, shipped(leak=None))
    assert kinds(db).count("alarm.raised") == kinds(db).count("alarm.cleared") == 1
    acknowledge(db)
    run_dry(db, shipped(leak=None))
    assert "system.alarm" not in kinds(db)
    assert replay(database, shipped(leak=None), ESTATE).difference is None


def test_new_rule_is_told_what_its_sensors_said_last(db: Connection) -> None:
    run_dry(db, shipped(leak=None))
    at = system_clock() - 60 * SECOND
    with db.transaction():
        said = readings.Reading(ESTATE, LEAK_SENSOR, "wet", at, 1.0, at, 0)
        readings.append(db, [said], received_at=at)
    run_dry(db, shipped(leak=leak(on_delay_s=0.0)))
    assert kinds(db)[:1] == ["alarm.raised"]


def test_same_catalogue_is_taken_in_once(db: Connection) -> None:
    run_dry(db, rulebook())
    run_dry(db, rulebook())
    assert db.execute("SELECT version, created_by FROM rulebook").fetchall() == [(1, "system")]


def test_rule_that_was_edited_stays_so_over_an_upgrade(db: Connection) -> None:
    run_dry(db, rulebook())
    edit_leak(db, on_delay_s=2.0)
    run_dry(db, shipped(leak=leak(on_delay_s=9.0), room_heat=None))
    force = in_force(db, ESTATE)
    assert force.edition.rulebook.rules["leak"].on_delay_s == 2
    assert force.edition.rulebook.rules["leak"].version == 2
    assert force.edition.edited == {"rule/leak"}
    assert "room-heat" not in force.edition.rulebook.rules


def test_rule_that_ships_otherwise_gets_the_next_version_of_the_estate(db: Connection) -> None:
    run_dry(db, rulebook())
    run_dry(db, shipped(leak=leak(on_delay_s=2.0, version=1)))
    wet(db)
    run_dry(db, shipped(leak=leak(on_delay_s=2.0, version=1)))
    assert rule_version(db) == 2


def test_number_of_a_rule_that_was_gone_is_not_used_again(db: Connection) -> None:
    for rules in (rulebook(), shipped(leak=None), rulebook()):
        run_dry(db, rules)
    assert in_force(db, ESTATE).edition.rulebook.rules["leak"].version == 3


def test_upgrade_that_an_edited_rule_does_not_fit_is_told_and_changes_nothing(
    db: Connection,
) -> None:
    run_dry(db, rulebook())
    edit_leak(db, suppressed_while=[{"rule": "room-heat", "same": []}])
    run_dry(db, shipped(room_heat=None))
    assert kinds(db) == ["system.alarm"]
    assert "room-heat" in in_force(db, ESTATE).edition.rulebook.rules


def test_rules_that_this_program_cannot_read_give_way_to_those_that_ship(db: Connection) -> None:
    run_dry(db, rulebook())
    db.execute("""UPDATE rulebook SET body = '{"rules": [{"id": "x"}]}', shipped = 'other'""")
    run_dry(db, rulebook())
    assert kinds(db) == ["system.alarm"]
    assert in_force(db, ESTATE).edition.rulebook.rules["leak"].version == 2


def test_restart_across_a_change_of_rules_goes_on_exactly(database: str, db: Connection) -> None:
    run_dry(db, rulebook())
    wet(db)
    run_dry(db, rulebook())
    edit_leak(db, on_delay_s=2.0)
    run_dry(db, rulebook())
    db.execute("DELETE FROM snapshot WHERE batch_no > 1")
    run_dry(db, rulebook())
    edit_leak(db, enabled=False)
    run_dry(db, rulebook())
    assert kinds(db).count("alarm.raised") == kinds(db).count("alarm.cleared") == 1
    assert "system.alarm" not in kinds(db)
    assert replay(database, rulebook(), ESTATE).difference is None


def test_open_incident_keeps_the_plan_that_it_began_with(db: Connection) -> None:
    wet(db)
    run_dry(db, rulebook())
    plans: dict[str, Plan] = dict(rulebook().plans)
    plans["PIPE"] = plans["PIPE"].model_copy(update={"tasks": plans["PIPE"].tasks[:1]})
    run_dry(db, rulebook().model_copy(update={"plans": plans}))
    append(
        db, Lane.COMMANDS, "command",
        Ordered(ConfirmIncident(f"{ESTATE}-i1", reason="seen"), "somebody", "operator"),
    )  # fmt: skip
    run_dry(db, rulebook().model_copy(update={"plans": plans}))
    ((version, tasks),) = db.execute(
        "SELECT (i.record->>'plan_version')::int, json_array_length(t.record->'tasks')"
        " FROM incident i JOIN ticket t ON t.incident_id = i.id"
    ).fetchall()
    assert version == 1
    assert tasks > 1
