"""Importing and exporting an estate."""

from pathlib import Path

import pytest

from hub.people.sealed_contacts import Contact
from hub.versions.estate import UnknownEstate, UnreadableFile, export_estate, import_estate
from rules.estate.file import EstateFault
from store.database.connection import connect
from store.engine import inbox
from store.estate import household_contacts, households
from store.people import audit
from tests.rig.contacts import PHONE, enter
from tests.rig.estates import YAML, settle

NOW = 1_790_000_000_000_000


def count(dsn: str, table: str) -> int:
    with connect(dsn, name="tests") as db:
        row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])


def test_a_first_import_makes_estate_devices_households_and_tells_the_engine(
    database: str, tmp_path: Path
) -> None:
    report = settle(database, tmp_path, now=NOW)
    assert (report.estate, report.version, report.changed) == ("harbour", 1, True)
    assert len(report.devices_added) == 7
    assert len(report.households_added) == 8
    with connect(database, name="tests") as db:
        [(kind, body)] = db.execute("SELECT kind, body FROM inbox WHERE lane = 0").fetchall()
        lanes = db.execute("SELECT lane, seq FROM inbox_head ORDER BY lane").fetchall()
        named = db.execute("SELECT id, unit FROM household ORDER BY id DESC").fetchall()
        assert audit.first_broken(db) is None
    assert kind == "estate"
    assert body["version"] == 1
    assert body["body"]["estate"] == "harbour"
    assert lanes == [(0, 1), (1, 0), (2, 0)]
    assert named[0] == ("G1-P008", None)
    assert named[-1] == ("B1-01-01", "B1-01-01")


def test_the_same_file_again_changes_nothing(database: str, tmp_path: Path) -> None:
    settle(database, tmp_path, now=NOW)
    report = settle(database, tmp_path, now=NOW, yaml="# another comment\n" + YAML)
    assert (report.version, report.changed) == (1, False)
    assert count(database, "estate_version") == count(database, "inbox") == 1


def test_a_dry_run_tells_the_difference_and_does_nothing(database: str, tmp_path: Path) -> None:
    path = tmp_path / "estate.yaml"
    path.write_text(YAML, "utf-8")
    report = import_estate(database, path, by="manager", now=NOW, dry_run=True)
    assert (report.version, report.changed) == (1, True)
    for table in ("estate", "device", "household", "inbox", "audit"):
        assert count(database, table) == 0


def test_a_new_version_keeps_personal_data_and_states_and_marks_who_left(
    database: str, tmp_path: Path
) -> None:
    settle(database, tmp_path, now=NOW)
    with connect(database, name="tests") as db:
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01")
        db.execute("UPDATE device SET state = 'offline' WHERE id = 'b1-01-01-kitchen-leak'")
    smaller = YAML.replace("floors: 3\n", "floors: 2\n").replace("1-3", "1-2")
    smaller = smaller.replace("id: b1-mains", "id: b1-mains-2")
    report = settle(database, tmp_path, now=NOW + 1, yaml=smaller)
    assert report.version == 2
    assert report.devices_added == ("b1-mains-2",)
    assert report.devices_removed == (
        "b1-03-01-kitchen-leak",
        "b1-03-02-kitchen-leak",
        "b1-mains",
    )
    assert report.households_left == ("B1-03-01", "B1-03-02", "G1-P007", "G1-P008")
    assert report.households_added == ("G1-P005", "G1-P006")
    with connect(database, name="tests") as db:
        kept = household_contacts.of_households(db, [("harbour", "B1-01-01")])
        state = db.execute("SELECT state FROM device WHERE id = 'b1-01-01-kitchen-leak'").fetchone()
        present = households.present(db, "harbour")
    assert [contact.n for contact in kept["harbour", "B1-01-01"]] == [1]
    assert state == ("offline",)
    assert "B1-03-01" not in present
    settle(database, tmp_path, now=NOW + 2)
    with connect(database, name="tests") as db:
        assert "B1-03-01" in households.present(db, "harbour"), "back again"


def test_every_fault_is_told_with_its_line(database: str, tmp_path: Path) -> None:
    faulty = YAML.replace("type: mains", "type: mainz").replace(
        "zone: low, place", "zone: up, place"
    )
    with pytest.raises(EstateFault) as caught:
        settle(database, tmp_path, now=NOW, yaml=faulty)
    lines = {int(fault.split(":")[0].removeprefix("line ")) for fault in caught.value.faults}
    text = faulty.splitlines()
    assert len(caught.value.faults) == 2
    assert any("V1" in text[line - 1] for line in lines)
    assert any("b1-mains" in text[line - 1] for line in lines)
    assert count(database, "estate") == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("estate: [", "line"),
        ("estate: harbour", "is missing; add it"),
        (YAML.replace("floors: 3\n", "floors: three\n"), "line 8: buildings.0.floors"),
        (YAML.replace("phone:", "fone:"), "line 4: fone"),
    ],
)
def test_a_file_of_another_form_says_where(
    database: str, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(EstateFault) as caught:
        settle(database, tmp_path, now=NOW, yaml=text)
    assert any(told in fault for fault in caught.value.faults), caught.value.faults


def test_a_file_that_cannot_be_read_says_so(database: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.yaml"):
        import_estate(database, tmp_path / "nowhere.yaml", by="manager", now=NOW)


def test_an_export_imports_as_the_same(database: str, tmp_path: Path) -> None:
    settle(database, tmp_path, now=NOW)
    exported = export_estate(database, "harbour")
    assert "海港苑" in exported
    assert settle(database, tmp_path, now=NOW, yaml=exported).changed is False


def test_an_unknown_estate_cannot_be_exported(database: str) -> None:
    with pytest.raises(UnknownEstate, match="elsewhere"):
        export_estate(database, "elsewhere")


def test_an_import_is_announced(database: str, tmp_path: Path) -> None:
    with connect(database, name="tests", autocommit=True) as db:
        db.execute("LISTEN gatehouse_estate")
        db.execute(f"LISTEN {inbox.CHANNEL}")
        settle(database, tmp_path, now=NOW)
        told = {n.channel: n.payload for n in db.notifies(timeout=5, stop_after=2)}
    assert told == {"gatehouse_estate": "harbour", "gatehouse_inbox": "harbour"}
