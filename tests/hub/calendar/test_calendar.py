"""The calendar: each due time once, by one leader, made good after a pause."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from structlog.testing import capture_logs

from hub.calendar import calendar
from hub.calendar.calendar import Calendar
from hub.calendar.jobs import JOBS, KEPT, Job, retire, roll_up
from hub.people.sealed_contacts import Contact
from rules.vocabulary.instant import DAY, HOUR, MINUTE, Instant, from_rfc3339, to_datetime
from store.database.connection import Connection, connect
from store.database.migrate import has_timescale
from store.upkeep import retention
from tests.rig.contacts import PHONE, enter
from tests.rig.hubs import ShiftedClock
from tests.rig.waiting import eventually

NOW = from_rfc3339("2026-07-10T12:00:00Z")


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_LOOK_EVERY_S", 0.05)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@contextmanager
def running(dsn: str, clock: Callable[[], Instant], *jobs: Job) -> Iterator[Calendar]:
    made = Calendar(dsn, clock=clock, jobs=jobs)
    made.start()
    try:
        yield made
    finally:
        made.stop()


class Counter:
    """A job's work, counted."""

    def __init__(self) -> None:
        self.runs = 0
        self._lock = threading.Lock()

    def __call__(self, db: Connection, now: Instant) -> str:
        assert db.info.status.name == "OK"
        assert now > 0
        with self._lock:
            self.runs += 1
        return "counted"


def recorded(dsn: str, job: str) -> list[str]:
    with connect(dsn, name="tests") as db:
        rows = db.execute("SELECT result FROM calendar_run WHERE job = %s", (job,))
        return [result for (result,) in rows]


def test_a_job_that_fell_due_while_no_hub_ran_is_made_good_once(
    database: str, clock: ShiftedClock
) -> None:
    work = Counter()
    job = Job("yearly", 365 * DAY, 0, work)
    for _ in range(3):
        with running(database, clock, job) as made:
            eventually(partial(getattr, made, "leads"), what="it leads")
            eventually(lambda: recorded(database, "yearly"), what="the run is recorded")
    assert work.runs == 1
    assert recorded(database, "yearly") == ["counted"]


def test_a_job_runs_when_it_is_due(database: str, clock: ShiftedClock) -> None:
    work = Counter()
    with running(database, clock, Job("each second", 1_000_000, 0, work)):
        eventually(lambda: work.runs >= 3, what="three runs")
    assert len(recorded(database, "each second")) == work.runs


def test_one_of_several_leads_and_another_takes_over(database: str, clock: ShiftedClock) -> None:
    work = Counter()
    job = Job("each second", 1_000_000, 0, work)
    with running(database, clock, job) as first:
        eventually(lambda: first.leads, what="the first leads")
        with running(database, clock, job) as second:
            eventually(lambda: work.runs >= 2, what="it works")
            assert not second.leads
            first.stop()
            eventually(lambda: second.leads, what="the second leads")
            before = work.runs
            eventually(lambda: work.runs > before, what="it goes on")
    assert len(recorded(database, "each second")) == work.runs, "each due time once"


def test_a_leader_that_loses_its_connection_leads_no_more(
    database: str, clock: ShiftedClock
) -> None:
    with running(database, clock, Job("yearly", 365 * DAY, 0, Counter())) as made:
        eventually(lambda: made.leads, what="it leads")
        with connect(database, name="tests", autocommit=True) as db:

            def cut_off() -> bool:
                db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                    " application_name = 'gatehouse-calendar' AND datname = current_database()"
                )
                return not made.leads

            eventually(cut_off, what="it notices")
        eventually(lambda: made.leads, what="it leads again")


def test_a_job_that_raises_stops_no_other(database: str, clock: ShiftedClock) -> None:
    def raises(_: Connection, __: Instant) -> str:
        raise RuntimeError("a fault in the job")

    work = Counter()
    jobs = (Job("broken", DAY, 0, raises), Job("whole", DAY, 0, work))
    with running(database, clock, *jobs):
        eventually(lambda: work.runs, what="the other runs")
    assert recorded(database, "broken") == []


