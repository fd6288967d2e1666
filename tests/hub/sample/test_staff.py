"""The sample estate's roster."""

from pathlib import Path

from hub.clock import system_clock
from hub.sample.staff import AHEAD_DAYS, staff_sample
from hub.versions.roster import in_force, save
from rules.catalogue import rulebook
from rules.records.rosters import RosterFile
from rules.vocabulary.instant import DAY
from store.database.connection import connect
from store.oncall import rosters
from store.people.audit import Actor
from tests.rig.estates import ESTATE, settle


def test_sample_roster_has_no_gap_is_renewed_in_time_and_left_alone_once_changed(
    database: str, tmp_path: Path
) -> None:
    now = system_clock()
    settle(database, tmp_path, now=now)
    staff_sample(database, ESTATE, now=now)
    staff_sample(database, ESTATE, now=now + DAY)
    required = rulebook().escalation_policy.required
    with connect(database, name="tests") as db:
        first = in_force(db, ESTATE)
    assert first.version == 1
    assert first.gaps(required, now, now + (AHEAD_DAYS - 1) * DAY) == []
    assert "engineer" in first.on_duty("EN", now)
    later = now + 10 * DAY
    staff_sample(database, ESTATE, now=later)
    with connect(database, name="tests") as db:
        renewed = in_force(db, ESTATE)
        assert renewed.gaps(required, later, later + (AHEAD_DAYS - 1) * DAY) == []
        save(
            db,
            ESTATE,
            RosterFile(),
            seen=2,
            reason="all leave",
            by=Actor("manager", "manager"),
            now=later,
        )
        db.commit()
    staff_sample(database, ESTATE, now=later)
    with connect(database, name="tests") as db:
        assert [version.number for version in rosters.versions(db, ESTATE, limit=9)] == [3, 2, 1]
