"""What pyproject.toml asks for, the lock pins, and the wheel holds."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent


def project() -> dict[str, list[str]]:
    loaded = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"runtime": loaded["dependencies"], **loaded["optional-dependencies"]}


def pinned() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    found = [re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    return {canonicalize_name(pin[1]): pin[2] for pin in found if pin}


@pytest.mark.parametrize("extra", sorted(project()))
def test_lock_pins_every_requirement_at_a_version_that_fits(extra: str) -> None:
    pins = pinned()
    for requirement in map(Requirement, project()[extra]):
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is missing: make the lock again"
        assert requirement.specifier.contains(version), f"{requirement} is pinned at {version}"


def test_wheel_holds_the_packages_with_their_data_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            f"--wheel-dir={tmp_path}",
            ROOT,
        ],
        check=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.partition("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {
        "gateway",
        "hub",
        "rules",
        "simulators",
        "store",
    }
    for needed in (
        "hub/console/dist/index.html",
        "hub/reports/fonts/NotoSansSC-Regular.ttf",
        "hub/reports/fonts/OFL.txt",
        "simulators/estate/sample.yaml",
        "store/schema/0001_spine.sql",
    ):
        assert needed in names
    assert not [name for name in names if "node_modules" in name or "hub/console/src" in name]
