"""docs/dependencies.md names every dependency, with the pinned version, and no other."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
CONSOLE = ROOT / "hub" / "console"
COLUMNS = 6


def rows() -> dict[str, list[list[str]]]:
    """The cells of each package of each table, by its heading."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("| `"):
            found.setdefault(heading, []).append([c.strip() for c in line.strip("| ").split(" | ")])
    return found


def documented(heading: str) -> list[str]:
    return [cells[0].strip("`") for cells in rows()[heading]]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGE = json.loads((CONSOLE / "package.json").read_text())
BUILDING = names(PROJECT["build-system"]["requires"])
ASKED_FOR: dict[str, set[str]] = {
    "Running": names(PROJECT["project"]["dependencies"]),
    "Building": BUILDING,
    "The console and its build": {*PACKAGE["dependencies"], *PACKAGE["devDependencies"]},
    "Testing": names(PROJECT["project"]["optional-dependencies"]["dev"]) - BUILDING,
}


@pytest.mark.parametrize("heading", sorted(ASKED_FOR))
def test_table_names_what_is_asked_for_and_nothing_else(heading: str) -> None:
    listed = documented(heading)
    assert len(listed) == len(set(listed))
    assert set(listed) == ASKED_FOR[heading]


def test_every_cell_is_filled() -> None:
    for cells in (cells for table in rows().values() for cells in table):
        assert len(cells) == COLUMNS, cells
        assert all(cells), cells


def test_versions_are_the_pinned_ones() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    packages = json.loads((CONSOLE / "package-lock.json").read_text())["packages"]
    pinned = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)
    } | {
        path.removeprefix("node_modules/"): found.get("version") for path, found in packages.items()
    }
    unpinned = []
    for name, _, _, version, *_ in (cells for table in rows().values() for cells in table):
        known = pinned.get(name.strip("`"))
        if known is None:
            unpinned.append(name.strip("`"))
        else:
            assert version.partition(",")[0] == known, name
    assert unpinned == ["fonttools", "hatchling"], "only build requirements are not locked"
