"""The embedded PostgreSQL starts anywhere, survives kills and says what is wrong in a sentence."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store.database.connection import connect
from store.embedded.data_directory import locked, require_room
from store.embedded.errors import (
    DataDirectoryInUse,
    DataDirectoryUnusable,
    DiskFull,
    EmbeddedError,
    NotACluster,
    NotRunning,
    OtherMajorVersion,
    PortTaken,
    ServerFailed,
)
from store.embedded.failure import failure_of
from store.embedded.server import EmbeddedPostgres, running_dsn
from tests.rig.databases import temporary_home
from tests.rig.processes import is_gone
from tests.rig.waiting import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to an account")

START_AND_WAIT = """
import sys
from pathlib import Path
from store.embedded.server import EmbeddedPostgres
home = Path(sys.argv[1])
server = EmbeddedPostgres(home, log=home / "postgres.log")
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A data directory in which nothing is yet."""
    with temporary_home() as home:
        yield home


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home, log=home / "postgres.log")
    server.start()
    yield server
    server.stop()


def write(server: EmbeddedPostgres, value: int) -> None:
    with connect(server.dsn(), name="test") as db:
        db.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        db.execute("INSERT INTO kept VALUES (%s)", (value,))


def values(server: EmbeddedPostgres) -> list[int]:
    with connect(server.dsn(), name="test") as db:
        return [row[0] for row in db.execute("SELECT value FROM kept ORDER BY value")]


def one_sentence(error: EmbeddedError) -> bool:
    return "\n" not in str(error) and ": " in str(error)


def test_data_outlives_a_clean_stop_and_start(server: EmbeddedPostgres) -> None:
    write(server, 1)
    server.stop()
    assert server.poll() == 0
    server.start()
    assert values(server) == [1]


def test_killed_server_starts_again_with_all_that_was_committed(server: EmbeddedPostgres) -> None:
    write(server, 1)
    busy = connect(server.dsn(), name="busy", autocommit=True)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    eventually(lambda: server.poll() is not None)
    server.start()
    busy.close()
    assert values(server) == [1]


def test_restarted_server_answers_at_the_same_address(server: EmbeddedPostgres) -> None:
    before = server.dsn()
    server.stop()
    server.start()
    assert server.dsn() == before


def test_server_dies_with_a_parent_that_was_killed(home: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child of its parent's death; the next start stops it")
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not is_gone(pid)
        parent.kill()
    eventually(lambda: is_gone(pid), what="the server ended")


def test_server_left_running_is_stopped_by_the_next_start(server: EmbeddedPostgres) -> None:
    write(server, 1)
    left = server.pid
    assert left is not None
    successor = EmbeddedPostgres(server.data.parent, log=server.data.parent / "second.log")
    successor.start()
    try:
        assert successor.pid != left
        assert is_gone(left)
        assert values(successor) == [1]
    finally:
        successor.stop()


def test_pid_file_that_names_another_program_is_ignored(server: EmbeddedPostgres) -> None:
    server.stop()
    pidfile = server.data / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n{server.data}\n0\n{server.port}\n\n\n\nready\n")
    server.start()
    assert not is_gone(os.getpid())
    with connect(server.dsn(), name="test") as db:
        assert db.execute("SELECT 1").fetchone() == (1,)


def test_start_that_was_cut_short_is_begun_anew(new_home: Path) -> None:
    draft = new_home / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(new_home, log=new_home / "postgres.log")
    try:
        server.start()
        assert not draft.exists()
    finally:
        server.stop()


def test_only_who_reads_the_password_file_gets_in(server: EmbeddedPostgres) -> None:
    passfile = server.data.parent / "postgres.pass"
    assert passfile.stat().st_mode & 0o777 == 0o600
    password = passfile.read_text().strip().rpartition(":")[2]
    assert password not in server.dsn()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=server.port, user="gatehouse", passfile="/dev/null")
    psycopg.connect(host="127.0.0.1", port=server.port, user="gatehouse", password=password).close()


def test_address_of_a_running_server_is_found_through_its_folder(server: EmbeddedPostgres) -> None:
    assert running_dsn(server.data.parent) == server.dsn()
    server.stop()
    with pytest.raises(NotRunning, match="gatehouse up") as refused:
        running_dsn(server.data.parent)
    assert one_sentence(refused.value)


def test_folder_with_a_long_path_is_served_by_tcp(new_home: Path) -> None:
    deep = new_home / ("long-name-" * 12)
    with locked(deep):
        server = EmbeddedPostgres(deep, log=new_home / "postgres.log")
        try:
            server.start()
            assert "host=127.0.0.1" in server.dsn()
            write(server, 1)
        finally:
            server.stop()


@pytest.fixture
def hidden() -> Iterator[Path]:
    """A data directory below root's own folder, where no other account may go."""
    hidden = Path("~").expanduser() / f".gatehouse-test-{os.getpid()}"
    hidden.mkdir(mode=0o700)
    yield hidden
    shutil.rmtree(hidden)


