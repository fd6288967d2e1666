"""A clock that is wrong, or was set back: what is due comes due, and it is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from hub.engine.replay import replay
from rules.catalogue import rulebook
from rules.state.inputs import RosterChanged
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant, to_rfc3339
from rules.vocabulary.reading import ReadingBatch, Value
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from tests.rig.estates import ESTATE, LEAK_SENSOR, YAML, settle
from tests.rig.hubs import RunningHub

AT = system_clock()
PRESSURE = "b1-pump-pressure"
"""A device that is silent when it says nothing for 90 seconds."""

_ESTATE = f"""\
{YAML}
  - id: {PRESSURE}
    type: pressure
    building: B1
    place: {{en: Pump room, zh: 泵房}}
"""


@dataclass
class Machine:
    """A machine whose wall clock is `off` from the true time."""

    true: Instant = AT
    off: Instant = 0

    def wall(self) -> Instant:
        return self.true + self.off

    def monotonic(self) -> Instant:
        return self.true - AT

    def boot(self, db: Connection) -> EstateEngine:
        """Start an engine on it, which takes the estate over."""
        assert batches.own(db, ESTATE)
        engine = EstateEngine(db, ESTATE, rulebook(), self.wall, self.monotonic)
        run_dry(engine)
        return engine

    def wait(self, engine: EstateEngine, seconds: int) -> None:
        """Let `seconds` pass, the engine looking at each."""
        for _ in range(seconds):
            self.true += SECOND
            run_dry(engine)

    def wait_minutes(self, engine: EstateEngine, minutes: int) -> None:
        """Let `minutes` pass, the engine looking every 20 seconds."""
        for _ in range(3 * minutes):
            self.true += 20 * SECOND
            run_dry(engine)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[Connection]:
    settle(database, tmp_path, now=AT, yaml=_ESTATE)
    with connect(database, name="test", autocommit=True) as connection:
        yield connection


def run_dry(engine: EstateEngine) -> None:
    while engine.advance():
        pass


def append(db: Connection, lane: Lane, kind: str, body: object, at: Instant) -> None:
    with db.transaction():
        inbox.append(db, estate_id=ESTATE, lane=lane, kind=kind, body=body, at=at)


def read(db: Connection, device: str, signal: str, value: Value, at: Instant) -> None:
    """A gateway whose clock shows `at` hears of a value."""
    append(db, Lane.LIVE, "readings", ReadingBatch(at, [(device, signal, at, value)]), at)


def wet(db: Connection, at: Instant) -> None:
    """The sensor is wet, which is an alarm after five seconds."""
    read(db, LEAK_SENSOR, "wet", 1.0, at)


def damage(db: Connection, machine: Machine, engine: EstateEngine) -> None:
    """Engine and database run on one machine, whose clock is six hours ahead for nine seconds."""
    machine.off = 6 * HOUR
    read(db, LEAK_SENSOR, "wet", 0.0, machine.true)
    machine.wait(engine, 9)
    machine.off = 0


def count(db: Connection, kind: str, id_like: str = "%") -> int:
    row = db.execute(
        "SELECT count(*) FROM event WHERE kind = %s AND record->>'id' LIKE %s", (kind, id_like)
    ).fetchone()
    assert row is not None
    return int(row[0])


def told_ahead(db: Connection) -> int:
    return count(db, "system.alarm", "time\\_ahead/%")


def clock_check(hub: RunningHub) -> tuple[int, str]:
    answer = httpx.get(f"{hub.url}/readyz")
    return answer.status_code, answer.json()["checks"]["clock"]


def test_alarm_comes_after_its_delay_although_the_clock_was_six_hours_ahead(
    database: str, db: Connection, machine: Machine
) -> None:
    engine = machine.boot(db)
    damage(db, machine, engine)
    wet(db, machine.true)
    machine.wait(engine, 4)
    assert count(db, "alarm.raised") == 0
    machine.wait(engine, 2)
    assert count(db, "alarm.raised") == 1
    assert replay(database, rulebook(), ESTATE).difference is None


def test_hub_is_not_ready_while_an_estate_is_ahead_and_says_which_and_by_how_much(
    hub: RunningHub, machine: Machine
) -> None:
    with connect(hub.dsn, name="test", autocommit=True) as db:
        engine = machine.boot(db)
        assert clock_check(hub)[1] == "ok"
        damage(db, machine, engine)
        machine.wait(engine, 2)
        status, said = clock_check(hub)
        assert status == 503
        assert f"{ESTATE} by 21" in said
        assert told_ahead(db) == 1


def test_who_does_not_acknowledge_is_called_over_the_head_of(
    database: str, db: Connection, machine: Machine
) -> None:
    """The shift leader after a quarter of an hour, which lasts a ninth longer."""
    shift = {"from": to_rfc3339(AT - DAY), "until": to_rfc3339(AT + DAY)}
    roster = {"shifts": [{"duty": "SL", "user": "leader", **shift}], "neighbours": []}
    append(db, Lane.COMMANDS, "roster", RosterChanged(1, roster), AT)
    engine = machine.boot(db)
    damage(db, machine, engine)
    wet(db, machine.true)
    machine.wait_minutes(engine, 14)
    assert count(db, "callout.requested") == 0
    machine.wait_minutes(engine, 4)
    assert count(db, "callout.requested") == 1
    assert replay(database, rulebook(), ESTATE).difference is None


def test_device_that_goes_on_speaking_is_not_silent_and_one_that_ceases_is(
    db: Connection, machine: Machine
) -> None:
    engine = machine.boot(db)
    read(db, PRESSURE, "pressure_mpa", 0.4, machine.true)
    run_dry(engine)
    damage(db, machine, engine)
    for _ in range(20):
        machine.wait(engine, 30)
        read(db, PRESSURE, "pressure_mpa", 0.4, machine.true)
    assert count(db, "alarm.raised") == 0
    machine.wait_minutes(engine, 6)
    assert count(db, "alarm.raised") == 1


@pytest.mark.parametrize("gateway_off", [-HOUR, 0])
def test_clock_that_is_set_back_by_an_hour_stops_no_delay_whatever_the_gateways_shows(
    database: str, db: Connection, machine: Machine, gateway_off: Instant
) -> None:
    engine = machine.boot(db)
    machine.wait(engine, 1)
    machine.off = -HOUR
    wet(db, machine.true + gateway_off)
    machine.wait(engine, 4)
    assert count(db, "alarm.raised") == 0
    machine.wait(engine, 2)
    assert count(db, "alarm.raised") == 1
    assert told_ahead(db) == 1
    assert replay(database, rulebook(), ESTATE).difference is None


def test_engine_that_takes_over_goes_on_in_the_same_time_and_tells_nothing_twice(
    database: str, db: Connection, machine: Machine
) -> None:
    engine = machine.boot(db)
    damage(db, machine, engine)
    wet(db, machine.true)
    machine.wait(engine, 3)
    machine.wait(machine.boot(db), 1)
    assert count(db, "alarm.raised") == 0
    machine.wait(machine.boot(db), 2)
    assert count(db, "alarm.raised") == 1
    assert told_ahead(db) == 1
    assert replay(database, rulebook(), ESTATE).difference is None


def test_time_in_which_no_engine_ran_counts_as_time(db: Connection, machine: Machine) -> None:
    engine = machine.boot(db)
    damage(db, machine, engine)
    wet(db, machine.true)
    machine.wait(engine, 1)
    machine.true += 10 * SECOND
    machine.boot(db)
    assert count(db, "alarm.raised") == 1


def test_clock_that_has_caught_up_is_well_and_the_next_time_is_told_anew(
    database: str, db: Connection, machine: Machine
) -> None:
    engine = machine.boot(db)
    machine.wait(engine, 1)
    for times in (1, 2):
        read(db, LEAK_SENSOR, "wet", 0.0, machine.wall())
        run_dry(engine)
        machine.off -= 3 * MINUTE
        wet(db, machine.wall())
        machine.wait_minutes(engine, 32)
        read(db, LEAK_SENSOR, "wet", 0.0, machine.wall())
        run_dry(engine)
        assert told_ahead(db) == times
        assert batches.last(db, ESTATE).now == machine.wall()
    assert replay(database, rulebook(), ESTATE).difference is None


def test_step_back_by_seconds_is_told_to_nobody_and_delays_nothing(
    db: Connection, machine: Machine
) -> None:
    engine = machine.boot(db)
    machine.wait(engine, 1)
    machine.off = -5 * SECOND
    wet(db, machine.wall())
    machine.wait(engine, 6)
    assert count(db, "alarm.raised") == 1
    assert count(db, "system.alarm") == 0
