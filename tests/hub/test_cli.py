"""The verbs of the command line, on a database that the settings name."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from gateway.settings import GatewaySettings
from hub.auth.sessions import digest
from hub.cli import app, main
from hub.clock import system_clock
from hub.dispatch.registry import options
from hub.people.sealed_contacts import Contact
from hub.process.welcome import sample_estate
from hub.settings import EngineSettings, HubSettings
from store.database.connection import connect
from store.database.settings import Options
from store.estate import households
from tests.rig.contacts import PHONE, SEALER, enter
from tests.rig.estates import settle


@pytest.fixture
def named(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that GATEHOUSE_DATABASE_URL names."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", database)
    return database


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> str:
    """What a person reads on standard error when a verb fails."""
    monkeypatch.setattr("sys.argv", ["gatehouse", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code not in (0, None)
    return str(ended.value.code) if isinstance(ended.value.code, str) else capsys.readouterr().err


@pytest.mark.parametrize("kind", [GatewaySettings, EngineSettings, HubSettings, *options()])
def test_every_setting_is_printed_with_its_meaning(kind: type[Options]) -> None:
    printed = run("settings").stdout
    for name, field in kind.model_fields.items():
        assert f"GATEHOUSE_{name.upper()}  (" in printed
        assert field.description
        assert field.description in printed


def test_schema_is_brought_up_to_date_once(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", empty_database)
    assert "applied 0001" in run("migrate").stdout
    again = run("migrate").stdout
    assert "applied" not in again
    assert "schema is current on" in again


def test_doctor_names_a_schema_that_is_missing(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", empty_database)
    report = run("doctor")
    assert report.exit_code == 1
    assert "FAULT  schema" in report.stdout
    assert "gatehouse migrate" in report.stdout


def test_doctor_names_a_lost_key_and_addresses_that_cannot_be_used_but_no_secret(
    named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settle(named, tmp_path, now=system_clock())
    with connect(named, name="tests") as db:
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01")
    monkeypatch.setenv("GATEHOUSE_SMS_URL", "nonsense://secretword/{phone}")
    monkeypatch.setenv("GATEHOUSE_MAIL_URL", "mailtos://user:secretword@smtp.example.org")
    report = run("doctor", f"--data={tmp_path}").stdout
    assert "FAULT  contacts: 0 of 1 open" in report
    assert "give that key back" in report
    assert "FAULT  SMS: GATEHOUSE_SMS_URL is no address" in report
    assert "FAULT  mail: GATEHOUSE_MAIL_URL has no {mail}" in report
    assert "secretword" not in report
    assert not (tmp_path / "contact.keys").exists(), "looking makes no key"
    (tmp_path / "contact.keys").write_text(SEALER.keys[0].hex())
    monkeypatch.setenv("GATEHOUSE_MAIL_URL", "mailtos://user:x@smtp.example.org?to={mail}")
    report = run("doctor", f"--data={tmp_path}").stdout
    assert "ok     contacts: 1 of 1 open" in report
    assert "ok     mail: GATEHOUSE_MAIL_URL can be used" in report
    assert "note   staff: 0 of 0 can be called away from the console" in report


def test_dry_run_of_an_import_shows_the_difference_and_changes_nothing(named: str) -> None:
    shown = run("estate", "import", str(sample_estate()), "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "riverside would become version 1" in shown.stdout
    assert shown.stdout.count("\n+ device ") > 100
    with connect(named, name="test") as db:
        assert db.execute("SELECT count(*) FROM estate").fetchone() == (0,)


@pytest.mark.usefixtures("named")
def test_exported_estate_imports_as_the_one_in_force(tmp_path: Path) -> None:
    run("estate", "import", str(sample_estate()))
    file = tmp_path / "estate.yaml"
    file.write_text(run("estate", "export").stdout)
    assert "is in force as it stands" in run("estate", "import", str(file)).stdout


@pytest.mark.usefixtures("named")
def test_every_fault_of_an_estate_file_is_told_with_its_line(tmp_path: Path) -> None:
    body = yaml.safe_load(sample_estate().read_text())
    body["buildings"][0]["floors"] = 0
    body["colour"] = "green"
    file = tmp_path / "faulty.yaml"
    file.write_text(yaml.safe_dump(body, sort_keys=False))
    told = run("estate", "import", str(file))
    assert told.exit_code == 1
    assert "floors" in told.stderr
    assert "colour" in told.stderr
    assert all(line.startswith(f"{file}: line ") for line in told.stderr.splitlines())


@pytest.mark.usefixtures("named")
def test_export_without_any_estate_says_so() -> None:
    told = run("estate", "export")
    assert told.exit_code == 2
    assert "there is none" in told.stderr


@pytest.mark.usefixtures("named")
def test_role_that_does_not_exist_is_answered_with_those_that_do() -> None:
    told = run("token", "--role", "janitor")
    assert told.exit_code == 2
    assert "operator, engineer" in " ".join(told.stderr.split())


@pytest.mark.usefixtures("named")
def test_history_without_any_batch_replays_exactly() -> None:
    run("estate", "import", str(sample_estate()))
    assert "riverside: 0 batches replayed, every event as recorded" in run("replay").stdout


@pytest.mark.usefixtures("named")
def test_replay_of_an_estate_that_nobody_imported_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "estate 'nowhere': not known" in failure(monkeypatch, capsys, "replay", "nowhere")


def test_verb_without_a_running_system_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = failure(monkeypatch, capsys, "token", "--role", "admin", "--data", str(tmp_path))
    assert told.startswith(f"gatehouse: no Gatehouse runs on {tmp_path}")
    assert "gatehouse up" in told


def test_setting_that_cannot_be_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEHOUSE_HTTP_PORT", "70000")
    told = failure(monkeypatch, capsys, "hub")
    assert told.startswith("gatehouse: setting http_port")
    assert "70000" in told


def test_residents_link_opens_the_household_whose_it_is(
    named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settle(named, tmp_path, now=system_clock())
    place = f"--data={tmp_path}"
    link = run("resident-link", "B1-01-01", place).stdout.strip()
    address, _, token = link.rpartition("/")
    assert address == "http://127.0.0.1:8080/r"
    with connect(named, name="tests") as db:
        found = households.by_token(db, digest(token))
    assert found is not None
    assert (found.estate, found.id) == ("harbour", "B1-01-01")
    assert run("resident-link", "B1-01-01", place).stdout.strip() == link
    assert run("resident-link", "B1-01-01", "--renew", place).stdout.strip() != link
    assert "'B9-01-01'" in failure(monkeypatch, capsys, "resident-link", "B9-01-01", place)


@pytest.mark.usefixtures("named")
def test_password_is_asked_for_twice_and_set_for_known_users() -> None:
    typed = "a long enough password\na long enough password\n"
    done = CliRunner().invoke(app, ["user", "set-password", "operator"], input=typed)
    assert done.exit_code == 0
    assert "operator can sign in" in done.stdout
    assert "a long enough" not in done.stdout
    unknown = CliRunner().invoke(app, ["user", "set-password", "nobody"], input=typed)
    assert "use one of operator" in str(unknown.exception)