def test_no_job_runs_by_a_clock_that_is_far_ahead_of_the_databases(
    database: str, clock: ShiftedClock
) -> None:
    work = Counter()
    clock.ahead = 365 * DAY
    with capture_logs() as logs, running(database, clock, Job("yearly", 365 * DAY, 0, work)):
        refused = {"event": "calendar_job_refused", "job": "yearly", "log_level": "error"}
        eventually(lambda: [log for log in logs if refused.items() <= log.items()])
    assert work.runs == 0
    assert recorded(database, "yearly") == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-10T12:04:59Z", "2026-07-10T11:05:00Z"),
        ("2026-07-10T12:05:00Z", "2026-07-10T12:05:00Z"),
    ],
)
def test_due_times_are_fixed_on_the_clock(now: str, due: str) -> None:
    job = Job("hourly", HOUR, 5 * MINUTE, Counter())
    assert job.last_due(from_rfc3339(now)) == from_rfc3339(due)


def test_every_kind_of_old_row_has_a_time() -> None:
    assert KEPT.keys() == retention.QUERIES.keys()
    assert {job.name for job in JOBS} == {"roll-up", "retention"}


def add_readings(db: Connection, at: Instant, values: list[float]) -> None:
    for n, value in enumerate(values):
        db.execute(
            "INSERT INTO reading (estate_id, device_id, signal, ts, received_at, value)"
            " VALUES ('harbour', 'b1-mains', 'voltage_v', %s, %s, %s)",
            (to_datetime(at + n * MINUTE), to_datetime(at), value),
        )


def test_the_roll_up_is_right_however_often_it_runs(database: str) -> None:
    with connect(database, name="tests", autocommit=True) as db:
        if has_timescale(db):
            assert roll_up(db, NOW) == "left to TimescaleDB"
            return
        add_readings(db, NOW - DAY, [1.0, 3.0])
        add_readings(db, NOW - HOUR, [10.0, 20.0, 60.0])
        assert roll_up(db, NOW) == "2 rows"
        assert roll_up(db, NOW) == "2 rows"
        add_readings(db, NOW - 2 * HOUR, [100.0])
        roll_up(db, NOW)
        found = db.execute(
            "SELECT day::date::text, readings, minimum, mean, maximum FROM reading_daily ORDER BY 1"
        ).fetchall()
    assert found == [("2026-07-09", 2, 1.0, 2.0, 3.0), ("2026-07-10", 4, 10.0, 47.5, 100.0)]


def age_everything(db: Connection) -> None:
    """One old and one new row of each kind."""
    for name, at in (("old", NOW - 4000 * DAY), ("new", NOW - HOUR)):
        moment = to_datetime(at)
        closed = f'{{"closed_at": "{moment.isoformat()}"}}'
        add_readings(db, at, [1.0])
        db.execute(
            "INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave,"
            " created_at, next_at, sent_at) VALUES (%s, 'harbour', 'n', 'h', 'webhook', 'N2', 0,"
            " %s, %s, %s)",
            (name, moment, moment, moment),
        )
        db.execute(
            "INSERT INTO command VALUES ('operator', %s, 'harbour', 1, '', %s)", (name, moment)
        )
        db.execute(
            "INSERT INTO app_user (id, role, created_at) VALUES (%s, 'operator', %s)",
            (name, moment),
        )
        db.execute(
            "INSERT INTO credential (hash, kind, user_id, created_at, expires_at)"
            " VALUES (%s, 'session', %s, %s, %s)",
            (name.encode(), name, moment, moment if name == "old" else to_datetime(NOW + DAY)),
        )
        db.execute(
            "INSERT INTO household (estate_id, id, left_at) VALUES ('harbour', %s, %s)",
            (name, moment),
        )
        enter(db, Contact(0, name="Resident", addresses={"phone": PHONE}), household=name)
        db.execute(
            "INSERT INTO dead_letter (received_at, topic, payload, reason, detail, key)"
            " VALUES (%s, 't', '', 'r', 'd', %s)",
            (moment, name.encode()),
        )
        db.execute("INSERT INTO calendar_run VALUES (%s, %s, %s, 'done')", (name, moment, moment))
        db.execute(
            "INSERT INTO incident VALUES (%s, 'harbour', 'pipe', 'IV', 'closed', %s, %s)",
            (name, moment, closed),
        )
        db.execute(
            "INSERT INTO ticket VALUES (%s, 'harbour', %s, 'urgent', 'closed', %s, %s)",
            (name, name, moment, closed),
        )
        db.execute(
            "INSERT INTO alarm VALUES (%s, 'harbour', 'd', 'leak', 'P3', 'normal', %s, %s, '{}')",
            (name, moment, name),
        )
        db.execute(
            "INSERT INTO notice VALUES (%s, 'harbour', %s, 'h', 'LEAK', 1, 'read', %s, '{}')",
            (name, name, moment),
        )
        db.execute(
            "INSERT INTO callout VALUES (%s, 'harbour', %s, 'engineer', 'answered', %s, '{}')",
            (name, name, moment),
        )
        db.execute(
            "INSERT INTO drill VALUES"
            " (%s, 'harbour', 'functional', 'PIPE', 'ended', %s, %s, false, %s, '{}', '{}')",
            (name, moment, moment, name),
        )
        db.execute(
            "INSERT INTO callout_attempt VALUES ('k', 1, 'sent', %s, 'sms', %s)", (name, moment)
        )
    db.execute(
        "INSERT INTO incident VALUES ('standing', 'harbour', 'pipe', 'IV', 'open', %s,"
        " '{\"closed_at\": null}')",
        (to_datetime(NOW - 4000 * DAY),),
    )


