"""Real MQTT brokers for tests, each a child process that can be killed and started again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from store.embedded.orphans import die_with_parent
from tests.rig.waiting import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something accepts connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Broker:
    """A broker on loopback.

    `username` reads everything, `device_username` writes every device's topics; both are None
    where the broker asks nobody who he is. `tls_port` speaks TLS under the authority `ca_file`.
    """

    command: list[str]
    port: int
    log: Path
    host: str = "127.0.0.1"
    username: str | None = None
    password: str | None = None
    device_username: str | None = None
    device_password: str | None = None
    tls_port: int | None = None
    ca_file: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process and return when it accepts connections."""
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        eventually(lambda: process.poll() is not None or listens(self.port), what=str(self.command))
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it orderly."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None


@contextmanager
def started(broker: Broker) -> Iterator[Broker]:
    """The broker for the length of a block."""
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def embedded(folder: Path) -> Broker:
    """The broker of `gatehouse up`, not yet started."""
    port = free_port()
    command = [sys.executable, "-m", "gateway.broker", "--port", str(port)]
    return Broker(command, port, folder / "broker.log")


def mosquitto(folder: Path, program: str) -> Broker:
    """Mosquitto with the production's configuration, access list and secrets, not yet started.

    Beside the TLS listener it has a plain one, with the same users.
    """
    secrets = folder / "secrets"
    make_secrets(secrets, "setup", "--host", "127.0.0.1")
    plain, tls = free_port(), free_port()
    file = folder / "mosquitto.conf"
    file.write_text(adapted(folder, secrets, tls) + f"listener {plain} 127.0.0.1\n")
    (folder / "data").mkdir()
    return Broker(
        [program, "-c", str(file)],
        plain,
        folder / "mosquitto.log",
        username="gateway",
        password=(secrets / "gateway_mqtt_password").read_text(),
        device_username="demo",
        device_password=(secrets / "demo_mqtt_password").read_text(),
        tls_port=tls,
        ca_file=secrets / "mqtt_ca",
    )


def make_secrets(folder: Path, *arguments: str) -> str:
    """Run deploy/make_secrets.py on a folder; what it prints."""
    command = [sys.executable, str(DEPLOY / "make_secrets.py"), "--folder", str(folder)]
    return subprocess.run(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def adapted(folder: Path, secrets: Path, port: int) -> str:
    """The production's mosquitto.conf with a test's paths, port and account, all else as it is."""
    text = (DEPLOY / "mosquitto.conf").read_text()
    for theirs, ours in {
        "listener 8883": f"listener {port} 127.0.0.1",
        "/run/secrets/": f"{secrets}/",
        "/mosquitto/config/mosquitto.acl": f"{DEPLOY}/mosquitto.acl",
        "/mosquitto/data/": f"{folder}/data/",
    }.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    account = pwd.getpwuid(os.geteuid()).pw_name
    return f"{text}\nuser {account}\n"


def mosquitto_program() -> str | None:
    """Where Mosquitto is, if it is; Debian keeps it out of an ordinary user's path."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
