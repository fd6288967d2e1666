"""`gatehouse backtest` as people and scripts use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from rules.vocabulary.instant import HOUR
from tests.hub.api.rulebook.test_backtests import RULE
from tests.hub.backtest.test_run import FROM, record, wet
from tests.rig.estates import ESTATE, LEAK_SENSOR, settle

PERIOD = ("--from", "2026-07-01", "--to", "2026-07-02T00:00:00Z")


@pytest.fixture
def rules(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a rule to try, beside an estate where a sensor was wet for an hour."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", database)
    settle(database, tmp_path, now=FROM)
    record(database, *wet(FROM + HOUR, FROM + 2 * HOUR))
    file = tmp_path / "tried.yaml"
    file.write_text(RULE, "utf-8")
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["backtest", *map(str, words)])


def test_a_person_reads_a_table_in_the_estates_own_time(rules: Path) -> None:
    told = run(rules, *PERIOD)
    assert told.exit_code == 0, told.output
    assert "harbour, 2026-07-01 00:00:00 to 2026-07-02 08:00:00: 2 readings" in told.stdout
    assert f"~  leak  {LEAK_SENSOR}  P3 2026-07-01 09:00:05 for " in told.stdout
    assert "P2 2026-07-01 09:10:00 for " in told.stdout


def test_a_script_reads_json(rules: Path) -> None:
    told = run(rules, *PERIOD, "--json", "--estate", ESTATE)
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert found["rules"][0]["moved"] == 1
    assert found["left_off"] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--estate", "nowhere"), "use one of harbour"),
        (("--from", "2026-07-03", "--to", "2026-07-02"), "is not before"),
        (("--from", "yesterday"), "write a date such as 2026-11-01"),
        (("--from", "2026-05-01", "--to", "2026-05-02"), "no reading of the 6 points"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    rules: Path, words: tuple[str, ...], told: str
) -> None:
    answer = run(rules, *words)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_faults_of_the_file_come_with_their_lines(rules: Path) -> None:
    rules.write_text(RULE.replace("P2", "P9").replace("wet", "damp"), "utf-8")
    answer = run(rules, *PERIOD)
    assert answer.exit_code == 2
    signal, priority = answer.stderr.splitlines()
    assert signal.startswith(f"{rules}:4: when.signal: no such signal")
    assert priority.startswith(f"{rules}:6: priority: use one of P1, P2, P3, P4")


def test_a_file_that_is_not_there_is_named(rules: Path) -> None:
    answer = run(rules.with_name("absent.yaml"), *PERIOD)
    assert answer.exit_code == 2
    assert "absent.yaml" in answer.stderr
    assert "name a readable YAML file" in answer.stderr


@pytest.mark.usefixtures("rules")
def test_rules_as_they_are_in_force_are_not_tried() -> None:
    shipped = Path(__file__).parents[3] / "rules" / "catalogue" / "rules" / "leak.yaml"
    answer = run(shipped, *PERIOD)
    assert answer.exit_code == 2
    assert "in force as they stand here" in answer.stderr
