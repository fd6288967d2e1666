"""An engine without a snapshot that it can read, and without the inbox's past, is not blind."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from hub.clock import system_clock
from hub.engine.estate_engine import EstateEngine
from hub.engine.fold import fold
from hub.engine.rebuilt import BlindEngine
from hub.engine.replay import HistoryRetired, replay
from rules import snapshot
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm, ShelveAlarm
from rules.state.inputs import Command, Ordered
from rules.vocabulary.instant import HOUR, MINUTE, SECOND, Instant
from rules.vocabulary.reading import ReadingBatch
from store.database.connection import Connection, connect
from store.engine import batches, inbox
from store.engine.inbox import Lane
from store.readings import readings
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle

OTHER_SENSOR = "b1-03-02-kitchen-leak"
GARBAGE = b"\x00nonsense"
LATER_VERSION = msgspec.msgpack.encode({"version": 999, "parts": []})

unreadable = pytest.mark.parametrize("state", [GARBAGE, LATER_VERSION], ids=["garbage", "later"])


class Hub:
    """The estate with its inbox, and the engine that has it, at a time of the test's own."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.now = system_clock()
        assert batches.own(db, ESTATE)
        self.restart()

    def restart(self) -> None:
        self.engine = EstateEngine(self.db, ESTATE, rulebook(), lambda: self.now)
        self.run_dry()

    def run_dry(self) -> None:
        while self.engine.advance():
            pass

    def wait(self, duration: Instant) -> None:
        """Time passes, and a snapshot is taken."""
        self.now += duration
        self.run_dry()
        self.engine.keep(self.db)

    def say(self, device: str, wet: float) -> None:
        """A reading as the gateway takes it in: into the history and the inbox."""
        with self.db.transaction():
            said = readings.Reading(ESTATE, device, "wet", self.now, wet, self.now, 0)
            readings.append(self.db, [said], received_at=self.now)
            self.append(
                Lane.LIVE, "readings", ReadingBatch(self.now, [(device, "wet", self.now, wet)])
            )

    def hear(self, device: str, wet: float) -> None:
        """The same, read by the engine too."""
        self.say(device, wet)
        self.run_dry()

    def order(self, command: Command) -> None:
        self.append(Lane.COMMANDS, "command", Ordered(command, "op", "operator"))
        self.run_dry()

    def append(self, lane: Lane, kind: str, body: object) -> None:
        with self.db.transaction():
            inbox.append(self.db, estate_id=ESTATE, lane=lane, kind=kind, body=body, at=self.now)

    def lose(self, state: bytes) -> None:
        """Make every snapshot unreadable, and let retention have taken what has been read."""
        upto = batches.last(self.db, ESTATE).upto
        self.db.execute("UPDATE snapshot SET state = %s", (state,))
        for lane, seq in enumerate(upto):
            self.db.execute("DELETE FROM inbox WHERE lane = %s AND seq <= %s", (lane, seq))
        self.db.execute("DELETE FROM batch WHERE no < (SELECT max(no) FROM batch)")

    def kinds(self, *, after: int = 0) -> list[str]:
        rows = self.db.execute("SELECT kind FROM event WHERE seq > %s ORDER BY seq", (after,))
        return [kind for (kind,) in rows if not kind.startswith("notice.")]

    def seq(self) -> int:
        row = self.db.execute("SELECT last_seq FROM event_head").fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def hub(database: str, tmp_path: Path) -> Iterator[Hub]:
    settle(database, tmp_path, now=system_clock())
    with connect(database, name="test", autocommit=True) as db:
        yield Hub(db)


def leak(hub: Hub, device: str = LEAK_SENSOR) -> None:
    hub.hear(device, 1.0)
    hub.wait(10 * SECOND)


@unreadable
def test_wet_sensor_raises_an_alarm_though_every_snapshot_is_unreadable(
    hub: Hub, state: bytes
) -> None:
    leak(hub)
    hub.lose(state)
    before = hub.seq()
    hub.restart()
    assert hub.kinds(after=before) == ["system.alarm"]
    assert len(fold(hub.db, ESTATE, rulebook()).state.estate.devices) == 7
    leak(hub, OTHER_SENSOR)
    assert hub.kinds(after=before)[1:3] == ["alarm.raised", "incident.alarm_added"]


def test_what_was_lost_is_told_as_a_system_alarm_of_p1(hub: Hub) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.restart()
    row = hub.db.execute("SELECT record FROM event WHERE kind = 'system.alarm'").fetchone()
    assert row is not None
    assert row[0]["priority"] == "P1"
    assert "leak 1" in row[0]["detail"]
    assert "timers set anew: cause 1, escalate 1" in row[0]["detail"]


def test_rebuilt_state_is_not_called_exact_and_the_next_restart_begins_with_it(hub: Hub) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    folded = fold(hub.db, ESTATE, rulebook())
    assert not folded.exact
    hub.restart()
    again = fold(hub.db, ESTATE, rulebook())
    assert again.exact
    hub.restart()
    assert hub.kinds().count("system.alarm") == 1