def test_what_is_old_goes_and_what_is_not_stays(estate: str) -> None:
    with connect(estate, name="tests", autocommit=True) as db:
        age_everything(db)
        result = retire(db, NOW)
        for table, column in (
            ("outbox", "key"),
            ("command", "key"),
            ("household", "id"),
            ("household_contact", "household_id"),
            ("alarm", "id"),
            ("ticket", "id"),
            ("notice", "id"),
            ("callout", "id"),
            ("callout_attempt", "callout_id"),
            ("drill", "id"),
            ("calendar_run", "job"),
        ):
            query = f"SELECT {column} FROM {table} WHERE {column} IN ('old', 'new')"
            assert db.execute(query).fetchall() == [("new",)], table
        incidents = db.execute("SELECT id FROM incident ORDER BY 1").fetchall()
        assert incidents == [("new",), ("standing",)]
        assert db.execute("SELECT count(*) FROM credential").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM dead_letter").fetchone() == (1,)
        if not has_timescale(db):
            assert db.execute("SELECT count(*) FROM reading").fetchone() == (1,)
            assert "1 readings" in result
        assert db.execute("SELECT count(*) FROM household WHERE left_at IS NULL").fetchone() == (8,)
        assert retire(db, NOW) == "nothing old"


def test_the_inbox_goes_only_behind_the_oldest_snapshot(estate: str) -> None:
    old, new = to_datetime(NOW - 100 * DAY), to_datetime(NOW - HOUR)
    with connect(estate, name="tests", autocommit=True) as db:
        db.execute("DELETE FROM inbox")
        for seq, at in enumerate([old, old, old, old, new, new], 1):
            db.execute(
                "INSERT INTO inbox VALUES ('harbour', 1, %s, %s, 'readings', '{}')", (seq, at)
            )
            db.execute(
                "INSERT INTO batch VALUES ('harbour', %s, %s, %s, NULL, NULL)",
                (seq, at, [0, seq, 0]),
            )
        assert retire(db, NOW) == "nothing old"
        for batch_no in (3, 6):
            db.execute("INSERT INTO snapshot VALUES ('harbour', %s, '', %s)", (batch_no, new))
        retire(db, NOW)
        assert db.execute("SELECT min(seq) FROM inbox").fetchone() == (4,)
        assert db.execute("SELECT min(no) FROM batch").fetchone() == (3,)
        db.execute("DELETE FROM snapshot WHERE batch_no = 3")
        retire(db, NOW)
        assert db.execute("SELECT min(seq) FROM inbox").fetchone() == (5,), "not old enough yet"


def test_a_long_event_history_goes_from_the_beginning_of_each_estate(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 7)
    with connect(database, name="tests", autocommit=True) as db:
        db.execute("INSERT INTO event_head VALUES ('harbour', 60), ('tower', 60)")
        db.execute(
            "INSERT INTO event"
            " (seq, estate_id, batch_no, kind, at, recorded_at, by, reason, record)"
            " SELECT n, estate_id, 1, 'system.alarm', t, t, 'system', '', '{}'"
            " FROM (SELECT n, %s + n * interval '1 day' AS t FROM generate_series(1, 60) n) s,"
            " event_head",
            (to_datetime(NOW - 3 * 365 * DAY - 40 * DAY),),
        )
        retire(db, NOW)
        kept = db.execute("SELECT estate_id, min(seq), count(*) FROM event GROUP BY 1 ORDER BY 1")
        assert kept.fetchall() == [("harbour", 40, 21), ("tower", 40, 21)]
