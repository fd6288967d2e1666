"""The calendar: jobs at their times, run by one hub at a time, each due time once.

APScheduler says when; a PostgreSQL advisory lock says who; `calendar_run` says what was done.
A job that was due while no hub ran is made good by the next leader. None runs by a clock that is
far ahead of the database's: what retention deleted does not come back.
"""

import threading
from datetime import UTC

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from hub.calendar.jobs import JOBS, Job
from hub.clock import Clock, ClockAhead, refuse_ahead, system_clock
from rules.vocabulary.instant import SECOND, to_datetime
from store.database.clock import database_clock
from store.database.connection import LOST, Connection, connect
from store.upkeep import calendar_runs

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 5.0


class Calendar:
    """Tries to lead, again and again, and runs the jobs while it does."""

    def __init__(self, dsn: str, *, clock: Clock, jobs: tuple[Job, ...] = JOBS) -> None:
        self._dsn = dsn
        self._clock = clock
        self._jobs = jobs
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calendar", daemon=True)
        self.leads = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a job at work ends with its process or its connection."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._dsn, name="calendar", autocommit=True) as db:
                    while not self._stop.is_set() and not calendar_runs.try_to_lead(db):
                        self._stop.wait(_LOOK_EVERY_S)
                    if not self._stop.is_set():
                        self._lead(db)
            except LOST as lost:
                log.warning("calendar_waits", reason=str(lost).strip())
            except Exception:
                log.exception("calendar_failed")
            self._stop.wait(_LOOK_EVERY_S / 2)

    def _lead(self, db: Connection) -> None:
        """Run the jobs until the connection, and the leadership with it, is gone.

        Each begins with when it was due last: what is late APScheduler makes good, once.
        """
        scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        for job in self._jobs:
            due = to_datetime(job.last_due(system_clock()))
            trigger = IntervalTrigger(seconds=job.every // SECOND, start_date=due, timezone=UTC)
            scheduler.add_job(self._carry_out, trigger, args=[job], id=job.name, next_run_time=due)
        scheduler.start()
        self.leads = True
        try:
            while not self._stop.wait(_LOOK_EVERY_S):
                calendar_runs.check_leading(db)
        finally:
            self.leads = False
            scheduler.shutdown(wait=False)

    def _carry_out(self, job: Job) -> None:
        """Run the job for its last due time, unless that was done; a fault is noted and told."""
        now = self._clock()
        due = job.last_due(now)
        try:
            with connect(self._dsn, name="calendar", autocommit=True) as db:
                if calendar_runs.is_done(db, job.name, due_at=due):
                    return
                refuse_ahead(now, database_clock(db))
                result = job.run(db, now)
                calendar_runs.record(db, job.name, due_at=due, now=self._clock(), result=result)
            log.info("calendar_job_done", job=job.name, result=result)
        except LOST as lost:
            log.warning("calendar_job_lost", job=job.name, reason=str(lost).strip())
        except ClockAhead as ahead:
            log.error("calendar_job_refused", job=job.name, reason=str(ahead))
        except Exception:
            log.exception("calendar_job_failed", job=job.name)