def test_what_was_open_is_as_it_was_and_its_deadlines_come(hub: Hub) -> None:
    leak(hub)
    hub.order(AcknowledgeAlarm(f"{ESTATE}-a1"))
    leak(hub, OTHER_SENSOR)
    hub.order(ShelveAlarm(f"{ESTATE}-a2", hub.now + 8 * HOUR, "seen"))
    true = fold(hub.db, ESTATE, rulebook()).state
    hub.lose(GARBAGE)
    state = fold(hub.db, ESTATE, rulebook()).state
    for table in (
        "alarms", "settled", "incidents", "tickets", "notices", "told", "suppressions", "reviews",
        "numbers", "evidence", "callouts", "devices", "incident_ids", "estate_file",
        "rulebook_version", "rulebook_body", "superseded_plans",
    ):  # fmt: skip
        assert getattr(state, table) == getattr(true, table), table
    anew = {"cause", "escalate"}
    assert {k: v for k, v in state.timers.running.items() if k[0] not in anew} == {
        k: v for k, v in true.timers.running.items() if k[0] not in anew
    }


def test_ticket_that_nobody_accepts_is_late_as_if_nothing_had_been(hub: Hub) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.restart()
    before = hub.seq()
    hub.wait(3 * HOUR)
    assert "ticket.clock_missed" in hub.kinds(after=before)


def test_alarm_whose_condition_stands_is_not_raised_twice_and_clears_when_it_ends(
    hub: Hub,
) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.restart()
    hub.wait(5 * MINUTE)
    before = hub.seq()
    assert hub.kinds().count("alarm.raised") == 1
    assert "alarm.cleared" not in hub.kinds()
    hub.hear(LEAK_SENSOR, 0.0)
    hub.wait(5 * MINUTE)
    assert "alarm.cleared" in hub.kinds(after=before)


def test_alarm_whose_condition_ended_unread_clears(hub: Hub) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.now += MINUTE
    hub.say(LEAK_SENSOR, 0.0)
    hub.restart()
    hub.wait(5 * MINUTE)
    assert hub.kinds().count("alarm.cleared") == 1


def test_what_was_not_read_yet_is_taken_from_the_inbox(hub: Hub) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.now += MINUTE
    hub.say(OTHER_SENSOR, 1.0)
    hub.now += 10 * SECOND
    hub.say(OTHER_SENSOR, 0.0)
    hub.restart()
    hub.wait(5 * MINUTE)
    assert hub.kinds().count("alarm.raised") == 2, "it was wet for long enough, and then dry"


def test_little_that_the_inbox_has_from_its_start_is_folded_exactly(hub: Hub) -> None:
    leak(hub)
    true = snapshot.save(fold(hub.db, ESTATE, rulebook()).state)
    hub.db.execute("UPDATE snapshot SET state = %s", (GARBAGE,))
    folded = fold(hub.db, ESTATE, rulebook())
    assert folded.exact
    assert snapshot.save(folded.state) == true


def test_much_that_the_inbox_has_is_not_folded_before_the_engine_watches(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(hub)
    monkeypatch.setattr("hub.engine.fold.FOLDED_AT_MOST", 1)
    hub.db.execute("UPDATE snapshot SET state = %s", (GARBAGE,))
    folded = fold(hub.db, ESTATE, rulebook())
    assert folded.batches == 0
    assert folded.lost is not None
    assert len(folded.state.estate.devices) == 7


def test_older_snapshot_that_can_be_read_is_better_than_none(hub: Hub) -> None:
    hub.wait(MINUTE)
    leak(hub)
    hub.wait(MINUTE)
    true = snapshot.save(fold(hub.db, ESTATE, rulebook()).state)
    hub.db.execute(
        "UPDATE snapshot SET state = %s WHERE batch_no > (SELECT min(batch_no) FROM snapshot)",
        (GARBAGE,),
    )
    hub.db.execute("DELETE FROM batch WHERE no < (SELECT min(batch_no) FROM snapshot)")
    folded = fold(hub.db, ESTATE, rulebook())
    assert folded.exact
    assert snapshot.save(folded.state) == true


def test_snapshots_of_the_last_day_are_kept_one_an_hour(hub: Hub) -> None:
    for _ in range(40):
        hub.hear(LEAK_SENSOR, 0.0)
        hub.wait(HOUR)
    times = [at for (at,) in hub.db.execute("SELECT created_at FROM snapshot ORDER BY 1")]
    assert 24 <= len(times) <= 28
    hours = {(later - sooner).total_seconds() for sooner, later in pairwise(times)}
    assert max(hours) <= 3600


def test_replay_after_a_rebuild_says_that_its_history_is_gone(hub: Hub, database: str) -> None:
    leak(hub)
    hub.lose(GARBAGE)
    hub.restart()
    with pytest.raises(HistoryRetired):
        replay(database, rulebook(), ESTATE)


def test_engine_never_begins_without_the_devices_of_its_estate(hub: Hub) -> None:
    leak(hub)
    state = fold(hub.db, ESTATE, rulebook()).state
    state.estate_version, state.estate_file = 0, {}
    hub.db.execute("UPDATE snapshot SET state = %s", (snapshot.save(state),))
    with pytest.raises(BlindEngine):
        fold(hub.db, ESTATE, rulebook())
