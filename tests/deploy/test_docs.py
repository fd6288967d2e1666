"""The documents promise what is there: files, verbs, settings, resources."""

import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from hub.api.app import application
from hub.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "deploy/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
TEXT = "\n".join(document.read_text() for document in DOCUMENTS)
DESIGN = (ROOT / "docs" / "design.md").read_text()
_FILE = re.compile(
    r"`((?:rules|store|gateway|hub|simulators|tests|benchmarks|docs|deploy)/[\w./-]+)`"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = [
        n for n in _FILE.findall(document.read_text()) if not re.search("[A-Z]{4}|/secrets", n)
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_verb_that_the_documents_name_is_one() -> None:
    verbs = set(get_command(app).commands)  # type: ignore[attr-defined]
    written = set(re.findall(r"(?:\./)?gatehouse ([a-z][a-z-]+)\b", TEXT))
    table = DESIGN.partition("| verb |")[2].partition("\n## ")[0]
    written |= {
        word for row in re.findall(r"^\| (`.*?) \|", table, re.M)
        for word in re.findall(r"`([a-z-]+)", row)
    }  # fmt: skip
    assert written - verbs == set()
    assert len(written) > 10


def test_every_setting_that_the_documents_name_is_printed_by_settings() -> None:
    printed = CliRunner().invoke(app, ["settings"]).output
    elsewhere = {"GATEHOUSE_TEST_DATABASE_URL", "GATEHOUSE_PYTHON"}
    examples = {"GATEHOUSE_PAGER_URL"}
    written = set(re.findall(r"GATEHOUSE_[A-Z_]*[A-Z]", TEXT)) - elsewhere - examples
    assert {name for name in written if name not in printed} == set()
    assert len(written) > 5


def test_every_resource_that_the_design_names_is_served() -> None:
    paths = application().openapi()["paths"]
    served = {path.split("/")[3] for path in paths if path.startswith("/api/v1/")}
    lists = DESIGN.partition("Resources, plural")[2].partition("Commands are")[0]
    named = {
        re.split(r"[?]", word)[0]
        for word in re.findall(r"`([a-z-]+(?:\?[^`]*)?)`(?: \(|,|\.)", lists)
    }
    assert named - served == set()
    assert len(named) > 10
