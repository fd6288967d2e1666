"""`gatehouse up`: everything on this machine, as child processes of one supervisor."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub.errors import HubError
from hub.process.addresses import Addresses, record
from hub.process.supervisor import ChildProcess, ServerNotReady, Supervisor
from store.database.migrate import migrate
from store.embedded.data_directory import locked
from store.embedded.server import EmbeddedPostgres

LOOPBACK = "127.0.0.1"
_READY_WITHIN_S = 60.0
_PORT_PATIENCE_S = 3.0  # the processes of an `up` that was killed need a moment to end


class PortTaken(HubError):
    """Another program listens on a port that Gatehouse needs."""


@dataclass(frozen=True)
class Plan:
    """What to bring up, where."""

    home: Path
    http_port: int
    mqtt_port: int
    demo: bool
    simulators: bool

    @property
    def logs(self) -> Path:
        """Where each process has its log."""
        return self.home / "logs"

    @property
    def console(self) -> str:
        """The address of the web console."""
        return f"http://{LOOPBACK}:{self.http_port}"


class Progress:
    """Prints one line per finished step, with the seconds since the start."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, line: str) -> None:
        print(f"{time.monotonic() - self._begun:6.1f} s  {line}", flush=True)  # noqa: T201


def up(plan: Plan) -> None:
    """Bring everything up and keep it so until SIGINT or SIGTERM; then stop it in order.

    Raises HubError or StoreError: something did not start, for the reason in the message.
    """
    _stop_on_signals()
    say = Progress()
    with locked(plan.home):
        plan.logs.mkdir(mode=0o700, exist_ok=True)
        supervisor = Supervisor(report=say, logs=plan.logs)
        try:
            _start_all(plan, supervisor, say)
            supervisor.watch()
        except KeyboardInterrupt:
            say("stopping")
        finally:
            for stopper in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(stopper, signal.SIG_IGN)
            supervisor.stop()
        say(f"stopped; the data stays in {plan.home}")


def _stop_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal end us by KeyboardInterrupt.

    SIGINT counts even where a script's `&` had it ignored; SIGHUP does not where `nohup` had.
    """
    for stopper in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if stopper != signal.SIGHUP or signal.getsignal(stopper) is not signal.SIG_IGN:
            signal.signal(stopper, signal.default_int_handler)


def _start_all(plan: Plan, supervisor: Supervisor, say: Callable[[str], None]) -> None:
    for port, option in ((plan.http_port, "--http-port"), (plan.mqtt_port, "--mqtt-port")):
        require_free(port, option)
    say(f"ports {plan.http_port} (web) and {plan.mqtt_port} (MQTT) are free")

    postgres = EmbeddedPostgres(plan.home, log=plan.logs / "postgres.log")
    supervisor.start("database", postgres)
    say(f"database runs on port {postgres.port}, its files in {place_of(postgres.data, plan.home)}")
    schema = migrate(postgres.dsn())
    say(f"schema is current on {schema.storage} ({len(schema.applied)} migrations applied)")

    environment = child_environment(plan, postgres.dsn())

    def child(name: str, *command: str, is_ready: Callable[[], bool] | None = None) -> ChildProcess:
        log = plan.logs / f"{name}.log"
        argv = python_module(*command)
        return ChildProcess(argv, environment=environment, log=log, is_ready=is_ready)

    listening = f"--port={plan.mqtt_port}"
    children = {
        "broker": child(
            "broker", "gateway.broker", listening, is_ready=lambda: _listens(plan.mqtt_port)
        ),
        "gateway": child("gateway", "gateway"),
        "engine": child("engine", "hub.engine"),
        "hub": child("hub", "hub.process", is_ready=lambda: answers(f"{plan.console}/readyz")),
    }
    with supervisor.starting(children):  # while they load, so does what follows
        from hub.process.welcome import fill, welcome

        if plan.demo:
            fill(postgres.dsn(), plan.home, say)
    say(f"broker listens on {LOOPBACK}:{plan.mqtt_port}; gateway and engine are at work")
    say(f"console answers on {plan.console}")
    record(plan.home, Addresses(console=plan.console, mqtt_port=plan.mqtt_port))
    if plan.demo:
        _await_ready(plan)
        say("engine has taken the estates")
    if plan.simulators:
        supervisor.start("simulators", child("simulators", "simulators", "run", is_ready=_at_once))
        say("simulated devices play")
    print(welcome(plan.console, postgres.dsn()), flush=True)  # noqa: T201


def _await_ready(plan: Plan) -> None:
    """Return when the console says that all is there. Raises ServerNotReady: it does not."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while not answers(f"{plan.console}/readyz"):
        if time.monotonic() > deadline:
            raise ServerNotReady(
                f"{plan.console}/readyz is not well after {_READY_WITHIN_S:g} s: "
                f"the logs are in {plan.logs}"
            )
        time.sleep(0.1)


def place_of(data: Path, home: Path) -> str:
    """Where the database's files are, and why they are not in `home` if they are not."""
    if data.is_relative_to(home):
        return str(data)
    return f"{data} (the account that runs it for root cannot enter {home})"


def child_environment(plan: Plan, dsn: str) -> dict[str, str]:
    """The settings of every child: ours, with this machine's addresses."""
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "GATEHOUSE_DATABASE_URL": dsn,
        "GATEHOUSE_DATA_DIR": str(plan.home),
        "GATEHOUSE_MQTT_HOST": LOOPBACK,
        "GATEHOUSE_MQTT_PORT": str(plan.mqtt_port),
        "GATEHOUSE_HTTP_HOST": LOOPBACK,
        "GATEHOUSE_HTTP_PORT": str(plan.http_port),
    }


def python_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours and lets it end with us on any system.

    `-P` keeps whatever lies in the working directory from taking a module's place.
    """
    if sys.platform == "linux":
        return [sys.executable, "-P", "-m", module, *arguments]
    return [sys.executable, "-P", "-m", "hub.process.leash", str(os.getpid()), module, *arguments]


def require_free(port: int, option: str) -> None:
    """Raises PortTaken: something still listens on the port after a moment's patience."""
    deadline = time.monotonic() + _PORT_PATIENCE_S
    while True:
        try:
            socket.create_server((LOOPBACK, port)).close()
        except OSError as reason:
            if time.monotonic() < deadline and not isinstance(reason, PermissionError):
                time.sleep(0.1)
                continue
            raise PortTaken(
                f"port {port} on {LOOPBACK} cannot be used ({os.strerror(reason.errno or 0)}): "
                f"stop the program that listens there, or choose another port with {option}"
            ) from reason
        return


def answers(url: str) -> bool:
    """Whether an HTTP GET is answered with a success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - it is our own
            status: int = response.status
            return status < 300
    except (urllib.error.URLError, OSError):
        return False


def _at_once() -> bool:
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