@as_root
def test_root_hands_the_server_to_an_account_that_reaches_its_files(hidden: Path) -> None:
    server = EmbeddedPostgres(hidden, log=hidden / "postgres.log")
    try:
        server.start()
        assert server.pid is not None
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        assert server.data.stat().st_mode & 0o777 == 0o700
        assert not server.data.is_relative_to(hidden)
    finally:
        server.stop()
        shutil.rmtree(server.data.parent)


@as_root
def test_folder_of_root_that_was_removed_and_made_again_starts_empty(hidden: Path) -> None:
    first = EmbeddedPostgres(hidden, log=hidden / "postgres.log")
    first.start()
    write(first, 1)
    first.stop()
    old = first.data
    (hidden / "postgres").unlink()
    second = EmbeddedPostgres(hidden, log=hidden / "postgres.log")
    try:
        second.start()
        assert second.data != old
        assert old.is_dir()
        write(second, 2)
        assert values(second) == [2]
    finally:
        second.stop()
        shutil.rmtree(second.data.parent)
        shutil.rmtree(old.parent)


def test_second_holder_of_a_folder_is_told_who_holds_it(new_home: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from store.embedded.data_directory import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(new_home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with (
            pytest.raises(DataDirectoryInUse, match=f"process {other.pid}") as refused,
            locked(new_home),
        ):
            pass
        other.kill()
    assert one_sentence(refused.value)
    with locked(new_home):
        assert (new_home / "lock").read_text() == f"{os.getpid()}\n"


def test_folder_that_cannot_be_made_is_named(new_home: Path) -> None:
    (new_home / "file").write_text("")
    with (
        pytest.raises(DataDirectoryUnusable, match="--data") as refused,
        locked(new_home / "file" / "x"),
    ):
        pass
    assert one_sentence(refused.value)


def test_full_disk_is_noticed_before_the_server_starts(new_home: Path) -> None:
    with pytest.raises(DiskFull, match="make room") as refused:
        require_room(new_home, minimum_bytes=2**62)
    assert one_sentence(refused.value)


def test_folder_with_something_else_in_it_is_left_alone(new_home: Path) -> None:
    stranger = new_home / "postgres"
    stranger.mkdir()
    (stranger / "letter.txt").write_text("mine")
    with pytest.raises(NotACluster, match="restore a backup") as refused:
        EmbeddedPostgres(new_home, log=new_home / "postgres.log").start()
    assert one_sentence(refused.value)
    assert (stranger / "letter.txt").read_text() == "mine"


def test_database_of_another_major_version_is_refused(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherMajorVersion, match="made by PostgreSQL 17") as refused:
        server.start()
    assert one_sentence(refused.value)


@pytest.mark.parametrize("damage", ["missing", "overwritten"])
def test_damaged_control_file_is_reported_with_the_remedy(
    server: EmbeddedPostgres, damage: str
) -> None:
    server.stop()
    control = server.data / "global" / "pg_control"
    if damage == "missing":
        control.unlink()
    else:
        control.write_bytes(b"\xff" * control.stat().st_size)
    with pytest.raises((NotACluster, ServerFailed), match="restore a backup") as refused:
        server.start()
    assert one_sentence(refused.value)


def test_lost_files_of_root_are_not_replaced_by_an_empty_database(new_home: Path) -> None:
    (new_home / "postgres").symlink_to(new_home / "gone")
    with pytest.raises(NotACluster, match="not a PostgreSQL database"):
        EmbeddedPostgres(new_home, log=new_home / "postgres.log").start()


def test_taken_port_is_named(server: EmbeddedPostgres) -> None:
    with temporary_home() as other:
        second = EmbeddedPostgres(other, log=other / "p.log", port=server.port)
        with pytest.raises(PortTaken, match=f"port {server.port}") as refused:
            second.start()
    assert one_sentence(refused.value)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("FATAL:  could not write lock file: No space left on device", DiskFull),
        ("FATAL:  could not open file: Permission denied", DataDirectoryUnusable),
        ("FATAL:  data directory has wrong ownership", DataDirectoryUnusable),
        ("PANIC:  could not locate a valid checkpoint record", ServerFailed),
    ],
)
def test_last_words_of_the_server_become_one_sentence(
    words: str, error: type[EmbeddedError]
) -> None:
    failure = failure_of(
        f"LOG:  starting\n{words}\nLOG:  shut down\n", Path("/data"), 5432, Path("/log")
    )
    assert type(failure) is error
    assert one_sentence(failure)
