"""Ingest: from the broker to the committed reading, against the floor of a bare subscriber.

`python -m benchmarks.ingest` alternates both on the same broker with the same load, compiled from
`publisher.c`, and prints a table. Load and database share the machine with what is measured.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil

from benchmarks.machine import describe
from store.database.connection import Connection, connect
from store.database.migrate import migrate
from store.embedded.server import EmbeddedPostgres
from tests.rig.brokers import Broker, embedded, free_port, mosquitto_program, started
from tests.rig.databases import temporary_home

ESTATE = "load"
DEVICES = 200
PUBLISHER = Path(__file__).with_name("publisher.c")
MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_inflight_messages 1000
persistence false
"""


@dataclass(frozen=True)
class Run:
    """Messages per second, and the gateway's resident memory at a tenth of the run and after."""

    rate: float
    early_mib: float = 0.0
    late_mib: float = 0.0


class Load:
    """The compiled generator. Every run has event times of its own, so nothing repeats."""

    def __init__(self, folder: Path, messages: int) -> None:
        self.messages = messages
        self._program = folder / "publisher"
        subprocess.run(["cc", "-O2", "-o", self._program, PUBLISHER], check=True)

    def start(self, port: int, *, rate: int = 0) -> subprocess.Popen[bytes]:
        start_ms = time.time_ns() // 1_000_000
        numbers = (DEVICES, self.messages, 1000, rate, start_ms)
        command = [str(self._program), "127.0.0.1", str(port), ESTATE, *map(str, numbers)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def floor(port: int, load: Load) -> Run:
    """A bare paho subscriber, as fast as it goes."""
    command = [sys.executable, "-m", "benchmarks.floor", str(port), str(load.messages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as subscriber:
        assert subscriber.stdout is not None
        assert subscriber.stdout.readline() == b"ready\n"
        load.start(port).wait()
        result = msgspec.json.decode(subscriber.stdout.readline())
    return Run(result["messages"] / result["seconds"])


def pipeline(port: int, load: Load, dsn: str) -> Run:
    """The gateway process, from its first batch to its last, by the times in the inbox."""
    with connect(dsn, name="benchmark", autocommit=True) as db, gateway(port, dsn) as process:
        db.execute("TRUNCATE reading, inbox")
        early = 0.0
        publisher = load.start(port)
        while (count := _stored(db)) < load.messages:
            if not early and count > load.messages / 10:
                early = _mib(process)
            time.sleep(0.2)
        publisher.wait()
        return Run(_rate(db, load.messages), early or _mib(process), _mib(process))


def _stored(db: Connection) -> int:
    row = db.execute("SELECT count(*) FROM reading").fetchone()
    assert row is not None
    return int(row[0])


def _rate(db: Connection, messages: int) -> float:
    """What was committed after the first batch, by the time from that to the last."""
    row = db.execute(
        "SELECT extract(epoch FROM max(at) - min(at))::float8,"
        " (SELECT json_array_length(body->'rows') FROM inbox ORDER BY lane, seq LIMIT 1)"
        " FROM inbox"
    ).fetchone()
    assert row is not None
    return (messages - int(row[1])) / float(row[0])


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


@contextmanager
def gateway(port: int, dsn: str) -> Iterator[psutil.Process]:
    """The real process, subscribed."""
    metrics_port = free_port()
    environment = {
        **os.environ,
        "GATEHOUSE_DATABASE_URL": dsn,
        "GATEHOUSE_MQTT_PORT": str(port),
        "GATEHOUSE_METRICS_PORT": str(metrics_port),
    }
    command = [sys.executable, "-m", "gateway"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"broker_subscribed" in line:
                break
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@contextmanager
def mosquitto(folder: Path) -> Iterator[Broker]:
    """Mosquitto in memory, with the production's window; SystemExit where it is absent."""
    program = mosquitto_program()
    if program is None:
        sys.exit("mosquitto is missing: apt-get install mosquitto, or --broker embedded")
    port = free_port()
    file = folder / "mosquitto.conf"
    file.write_text(MOSQUITTO.format(port=port))
    with started(Broker([program, "-c", str(file)], port, folder / "mosquitto.log")) as broker:
        yield broker


@contextmanager
def broker_of(kind: str, folder: Path) -> Iterator[Broker]:
    if kind == "mosquitto":
        with mosquitto(folder) as broker:
            yield broker
    else:
        with started(embedded(folder)) as broker:
            yield broker


@contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """`dsn`, or the embedded server as `gatehouse up` runs it, seeded with devices."""
    with ExitStack() as stack:
        if dsn is None:
            home = stack.enter_context(temporary_home())
            server = EmbeddedPostgres(home, log=home / "postgres.log")
            server.start()
            stack.callback(server.stop)
            dsn = server.dsn()
        migrate(dsn)
        with connect(dsn, name="benchmark") as db:
            db.execute("INSERT INTO estate VALUES (%s, '{}', 'UTC', now())", (ESTATE,))
            db.execute(
                "INSERT INTO device (estate_id, id, type, body) SELECT %s,"
                " 'load-' || lpad(n::text, 5, '0'), 'pressure', '{}' FROM generate_series(0, %s) n",
                (ESTATE, DEVICES - 1),
            )
        yield dsn


def main() -> None:
    """Print a table of pairs, then the median of their ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--broker", choices=["mosquitto", "embedded"], default="mosquitto")
    parser.add_argument("--dsn", help="an empty database; default: a new embedded one")
    options = parser.parse_args()
    print(describe())
    print("| pair | floor msg/s | gateway msg/s | ratio | RSS at 10 % | RSS at the end |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    ratios = []
    with (
        tempfile.TemporaryDirectory() as home,
        database(options.dsn) as dsn,
        broker_of(options.broker, Path(home)) as broker,
    ):
        load = Load(Path(home), options.messages)
        for pair in range(1, options.pairs + 1):
            low, ours = floor(broker.port, load), pipeline(broker.port, load, dsn)
            ratios.append(ours.rate / low.rate)
            print(
                f"| {pair} | {low.rate:,.0f} | {ours.rate:,.0f} | {ratios[-1]:.2f} "
                f"| {ours.early_mib:.0f} MiB | {ours.late_mib:.0f} MiB |",
                flush=True,
            )
    print(f"\nmedian ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
