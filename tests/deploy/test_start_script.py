"""`./gatehouse` finds a Python, keeps its environment up to date and hands over.

A stand-in for Python answers the script's questions, so that no test installs anything.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOOLS = ("cat", "cksum", "cp", "dirname", "find", "mkdir", "readlink", "sh", "sort", "tail")

PYTHON = """#!/bin/sh
case "$*" in
*'print("%d.%d"'*) echo '{version}' ;;
*'version_info < (3, 11)'*) exit {too_old} ;;
*'import ensurepip, venv'*) exit {lacks_venv} ;;
'--version') echo 'Python {version}.0' ;;
'-m venv --clear '*)
    mkdir -p "$4/bin"
    cp "$0" "$4/bin/python"
    printf '#!/bin/sh\\necho "started with: $*, data in $GATEHOUSE_DATA_DIR"\\n' >"$4/bin/gatehouse"
    chmod +x "$4/bin/gatehouse" ;;
'-m pip install '*) echo "$*" >>'{record}'; exit {pip_fails} ;;
esac
"""


@dataclass
class Checkout:
    """A copy of what the script reads, and a PATH with nothing but a few tools."""

    root: Path
    path: Path
    record: Path

    def has(
        self,
        name: str,
        version: str = "3.12",
        *,
        too_old: bool = False,
        lacks_venv: bool = False,
        pip_fails: bool = False,
    ) -> None:
        text = PYTHON.format(
            version=version,
            too_old=int(too_old),
            lacks_venv=int(lacks_venv),
            pip_fails=int(pip_fails),
            record=self.record,
        )
        self._program(name, text)

    def has_broken(self, name: str) -> None:
        self._program(name, "#!/bin/sh\necho 'shim: no such version' >&2\nexit 127\n")

    def _program(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def run(self, *arguments: str, script: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script or self.root / "gatehouse", *arguments],
            env={"PATH": str(self.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installations(self) -> list[str]:
        return self.record.read_text().splitlines() if self.record.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root, path = tmp_path / "check out", tmp_path / "bin"
    root.mkdir()
    path.mkdir()
    for name in ("gatehouse", "pyproject.toml", "requirements.lock", "hatch_build.py"):
        shutil.copy(ROOT / name, root / name)
    for tool in (*TOOLS, "chmod"):
        program = shutil.which(tool)
        assert program is not None
        (path / tool).symlink_to(program)
    return Checkout(root, path, tmp_path / "pip.txt")


def test_machine_without_python_is_told_what_to_install(checkout: Checkout) -> None:
    done = checkout.run("up")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; install it" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_python_that_is_too_old_is_named(checkout: Checkout) -> None:
    checkout.has("python3", "3.9", too_old=True)
    done = checkout.run("up")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer (python3 is 3.9)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_python_without_venv_is_answered_with_the_package_to_install(checkout: Checkout) -> None:
    checkout.has("python3", "3.11", lacks_venv=True)
    done = checkout.run("up")
    assert done.returncode == 1
    assert "sudo apt install python3.11-venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_shim_that_fails_is_passed_over_for_the_next_python(checkout: Checkout) -> None:
    checkout.has_broken("python3")
    checkout.has("python3.13", "3.13", lacks_venv=True)
    checkout.has("python3.12")
    done = checkout.run("up", "--no-demo")
    assert done.returncode == 0
    assert f"started with: up --no-demo, data in {checkout.root}/.gatehouse" in done.stdout
    assert "shim" not in done.stderr


def test_second_start_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.has("python3")
    first = checkout.run("up")
    assert [line.partition(":")[0] for line in first.stderr.splitlines()] == ["gatehouse"] * 2
    second = checkout.run("up")
    assert second.stderr == ""
    assert len(checkout.installations) == 1


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml", "hub/console/src/a.ts"])
def test_change_of_what_is_installed_installs_again(checkout: Checkout, changed: str) -> None:
    checkout.has("python3")
    checkout.run("up")
    file = checkout.root / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("changed")
    checkout.run("up")
    assert len(checkout.installations) == 2


def test_tests_bring_what_they_need_and_up_is_content_with_that(checkout: Checkout) -> None:
    checkout.has("python3")
    checkout.run("test")
    checkout.run("up")
    assert len(checkout.installations) == 1
    assert checkout.installations[0].endswith("--constraint requirements.lock --editable .[dev]")


def test_failed_installation_is_told_and_tried_again(checkout: Checkout) -> None:
    checkout.has("python3", pip_fails=True)
    done = checkout.run("up")
    assert done.returncode == 1
    assert "the installation failed" in done.stderr
    checkout.run("up")
    assert len(checkout.installations) == 2


def test_checkout_that_was_moved_gets_a_new_environment(checkout: Checkout) -> None:
    checkout.has("python3")
    checkout.run("up")
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert "making .venv" in checkout.run("up").stderr


def test_script_is_found_through_a_link(checkout: Checkout, tmp_path: Path) -> None:
    checkout.has("python3")
    link = tmp_path / "link"
    link.symlink_to(checkout.root / "gatehouse")
    assert "started with: up" in checkout.run("up", script=link).stdout
