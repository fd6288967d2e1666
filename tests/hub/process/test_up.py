"""`gatehouse up` brings everything up, keeps it up, stops it whole and goes on with the data."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from store.database.connection import connect
from store.embedded.server import running_dsn
from tests.rig.brokers import free_port, listens
from tests.rig.databases import temporary_home
from tests.rig.processes import is_gone
from tests.rig.waiting import eventually

READY_WITHIN_S = 120.0


def ignore_interrupts() -> None:
    """What a shell script's `&` does to the process that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass
class Up:
    """A `gatehouse up` in a process of its own."""

    home: Path
    http_port: int = field(default_factory=free_port)
    mqtt_port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        output = (self.home / "up.out").open("w")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "hub.cli", "up", "--data", str(self.home)),
                *("--http-port", str(self.http_port), "--mqtt-port", str(self.mqtt_port)),
                *self.options,
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=ignore_interrupts,
        )
        output.close()

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    @property
    def output(self) -> str:
        return (self.home / "up.out").read_text()

    def await_ready(self) -> None:
        eventually(
            lambda: "ready" in self.output.splitlines() or self.process.poll() is not None,
            within_s=READY_WITHIN_S,
        )
        assert self.process.poll() is None, self.output

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The child whose command line ends with these words."""
        return next(c for c in self.children() if tuple(c.cmdline()[-len(words) :]) == words)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)

    def refusal(self) -> str:
        """Start, which has to fail, and return the sentence that says why."""
        self.start()
        assert self.process.wait(30) == 1
        (sentence,) = [line for line in self.output.splitlines() if line.startswith("gatehouse:")]
        return sentence


@contextmanager
def running(up: Up) -> Iterator[Up]:
    up.start()
    try:
        up.await_ready()
        yield up
    finally:
        up.stop()


@pytest.fixture(scope="module")
def demo() -> Iterator[Up]:
    """The sample estate with its simulated devices."""
    with temporary_home() as home, running(Up(home)) as up:
        yield up


def get(up: Up, path: str, token: str = "") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", up.http_port, timeout=10)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def verb(up: Up, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", *words, "--data", str(up.home)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def count(up: Up, table: str) -> int:
    with connect(running_dsn(up.home), name="test") as db:
        row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])


def test_up_says_what_it_does_and_for_how_long(demo: Up) -> None:
    steps = [line for line in demo.output.splitlines() if re.match(r" *\d+\.\d s  ", line)]
    for word in ("ports", "database", "schema", "broker", "gateway", "engine", "console", "estate"):
        assert [step for step in steps if word in step], word


def test_console_and_every_sign_in_link_answer(demo: Up) -> None:
    assert get(demo, "/readyz")[0] == 200
    assert get(demo, "/")[0] == 200
    links = dict(re.findall(r"^  (\w+) +(http://\S+)$", demo.output, re.MULTILINE))
    assert set(links) == {"operator", "engineer", "manager", "admin"}
    for link in links.values():
        assert link.startswith(f"http://127.0.0.1:{demo.http_port}/sign-in?token=")


def test_token_of_a_role_opens_the_interface(demo: Up) -> None:
    status, body = get(demo, "/api/v1/estates", verb(demo, "token", "--role", "manager"))
    assert status == 200
    assert json.loads(body)["items"]
    assert get(demo, "/api/v1/estates")[0] == 401


def test_readings_of_the_simulated_devices_arrive(demo: Up) -> None:
    eventually(lambda: count(demo, "reading") > 0, within_s=30)


def test_doctor_finds_nothing_wrong(demo: Up) -> None:
    report = verb(demo, "doctor")
    assert "FAULT" not in report
    assert "PostgreSQL" in report
    assert "contacts: 6 of 6 open" in report


def test_scenario_is_played_against_the_running_system(demo: Up) -> None:
    played = json.loads(verb(demo, "simulate", "01-steam", "--compressed").splitlines()[-1])
    assert played["scenario"] == "01-steam"


def test_killed_engine_is_replaced(demo: Up) -> None:
    engine = demo.child("-m", "hub.engine")
    engine.kill()
    eventually(lambda: "engine runs again" in demo.output, within_s=30)
    eventually(lambda: get(demo, "/readyz")[0] == 200, within_s=30)


def test_killed_database_is_recovered_and_everybody_comes_back(demo: Up) -> None:
    before = count(demo, "reading")
    database = next(c for c in demo.children() if Path(c.exe()).name == "postgres")
    database.kill()
    eventually(lambda: "database runs again" in demo.output, within_s=60)
    eventually(lambda: get(demo, "/readyz")[0] == 200, within_s=60)
    eventually(lambda: count(demo, "reading") > before, within_s=60)


def test_second_up_on_the_same_data_is_told_who_holds_it(demo: Up) -> None:
    second = Up(demo.home)
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "up", "--data", str(second.home)],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"process {demo.process.pid}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_taken_port_is_named_with_its_option(demo: Up, home: Path, option: str) -> None:
    taken = demo.http_port
    up = Up(home, http_port=taken) if option == "--http-port" else Up(home, mqtt_port=taken)
    sentence = up.refusal()
    assert f"port {taken}" in sentence
    assert option in sentence


def test_ctrl_c_stops_every_process_and_the_next_up_goes_on_with_the_data(home: Path) -> None:
    up = Up(home, options=("--no-simulators",))
    with running(up):
        estates = count(up, "estate")
        assert estates >= 1
        children = up.children()
        assert up.stop() == 0
    assert all(is_gone(child.pid) for child in children)
    assert not listens(up.mqtt_port)
    assert "stopped; the data stays in" in up.output
    with running(up):
        assert count(up, "estate") == estates
        assert count(up, "estate_version") == estates
        assert up.stop(signal.SIGTERM) == 0


def test_killed_up_leaves_no_process_and_the_next_one_starts(home: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("elsewhere the next start stops the database that was left")
    up = Up(home, options=("--no-demo",))
    up.start()
    up.await_ready()
    assert count(up, "estate") == 0
    children = up.children()
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    with running(up):
        assert all(is_gone(child.pid) for child in children)
