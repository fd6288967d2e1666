"""The supervisor starts servers in order, restarts what crashes and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.process.supervisor import ChildProcess, ServerNotReady, Supervisor, bound
from tests.rig.processes import is_gone
from tests.rig.waiting import eventually

SAYS_READY = """
import signal, sys
from store.database.readiness import announce_ready
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("serving", flush=True)
announce_ready()
signal.pause()
"""
STUBBORN = SAYS_READY.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
SUPERVISES = f"""
import os, sys
from pathlib import Path
from hub.process.supervisor import ChildProcess, Supervisor
logs = Path(sys.argv[1])
supervisor = Supervisor(report=print, logs=logs)
child = ChildProcess(
    [sys.executable, "-c", {SAYS_READY!r}], environment=os.environ, log=logs / "child.log"
)
supervisor.start("child", child)
print(child.pid, flush=True)
supervisor.watch()
"""


def server(
    code: str, folder: Path, *, ready_within_s: float = 20.0, grace_s: float = 10.0
) -> ChildProcess:
    return ChildProcess(
        [sys.executable, "-c", code],
        environment=os.environ,
        log=folder / "server.log",
        ready_within_s=ready_within_s,
        grace_s=grace_s,
    )


@contextmanager
def watching(supervisor: Supervisor) -> Iterator[None]:
    """Let the supervisor watch in this thread's place until the block ends."""
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            supervisor.look_once()
            done.wait(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        supervisor.stop()


def test_server_counts_as_started_once_it_says_that_it_is_ready(tmp_path: Path) -> None:
    child = server(SAYS_READY, tmp_path)
    child.start()
    assert child.poll() is None
    child.stop()
    assert "serving" in (tmp_path / "server.log").read_text()


def test_server_that_ends_before_it_is_ready_is_reported_with_its_last_words(
    tmp_path: Path,
) -> None:
    supervisor = Supervisor(report=print, logs=tmp_path)
    with pytest.raises(ServerNotReady, match=r"engine: ended with 3 \(no such rule\): its log is"):
        supervisor.start("engine", server("print('no such rule'); raise SystemExit(3)", tmp_path))


def test_servers_that_are_started_side_by_side_may_wait_for_each_other(tmp_path: Path) -> None:
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'here')!r}).exists(): "
    says = f"import pathlib; pathlib.Path({str(tmp_path / 'here')!r}).touch()\n"
    supervisor = Supervisor(report=print, logs=tmp_path)
    first = server(f"{waits}time.sleep(0.01)\n{SAYS_READY}", tmp_path)
    second = server(f"{says}{SAYS_READY}", tmp_path)
    with supervisor.starting({"engine": first, "hub": second}):
        pass
    assert first.poll() is second.poll() is None
    supervisor.stop()
    assert first.pid is second.pid is None


def test_of_servers_started_side_by_side_the_one_that_fails_is_named_and_all_are_ended(
    tmp_path: Path,
) -> None:
    supervisor = Supervisor(report=print, logs=tmp_path)
    sound, broken = server(SAYS_READY, tmp_path), server("raise SystemExit(3)", tmp_path)
    with (
        pytest.raises(ServerNotReady, match="^hub: ended with 3"),
        supervisor.starting({"engine": sound, "hub": broken}),
    ):
        pass
    supervisor.stop()
    assert sound.pid is broken.pid is None


def test_server_that_never_gets_ready_is_given_up_and_ended(tmp_path: Path) -> None:
    child = server("import signal; signal.pause()", tmp_path, ready_within_s=0.3)
    with pytest.raises(ServerNotReady, match="not ready after"):
        child.start()
    assert child.pid is None


def test_crashed_server_runs_again(tmp_path: Path) -> None:
    reports: list[str] = []
    supervisor = Supervisor(report=reports.append, logs=tmp_path)
    child = server(SAYS_READY, tmp_path)
    supervisor.start("gateway", child)
    first = child.pid
    assert first is not None
    with watching(supervisor):
        os.kill(first, signal.SIGKILL)
        eventually(lambda: "gateway runs again" in reports)
        assert child.pid not in (None, first)
        assert reports[0] == "gateway ended with -9; restart in 0.5 s"
    assert child.pid is None


def test_server_that_keeps_crashing_is_restarted_ever_more_slowly(tmp_path: Path) -> None:
    reports: list[str] = []
    supervisor = Supervisor(report=reports.append, logs=tmp_path)
    marker = tmp_path / "crash"
    crashes = SAYS_READY + "\n"
    code = f"import pathlib\nif pathlib.Path({str(marker)!r}).exists(): raise SystemExit(7)\n"
    child = server(code + crashes, tmp_path)
    supervisor.start("hub", child)
    marker.touch()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    with watching(supervisor):
        eventually(lambda: len(reports) >= 3)
    assert [report.rpartition("restart in ")[2] for report in reports[:3]] == [
        "0.5 s",
        "1 s",
        "2 s",
    ]


def test_servers_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    stopped: list[str] = []

    class Recorder:
        def __init__(self, name: str) -> None:
            self._name = name

        def start(self) -> None:
            """Nothing to do."""

        def poll(self) -> int | None:
            return None

        def stop(self) -> None:
            stopped.append(self._name)

    supervisor = Supervisor(report=print, logs=tmp_path)
    for name in ("database", "broker", "engine"):
        supervisor.start(name, Recorder(name))
    supervisor.stop()
    assert stopped == ["engine", "broker", "database"]


def test_server_that_ignores_the_request_to_end_is_ended(tmp_path: Path) -> None:
    child = server(STUBBORN, tmp_path, grace_s=0.2)
    child.start()
    pid = child.pid
    assert pid is not None
    child.stop()
    assert is_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere hub.process.leash does it")
def test_children_of_a_killed_supervisor_end(tmp_path: Path) -> None:
    assert_child_ends_with_its_parent([sys.executable, "-c", SUPERVISES, str(tmp_path)])


def test_leashed_module_ends_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("import signal; signal.pause()")
    starts = (
        "import os, subprocess, sys\n"
        "words = [sys.executable, '-m', 'hub.process.leash', str(os.getpid()), 'waits']\n"
        "child = subprocess.Popen(words, cwd=sys.argv[1])\n"
        "print(child.pid, flush=True); child.wait()"
    )
    assert_child_ends_with_its_parent([sys.executable, "-c", starts, str(tmp_path)])


def assert_child_ends_with_its_parent(command: list[str]) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
    eventually(lambda: is_gone(child), what="the child ended")


def test_log_is_bounded_while_its_writer_keeps_it_open(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 10)
        bound(log, limit_bytes=39)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "server.log.1").read_bytes() == b"old\n" * 10


def test_short_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("short")
    bound(log, limit_bytes=5)
    assert log.read_text() == "short"
